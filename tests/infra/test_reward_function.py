import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from infra.reward_function import RewardFunction
from infra.run_identity import RunIdentity
from lambda_src.reward import metrics
from lambda_src.reward.telemetry import run_of
from tests.infra.synthesis import actions, inputs_of, only, statement, statements, template_of, text, write_project

SHADOW = {"reward": [{"function": "text.max_words", "weight": 1, "options": {"words": 9}}]}
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


def _environment(template: Template, function: str) -> dict[str, Any]:
    found = template.find_resources("AWS::Lambda::Function").items()
    (environment,) = (f["Properties"]["Environment"]["Variables"] for id_, f in found if id_.startswith(function))
    return dict(environment)


def test_the_grader_s_role_itself_can_only_write_its_own_log(template: Template) -> None:
    granted = statements(template, "RewardFunctionRole")

    assert actions(granted) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert [text(statement["Resource"]).partition("RewardFunctionLog")[1] for statement in granted] == [
        "RewardFunctionLog"
    ]


def test_a_run_s_grader_may_keep_the_rollouts_of_that_run_and_no_others(template: Template, tmp_path: Path) -> None:
    run = inputs_of(write_project(tmp_path)).run
    granted = statements(template, f"RewardFunctionRollouts{run}")

    assert actions(granted) == {"s3:PutObject", "kms:GenerateDataKey"}
    put, key = (
        text(statement(template, "RewardFunctionRollouts", a)["Resource"]) for a in sorted(actions(granted))[::-1]
    )
    assert put.startswith("<StorageRuns")
    assert put.endswith(f".Arn>/rollouts/run={run}/*")
    assert key.startswith("<StorageKey")


def test_another_run_s_permission_is_another_policy_so_that_the_first_keeps_its_own(template: Template) -> None:
    policies = [
        {id_ for id_ in t.find_resources("AWS::IAM::Policy") if id_.startswith("RewardFunctionRollouts")}
        for t in (template, template_of({"hyperParameters": {"epochCount": 3}}))
    ]

    assert [len(found) for found in policies] == [1, 1]
    assert not policies[0] & policies[1]


def test_no_job_starts_before_its_grader_may_keep_rollouts(template: Template) -> None:
    needed = only(template, "Custom::BedrockRft")["DependsOn"]

    assert any(id_.startswith("RewardFunctionRollouts") for id_ in needed)


@pytest.mark.parametrize(
    ("rollouts", "told"),
    [
        pytest.param({}, {"RFT_KEEP": "1"}, id="all"),
        pytest.param({"keep": 0.25, "redact": True}, {"RFT_KEEP": "0.25", "RFT_REDACT": "1"}, id="some, redacted"),
    ],
)
def test_the_grader_is_told_what_to_keep(rollouts: dict[str, Any], told: dict[str, str]) -> None:
    environment = _environment(template_of({"rollouts": rollouts}), "RewardFunction")

    assert text(environment.pop("RFT_ROLLOUTS")).startswith("<StorageRuns")
    assert {name: environment.get(name) for name in ("RFT_KEEP", "RFT_REDACT")} == {"RFT_REDACT": None} | told


def test_a_log_that_is_off_leaves_no_permission_and_no_setting() -> None:
    off = template_of({"rollouts": {"keep": 0}})

    assert not [id_ for id_ in off.find_resources("AWS::IAM::Policy") if id_.startswith("RewardFunctionRollouts")]
    assert not _environment(off, "RewardFunction").keys() & {"RFT_ROLLOUTS", "RFT_KEEP"}


def test_the_shadow_is_a_grader_of_the_same_run_that_keeps_nothing(template: Template) -> None:
    shadowed = template_of({"shadow": SHADOW, "rollouts": {"redact": True}})

    (name,) = {alias["Properties"]["Name"] for alias in shadowed.find_resources("AWS::Lambda::Alias").values()}
    assert len(shadowed.find_resources("AWS::Lambda::Alias")) == 2
    assert name == only(template, "AWS::Lambda::Alias")["Properties"]["Name"]
    assert actions(statements(shadowed, "ShadowRole")) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    environment = _environment(shadowed, "Shadow")
    assert (environment["RFT_SOURCE"], environment["RFT_REDACT"]) == (metrics.SHADOW_SOURCE, "1")
    assert "RFT_ROLLOUTS" not in environment


def test_nobody_but_the_workflow_asks_the_shadow() -> None:
    policies = template_of({"shadow": SHADOW}).find_resources("AWS::IAM::Policy").items()

    allowed = {
        id_: statement["Action"]
        for id_, policy in policies
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "ShadowRun" in json.dumps(statement["Resource"])
    }
    assert list(allowed.values()) == ["lambda:InvokeFunction"]
    assert next(iter(allowed)).startswith("Workflow")


def test_a_grader_asks_nobody_that_only_the_other_one_asks() -> None:
    judged = {"reward": [{"function": "judge.score", "weight": 1, "options": {"rubric": "outcome"}}]}

    template = template_of({"shadow": judged, "judge": {"model": "amazon.nova-pro-v1:0"}})

    assert "bedrock:InvokeModel" in actions(statements(template, "ShadowRole"))
    assert "bedrock:InvokeModel" not in actions(statements(template, "RewardFunctionRole"))


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
    assert {folder.name for folder in (packed / "lambda_src").iterdir() if folder.is_dir()} == {"reward", "private"}


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
        ("metric_errors", metrics.GRADER_ERRORS),
        ("metric_duration", metrics.GRADER_DURATION),
        ("metric_rollouts", metrics.ROLLOUTS),
        ("metric_rollouts_lost", metrics.ROLLOUTS_LOST),
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
