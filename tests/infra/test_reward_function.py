import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from infra.reward_function import RewardFunction
from infra.run_identity import RunIdentity
from lambda_src.reward import metrics
from lambda_src.reward.telemetry import run_of
from tests.infra.synthesis import actions, inputs_of, only, statements, template_of, text, write_project

RUBRIC = [{"function": "maths.final_answer", "weight": 1.0, "options": {}}]


def test_the_run_s_alias_points_at_a_version_that_is_kept(template: Template) -> None:
    alias = only(template, "AWS::Lambda::Alias")["Properties"]
    ((version_id, version),) = template.find_resources("AWS::Lambda::Version").items()

    assert alias["FunctionVersion"] == {"Fn::GetAtt": [version_id, "Version"]}
    assert version["DeletionPolicy"] == "Retain"


def test_the_grader_reads_its_run_from_the_alias(template: Template, tmp_path: Path) -> None:
    name = only(template, "AWS::Lambda::Alias")["Properties"]["Name"]

    run = run_of(f"arn:aws:lambda:us-east-1:111122223333:function:grader:{name}")

    assert run == inputs_of(write_project(tmp_path)).run


def test_the_grader_can_only_write_its_own_log(template: Template) -> None:
    granted = statements(template, "RewardFunctionRole")

    assert actions(granted) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert [text(statement["Resource"]).partition("RewardFunctionLog")[1] for statement in granted] == [
        "RewardFunctionLog"
    ]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The grader's code, unpacked as in the Lambda."""
    assembly = tmp_path_factory.mktemp("assembly")
    stack = Stack(App(outdir=str(assembly)), "Stack")
    RewardFunction(stack, "RewardFunction", identity=RunIdentity("p", "s", "0" * 12), rubric=RUBRIC)
    (asset,) = assembly.glob("asset.*")
    return asset


def test_the_grader_carries_its_rubric(packed: Path) -> None:
    assert json.loads((packed / "rubric.json").read_text(encoding="utf-8")) == RUBRIC


def test_the_grader_carries_no_code_of_the_run(packed: Path) -> None:
    """Else a change of the run would publish a new grader."""
    assert {folder.name for folder in (packed / "lambda_src").iterdir() if folder.is_dir()} == {"reward"}


def test_a_changed_rubric_gets_an_alias_and_a_version_of_its_own(template: Template) -> None:
    reward = [
        {"function": "maths.final_answer", "weight": 1, "options": {}},
        {"function": "maths.one_final_answer", "weight": 1},
    ]

    changed = template_of({"reward": reward})

    for type_ in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        assert not template.find_resources(type_).keys() & changed.find_resources(type_).keys()


@pytest.fixture(scope="module")
def function() -> RewardFunction:
    return RewardFunction(
        Stack(App(), "Stack"), "RewardFunction", identity=RunIdentity("p", "s", "0" * 12), rubric=RUBRIC
    )


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("metric_reward", metrics.GRADER_REWARD),
        ("metric_reward_spread", metrics.REWARD_SPREAD),
        ("metric_response_length", metrics.RESPONSE_LENGTH),
        ("metric_unparsed_share", metrics.UNPARSED_SHARE),
        ("metric_errors", metrics.GRADER_ERRORS),
        ("metric_duration", metrics.GRADER_DURATION),
        ("metric_rollouts", metrics.ROLLOUTS),
    ],
)
def test_metrics_are_those_the_grader_emits_for_this_run(method: str, name: str, function: RewardFunction) -> None:
    metric = getattr(function, method)()

    assert (metric.namespace, metric.metric_name) == (metrics.NAMESPACE, name)
    assert metric.dimensions == {
        metrics.PROJECT: "p",
        metrics.STAGE: "s",
        metrics.RUN: "0" * 12,
        metrics.SOURCE: metrics.GRADER_SOURCE,
    }
