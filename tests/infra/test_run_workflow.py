from typing import Any

import pytest
from aws_cdk.assertions import Template

from tests.infra.synthesis import actions, document, statement, statements, text


def _workflow(template: Template) -> dict[str, Any]:
    machines = template.find_resources("AWS::StepFunctions::StateMachine")
    (machine,) = (m for id_, m in machines.items() if id_.startswith("Workflow"))
    return dict(machine["Properties"])


@pytest.fixture(scope="module")
def states(template: Template) -> dict[str, Any]:
    return dict(document(_workflow(template)["DefinitionString"])["States"])


def test_a_started_job_is_polled_until_it_is_over(states: dict[str, Any]) -> None:
    choice = states["JobStatus"]

    assert (states["StartJob"]["Next"], states["FirstWait"]["Next"], states["PollJob"]["Next"]) == (
        "FirstWait",
        "PollJob",
        "JobStatus",
    )
    assert {(case["StringEquals"], choice["Choices"][0]["Next"]) for case in choice["Choices"][0]["Or"]} == {
        ("InProgress", "WaitForJob"),
        ("Stopping", "WaitForJob"),
    }
    assert choice["Default"] == "ConcludeRun"


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


def test_metrics_go_to_the_product_s_namespace_alone(template: Template) -> None:
    published = statement(template, "WorkflowPollRole", "cloudwatch:PutMetricData")

    assert published["Condition"] == {"StringEquals": {"cloudwatch:namespace": "BedrockRFT"}}


def test_records_are_written_apart_from_artifacts(template: Template) -> None:
    written = statement(template, "WorkflowConcludeRole", "s3:PutObject")

    assert text(written["Resource"]).endswith(".Arn>/runs/*")


def test_every_event_of_an_execution_is_logged_and_traced(template: Template) -> None:
    workflow = _workflow(template)

    assert workflow["LoggingConfiguration"]["Level"] == "ALL"
    assert workflow["TracingConfiguration"] == {"Enabled": True}
