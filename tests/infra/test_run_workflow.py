from pathlib import Path
from typing import Any

import pytest
from aws_cdk.assertions import Template

from lambda_src.run.detectors.grader_latency import TIMEOUT_SECONDS
from lambda_src.run.live.look import SHADOW_SECONDS
from tests.infra.synthesis import (
    actions,
    document,
    inputs_of,
    stack_of,
    statement,
    statements,
    template_of,
    text,
    write_project,
)

SHADOW = {"reward": [{"function": "text.max_words", "weight": 1, "options": {"words": 9}}], "rolloutsPerStep": 32}


def _workflow(template: Template) -> dict[str, Any]:
    machines = template.find_resources("AWS::StepFunctions::StateMachine")
    (machine,) = (m for id_, m in machines.items() if id_.startswith("Workflow"))
    return dict(machine["Properties"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.fixture(scope="module")
def states(template: Template) -> dict[str, Any]:
    return dict(document(_workflow(template)["DefinitionString"])["States"])


def test_a_started_job_is_polled_and_watched_until_it_is_over(states: dict[str, Any]) -> None:
    _, running = states["JobStatus"]["Choices"]

    following = {
        name: states[name].get("Next") for name in ("StartJob", "FirstWait", "WaitForJob", "PollJob", "WatchRun")
    }
    assert following == {
        "StartJob": "FirstWait",
        "FirstWait": "PollJob",
        "WaitForJob": "PollJob",
        "PollJob": "WatchRun",
        "WatchRun": "JobStatus",
    }
    assert {case["StringEquals"] for case in running["Or"]} == {"InProgress", "Stopping"}
    assert running["Next"] == "WaitForJob"
    assert states["JobStatus"]["Default"] == "ConcludeRun"


def test_a_look_that_is_behind_is_followed_by_another_at_once(states: dict[str, Any]) -> None:
    behind, _ = states["JobStatus"]["Choices"]

    assert behind == {"Variable": "$.behind", "BooleanEquals": True, "Next": "PollJob"}


def test_watching_that_fails_ends_no_run(states: dict[str, Any]) -> None:
    assert states["WatchRun"]["Catch"] == [
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.unwatched", "Next": "JobStatus"}
    ]


@pytest.mark.parametrize(("stage", "seconds"), [("dev", 300), ("local", 60)])
def test_a_job_is_looked_at_every_so_often(stage: str, seconds: int, tmp_path: Path) -> None:
    file = write_project(tmp_path, {"stages": {"dev": {}, "local": {"model": "local.tiny-lm"}}})

    states = document(_workflow(Template.from_stack(stack_of(file, stage)))["DefinitionString"])["States"]

    assert states["WaitForJob"]["Seconds"] == seconds


def test_a_look_may_take_minutes(template: Template) -> None:
    (timeout,) = (
        function["Properties"]["Timeout"]
        for id_, function in template.find_resources("AWS::Lambda::Function").items()
        if id_.startswith("WorkflowWatch")
    )

    assert timeout > SHADOW_SECONDS > TIMEOUT_SECONDS


@pytest.mark.parametrize("step", ["StartJob", "PollJob"])
def test_a_step_that_fails_is_concluded_too(step: str, states: dict[str, Any]) -> None:
    assert states[step]["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "ConcludeRun"}]


def test_a_refused_request_is_not_repeated(states: dict[str, Any]) -> None:
    retries = {error: retry["MaxAttempts"] for retry in states["StartJob"]["Retry"] for error in retry["ErrorEquals"]}

    assert retries["JobRefusedError"] == 0
    assert retries["States.ALL"] > 0


def test_a_failed_or_stopped_run_fails_its_execution(states: dict[str, Any]) -> None:
    ends = {case["StringEquals"]: states[case["Next"]]["Type"] for case in states["Verdict"]["Choices"]}

    assert ends == {"failed": "Fail", "stopped": "Fail"}
    assert states[states["Verdict"]["Default"]]["Type"] == "Succeed"


def test_a_job_runs_with_the_customization_role_alone(template: Template) -> None:
    passed = statement(template, "WorkflowStartRole", "iam:PassRole")

    assert text(passed["Resource"]).startswith("<CustomizationRole")
    assert passed["Condition"] == {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}


def test_a_job_is_created_for_the_base_model_and_under_the_project_s_tags(template: Template) -> None:
    created = statement(template, "WorkflowStartRole", "bedrock:CreateModelCustomizationJob")

    assert "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-2-lite-v1:0:256k" in created["Resource"]
    assert created["Condition"] == {
        "StringEquals": {"aws:RequestTag/rft:project": "sums", "aws:RequestTag/rft:stage": "dev"}
    }


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("WorkflowPollRole", {"bedrock:GetModelCustomizationJob", "cloudwatch:PutMetricData"}),
        (
            "WorkflowStartRole",
            {
                "bedrock:GetModelCustomizationJob",
                "bedrock:CreateModelCustomizationJob",
                "bedrock:TagResource",
                "iam:PassRole",
            },
        ),
        (
            "WorkflowWatchRole",
            {
                "bedrock:GetModelCustomizationJob",
                "cloudwatch:PutMetricData",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
                "kms:Decrypt",
                "kms:GenerateDataKey",
            },
        ),
        (
            "WorkflowWatched",
            {"s3:GetObject", "s3:ListBucket", "kms:Decrypt"},
        ),
        (
            "WorkflowConcludeRole",
            {
                "bedrock:GetModelCustomizationJob",
                "cloudwatch:PutMetricData",
                "s3:GetObject",
                "s3:ListBucket",
                "s3:PutObject",
                "kms:Decrypt",
                "kms:GenerateDataKey",
                "ssm:PutParameter",
                "sns:Publish",
            },
        ),
    ],
)
def test_each_step_may_do_its_own_work_alone(role: str, allowed: set[str], template: Template) -> None:
    assert actions(statements(template, role)) - {"logs:CreateLogStream", "logs:PutLogEvents"} == allowed


@pytest.mark.parametrize("role", ["WorkflowPollRole", "WorkflowWatchRole", "WorkflowConcludeRole"])
def test_metrics_go_to_the_product_s_namespace_alone(role: str, template: Template) -> None:
    published = statement(template, role, "cloudwatch:PutMetricData")

    assert published["Condition"] == {"StringEquals": {"cloudwatch:namespace": "BedrockRFT"}}


def test_records_are_written_apart_from_artifacts(template: Template) -> None:
    written = statement(template, "WorkflowConcludeRole", "s3:PutObject")

    assert text(written["Resource"]).endswith(".Arn>/runs/*")


def test_watching_writes_the_live_file_alone(template: Template) -> None:
    written = statement(template, "WorkflowWatchRole", "s3:PutObject")

    assert text(written["Resource"]).endswith(".Arn>/runs/*/live.json")


def test_watching_reads_this_run_s_rollouts_and_this_dataset_alone(template: Template, tmp_path: Path) -> None:
    run = inputs_of(write_project(tmp_path)).run
    found = statements(template, f"WorkflowWatched{run}")

    read = {text(arn).rpartition(">/")[2] for each in found for arn in _listed(each["Resource"]) if "/" in text(arn)}
    listed = [each["Condition"]["StringLike"]["s3:prefix"] for each in found if each["Action"] == "s3:ListBucket"]
    rollouts = f"rollouts/run={run}/"
    assert {name.rpartition("/")[2] for name in read - {f"{rollouts}*"}} == {"train.jsonl", "validation.jsonl"}
    assert [rollouts, f"{rollouts}*"] in listed


def test_a_shadow_is_asked_by_the_watch_alone_and_through_the_run_s_alias() -> None:
    template = template_of({"shadow": SHADOW})

    asked = statement(template, "WorkflowWatched", "lambda:InvokeFunction")
    (watch,) = (
        function["Properties"]
        for id_, function in template.find_resources("AWS::Lambda::Function").items()
        if id_.startswith("WorkflowWatch")
    )
    assert text(asked["Resource"]).startswith("<ShadowRun")
    assert watch["Environment"]["Variables"]["SHADOW_ARN"] == asked["Resource"]
    assert watch["Environment"]["Variables"]["SHADOW_ROLLOUTS"] == "32"
    others = [
        id_
        for id_, policy in template.find_resources("AWS::IAM::Policy").items()
        if "ShadowRun" in str(policy) and not id_.startswith("WorkflowWatched")
    ]
    assert others == []


def test_every_event_of_an_execution_is_logged_and_traced(template: Template) -> None:
    workflow = _workflow(template)

    assert workflow["LoggingConfiguration"]["Level"] == "ALL"
    assert workflow["TracingConfiguration"] == {"Enabled": True}
