from pathlib import Path

import pytest
from aws_cdk.assertions import Template

from tests.infra.synthesis import actions, document, only, stack_of, statement, statements, text, write_project

JOB = "Custom::BedrockRft"


@pytest.mark.parametrize(
    "needed",
    [
        "CustomizationRoleRun",
        "DatasetDeploymentCustomResource",
        "WorkflowStateMachine",
        "WorkflowStartRoleDefaultPolicy",
        "NotificationsTopicPolicy",
    ],
)
def test_what_the_run_needs_is_there_first_and_goes_last(needed: str, template: Template) -> None:
    assert any(id_.startswith(needed) for id_ in only(template, JOB)["DependsOn"])


def test_cloudformation_waits_longer_than_the_framework(template: Template) -> None:
    """The reason for a time-out is then the framework's, which names it."""
    waiters = template.find_resources("AWS::StepFunctions::StateMachine")
    (waiter,) = (machine["Properties"] for id_, machine in waiters.items() if id_.startswith("JobProvider"))

    (retry,) = document(waiter["DefinitionString"])["States"]["framework-isComplete-task"]["Retry"]

    assert retry["MaxAttempts"] * retry["IntervalSeconds"] < int(only(template, JOB)["Properties"]["ServiceTimeout"])


def test_the_preflight_reads_the_records_and_invokes_the_alias_alone(template: Template) -> None:
    (alias_id,) = template.find_resources("AWS::Lambda::Alias")

    assert statement(template, "JobOnEventRole", "lambda:InvokeFunction")["Resource"] == {"Ref": alias_id}
    assert {text(r).rsplit("/", 1)[1] for r in statement(template, "JobOnEventRole", "s3:GetObject")["Resource"]} == {
        "train.jsonl",
        "validation.jsonl",
    }


@pytest.mark.parametrize("role", ["JobOnEventRole", "JobIsCompleteRole"])
def test_jobs_of_other_projects_cannot_be_stopped(role: str, template: Template) -> None:
    stopping = statement(template, role, "bedrock:StopModelCustomizationJob")

    assert stopping["Condition"] == {
        "StringEquals": {"aws:ResourceTag/rft:project": "sums", "aws:ResourceTag/rft:stage": "dev"}
    }


@pytest.mark.parametrize(
    ("on_delete", "expected"),
    [pytest.param("keep", False, id="models are kept"), pytest.param("delete", True, id="models are deleted")],
)
def test_models_can_be_deleted_only_where_the_project_says_so(on_delete: str, expected: bool, tmp_path: Path) -> None:
    template = Template.from_stack(stack_of(write_project(tmp_path, {"onDelete": on_delete})))

    granted = {a for role in ("JobOnEventRole", "JobIsCompleteRole") for a in actions(statements(template, role))}

    assert ("bedrock:DeleteCustomModel" in granted) is expected
    assert only(template, JOB)["Properties"]["OnDelete"] == on_delete
