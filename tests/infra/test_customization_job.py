from typing import Any

import pytest
from aws_cdk.assertions import Template

from lambda_src.run.start_mode import StartMode
from tests.infra.synthesis import actions, document, only, statement, statements, template_of, text

JOB = "Custom::BedrockRft"
PINNED = {"train": {"uri": "s3://records/2026/train.jsonl", "sha256": "a" * 64}}


@pytest.fixture(scope="module")
def refusing() -> Template:
    """Of a project that refuses a base model that cannot learn, and leaves no models behind."""
    return template_of({"probe": {"deploy": "refuse", "prompts": 12}, "onDelete": "delete"})


@pytest.fixture(scope="module")
def pinned() -> Template:
    """Of a project whose records lie in S3, which warns of such a base model, and whose run nobody has approved."""
    changes = {"probe": {"deploy": "warn", "prompts": 12}, "dataset": PINNED}
    return template_of(changes, start=StartMode.UNAPPROVED)


@pytest.fixture(scope="module")
def held() -> Template:
    return template_of(start=StartMode.HOLD, records={"train": 100, "validation": 10})


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

    read = [s["Resource"] for s in statements(template, "JobOnEventRole") if s["Action"] == "s3:GetObject"]
    objects = [text(resource) for some in read for resource in (some if isinstance(some, list) else [some])]
    assert statement(template, "JobOnEventRole", "lambda:InvokeFunction")["Resource"] == {"Ref": alias_id}
    assert {name.rsplit("/", 1)[1] for name in objects} == {"train.jsonl", "validation.jsonl", "held.json"}


def test_the_preflight_writes_its_own_folder_alone(template: Template) -> None:
    (runs,) = (id_ for id_ in template.find_resources("AWS::S3::Bucket") if id_.startswith("StorageRuns"))

    assert text(statement(template, "JobOnEventRole", "s3:PutObject")["Resource"]) == f"<{runs}.Arn>/preflight/*"


def test_the_base_model_is_not_asked_unless_the_project_says_so(template: Template) -> None:
    assert "bedrock:InvokeModel" not in actions(statements(template, "JobOnEventRole"))
    assert _on_event(template)["Timeout"] == 600


@pytest.mark.parametrize(("deploy", "project"), [("warn", "pinned"), ("refuse", "refusing")], ids=["warn", "refuse"])
def test_a_probe_may_ask_the_base_model_and_has_all_the_time_that_lambda_gives(
    deploy: str, project: str, request: pytest.FixtureRequest
) -> None:
    template: Template = request.getfixturevalue(project)

    profile, models = (s for s in statements(template, "JobOnEventRole") if "bedrock:InvokeModel" in actions([s]))
    assert text(profile["Resource"]).endswith(":inference-profile/us.amazon.nova-2-lite-v1:0")
    assert text(models["Resource"]).endswith("::foundation-model/amazon.nova-2-lite-v1:0")
    assert _on_event(template)["Timeout"] == 900
    assert document(only(template, JOB)["Properties"]["Run"])["probe"] == {
        "deploy": deploy,
        "model": "us.amazon.nova-2-lite-v1:0",
        "prompts": 12,
        "samples": 8,
        "temperature": 0.6,
    }


def test_records_in_s3_may_be_read_where_they_are_and_written_where_the_job_reads_them(pinned: Template) -> None:
    on_event = statements(pinned, "JobOnEventRole")
    read = [text(r) for s in on_event if "s3:GetObject" in actions([s]) for r in _listed(s["Resource"])]
    written = [text(r) for s in on_event if "s3:PutObject" in actions([s]) for r in _listed(s["Resource"])]
    run = document(only(pinned, JOB)["Properties"]["Run"])
    assert any(arn.endswith(":s3:::records/2026/train.jsonl") for arn in read)
    assert any(arn.endswith("/train.jsonl") for arn in written)
    assert run["pinned"] == PINNED
    assert run["dataset"]["train"].endswith("/train.jsonl")


@pytest.mark.parametrize(
    ("start", "project"),
    [(StartMode.NOW, "template"), (StartMode.HOLD, "held"), (StartMode.UNAPPROVED, "pinned")],
    ids=list(StartMode),
)
def test_the_resource_is_told_what_may_start(start: StartMode, project: str, request: pytest.FixtureRequest) -> None:
    assert only(request.getfixturevalue(project), JOB)["Properties"]["Start"] == str(start)


def _on_event(template: Template) -> dict[str, Any]:
    found = only(template, "AWS::Lambda::Function", Handler="lambda_src.run.custom_resource.on_event")
    return dict(found["Properties"])


def _listed(resource: Any) -> list[Any]:
    return resource if isinstance(resource, list) else [resource]


@pytest.mark.parametrize("role", ["JobOnEventRole", "JobIsCompleteRole"])
def test_jobs_of_other_projects_cannot_be_stopped(role: str, template: Template) -> None:
    stopping = statement(template, role, "bedrock:StopModelCustomizationJob")

    assert stopping["Condition"] == {
        "StringEquals": {"aws:ResourceTag/rft:project": "sums", "aws:ResourceTag/rft:stage": "dev"}
    }


def test_only_who_starts_runs_looks_for_former_ones(template: Template) -> None:
    listing = "bedrock:ListModelCustomizationJobs"

    assert listing in actions(statements(template, "JobOnEventRole"))
    assert listing not in actions(statements(template, "JobIsCompleteRole"))


@pytest.mark.parametrize(
    ("project", "on_delete", "expected"),
    [
        pytest.param("template", "keep", False, id="models are kept"),
        pytest.param("refusing", "delete", True, id="models are deleted"),
    ],
)
def test_models_can_be_deleted_only_where_the_project_says_so(
    project: str, on_delete: str, expected: bool, request: pytest.FixtureRequest
) -> None:
    template: Template = request.getfixturevalue(project)

    granted = {a for role in ("JobOnEventRole", "JobIsCompleteRole") for a in actions(statements(template, role))}

    assert ("bedrock:DeleteCustomModel" in granted) is expected
    assert only(template, JOB)["Properties"]["OnDelete"] == on_delete
