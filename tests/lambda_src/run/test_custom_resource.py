import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.response import StreamingBody
from botocore.stub import ANY

from lambda_src.run import custom_resource
from lambda_src.run.custom_resource import RunError, is_complete, on_event
from lambda_src.run.customization_jobs import ModelInUseError
from lambda_src.run.former_runs import UnwatchedJobError
from lambda_src.run.hold import HoldError
from lambda_src.run.preflight import Preflight, PreflightError, preflight
from lambda_src.run.run_name import held_id, run_name
from lambda_src.run.stack import DeployOverError
from lambda_src.run.start_mode import NotApprovedError
from tests.lambda_src.run.stubs import DIGEST, MACHINE, MODEL_ARN, REQUEST, RUN, STACK, Aws, job, job_arn

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 600_000)
CHECKED = Preflight({"passed": True, "rules": []}, {"report": "s3://runs/preflight/report.json"})
"""What the preflight finds."""
NAME = run_name("gsm8k", "dev", DIGEST, stack_id=STACK, request_id="request-1")
EXECUTION = f"{MACHINE.replace('stateMachine', 'execution')}:{NAME}"
FORMER = "gsm8k-dev-0123456789ab-aaaaaa"
OTHER = "gsm8k-dev-fedcba987654-bbbbbb"
OTHER_ID = f"{OTHER}/1"
HELD_ID = held_id("gsm8k", "dev")
MADE_UP_ID = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"


def event(
    kind: str, physical_id: str | None = None, *, start: str = "now", on_delete: str = "keep", **run: Any
) -> dict[str, Any]:
    properties = {
        "Request": json.dumps(REQUEST),
        "Run": json.dumps(RUN | run),
        "Start": start,
        "OnDelete": on_delete,
    }
    fixed = {"RequestType": kind, "StackId": STACK, "RequestId": "request-1", "ResourceProperties": properties}
    return fixed | ({} if physical_id is None else {"PhysicalResourceId": physical_id})


def awaiting(kind: str, physical_id: str = f"{NAME}/1", **answer: Any) -> dict[str, Any]:
    """The event that ``is_complete`` gets: CloudFormation's, and over it what ``on_event`` has answered."""
    return event(kind, physical_id) | {"AwaitValidation": True, "Failure": None, "DeleteModelsOf": []} | answer


def no_former_run(aws: Aws) -> None:
    aws.answer("bedrock", "list_model_customization_jobs", {"modelCustomizationJobSummaries": []})


def former_runs(aws: Aws, *found: Mapping[str, Any], attempt: str = "1") -> None:
    """Jobs whose names begin alike; each is then read, and its tags too where it writes to this stack's bucket."""
    keys = ("jobArn", "baseModelArn", "jobName", "status", "creationTime")
    summaries = [{key: one[key] for key in keys} for one in found]
    aws.answer("bedrock", "list_model_customization_jobs", {"modelCustomizationJobSummaries": summaries})
    for one in found:
        aws["bedrock"].add_response("get_model_customization_job", dict(one), {"jobIdentifier": one["jobArn"]})
        if one["outputDataConfig"]["s3Uri"].startswith("s3://runs/"):
            tags = {"tags": [{"key": "rft:attempt", "value": attempt}]}
            aws.answer("bedrock", "list_tags_for_resource", tags, resourceARN=one["jobArn"])


@pytest.fixture(autouse=True)
def _good_preflight(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it asks is tested with the preflight itself; here, what becomes of its answer."""
    monkeypatch.setattr(custom_resource, "preflight", lambda *_, **__: CHECKED)


def stack_status(aws: Aws, status: str) -> None:
    stack = {"StackName": "gsm8k-dev", "CreationTime": datetime.now(UTC), "StackStatus": status}
    aws.answer("cloudformation", "describe_stacks", {"Stacks": [stack]}, StackName=STACK)


def started(aws: Aws) -> None:
    stack_status(aws, "UPDATE_IN_PROGRESS")
    found = {"audit": CHECKED.audit, "preflight": CHECKED.summary}
    state = json.dumps({"runName": NAME, "run": RUN, "request": REQUEST, **found}, sort_keys=True)
    answer = {"executionArn": EXECUTION, "startDate": datetime.now(UTC)}
    aws.answer("stepfunctions", "start_execution", answer, stateMachineArn=MACHINE, name=NAME, input=state)


def stopped_execution(aws: Aws) -> None:
    aws.answer("stepfunctions", "stop_execution", {"stopDate": datetime.now(UTC)}, executionArn=EXECUTION, cause=ANY)


class TestCreate:
    def test_starts_one_execution_named_after_the_run(self, aws: Aws) -> None:
        aws.execution(None)
        no_former_run(aws)
        started(aws)

        answer = on_event(event("Create"), CONTEXT)

        assert answer == {
            "PhysicalResourceId": f"{NAME}/1",
            "Data": {"JobName": NAME, "Digest": DIGEST},
            "AwaitValidation": True,
            "Failure": None,
        }

    def test_a_repeated_request_finds_its_execution_and_starts_nothing(self, aws: Aws) -> None:
        aws.execution("RUNNING")

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_request_delivered_twice_at_once_starts_one_execution(self, aws: Aws) -> None:
        aws.execution(None)
        no_former_run(aws)
        stack_status(aws, "CREATE_IN_PROGRESS")
        aws.error("stepfunctions", "start_execution", "ExecutionAlreadyExists")

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_start_that_may_have_happened_fails_under_the_runs_own_id(
        self, aws: Aws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only an id of ours makes CloudFormation send the Delete that cleans up."""
        aws.execution(None)
        no_former_run(aws)
        stack_status(aws, "CREATE_IN_PROGRESS")
        lose_answer(aws, monkeypatch)

        answer = on_event(event("Create"), CONTEXT)

        assert answer["PhysicalResourceId"] == f"{NAME}/1"
        with pytest.raises(RunError, match=f"The workflow of {NAME} could not be started: Read timeout"):
            is_complete(event("Create") | answer, None)

    def test_a_repeated_request_that_cannot_see_its_execution_fails_under_the_runs_own_id(self, aws: Aws) -> None:
        aws.error("stepfunctions", "describe_execution", "ThrottlingException")

        answer = on_event(event("Create"), CONTEXT)

        assert answer["PhysicalResourceId"] == f"{NAME}/1"
        with pytest.raises(RunError, match=r"could not be started: .*ThrottlingException"):
            is_complete(event("Create") | answer, None)

    def test_a_refused_start_fails_with_the_permission_it_lacks(self, aws: Aws) -> None:
        aws.execution(None)
        no_former_run(aws)
        stack_status(aws, "CREATE_IN_PROGRESS")
        aws.error("stepfunctions", "start_execution", "AccessDeniedException", "no states:StartExecution")

        answer = on_event(event("Create"), CONTEXT)

        with pytest.raises(RunError, match="no states:StartExecution"):
            is_complete(event("Create") | answer, None)

    def test_a_refused_preflight_starts_nothing(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        aws.execution(None)
        no_former_run(aws)
        aws.error("s3", "get_object", "AccessDenied")
        aws.answer("s3", "put_object")
        monkeypatch.setattr(custom_resource, "preflight", preflight)

        with pytest.raises(PreflightError, match="Training was not started"):
            on_event(event("Create"), CONTEXT)

    def test_nothing_is_started_when_the_function_is_about_to_be_cut_off(self, aws: Aws) -> None:
        aws.execution(None)
        no_former_run(aws)
        stack_status(aws, "CREATE_IN_PROGRESS")

        with pytest.raises(RunError, match="Training was not started: the preflight took nearly all"):
            on_event(event("Create"), SimpleNamespace(get_remaining_time_in_millis=lambda: 5_000))

    @pytest.mark.parametrize(
        "status",
        ["ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_COMPLETE", "CREATE_COMPLETE"],
    )
    def test_a_request_that_comes_again_when_its_deploy_is_over_starts_nothing(self, aws: Aws, status: str) -> None:
        """The first delivery was refused, and the second one's preflight passes: nobody would hold that run."""
        aws.execution(None)
        no_former_run(aws)
        stack_status(aws, status)

        with pytest.raises(DeployOverError, match=f"Training was not started: the stack is {status}"):
            on_event(event("Create"), CONTEXT)

    def test_a_deploy_that_is_cancelled_during_the_preflight_starts_nothing(self, aws: Aws) -> None:
        stack_status(aws, "UPDATE_IN_PROGRESS")
        aws.execution(None)
        no_former_run(aws)
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")

        with pytest.raises(DeployOverError, match="UPDATE_ROLLBACK_IN_PROGRESS, so the deploy that asked for it"):
            on_event(event("Update", OTHER_ID), CONTEXT)

    def test_a_start_is_not_tried_where_nobody_knows_whether_the_deploy_goes_on(self, aws: Aws) -> None:
        aws.execution(None)
        no_former_run(aws)
        aws.error("cloudformation", "describe_stacks", "Throttling")

        with pytest.raises(ClientError, match="Throttling"):
            on_event(event("Create"), CONTEXT)


class TestAdoption:
    def test_a_watched_job_on_the_same_inputs_is_adopted(self, aws: Aws) -> None:
        aws.execution(None)
        former_runs(aws, job("InProgress", name=FORMER))
        aws.execution("RUNNING")

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"

    def test_a_completed_job_is_adopted_and_its_model_restored(self, aws: Aws) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_IN_PROGRESS")
        former_runs(aws, job("Completed", name=FORMER))
        aws.answer("bedrock", "get_custom_model", model(), modelIdentifier=MODEL_ARN)
        aws.answer("ssm", "put_parameter", Name="/rft/gsm8k/dev/model", Value=MODEL_ARN, Overwrite=True)

        assert on_event(event("Update", OTHER_ID), CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"

    def test_a_job_without_a_watcher_is_not_joined_by_a_second_one(self, aws: Aws) -> None:
        aws.execution(None)
        former_runs(aws, job("InProgress", name=FORMER))
        aws.execution("ABORTED")

        with pytest.raises(UnwatchedJobError, match=f"the job {FORMER} trains on the same inputs already"):
            on_event(event("Create"), CONTEXT)

    @pytest.mark.parametrize("status", ["Failed", "Stopped", "Stopping"])
    def test_a_job_that_leaves_no_model_is_not_adopted(self, aws: Aws, status: str) -> None:
        aws.execution(None)
        former_runs(aws, job(status, name=FORMER))
        started(aws)

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_completed_job_whose_model_is_gone_is_not_adopted(self, aws: Aws) -> None:
        aws.execution(None)
        former_runs(aws, job("Completed", name=FORMER))
        aws.error("bedrock", "get_custom_model", "ResourceNotFoundException")
        started(aws)

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_job_of_another_attempt_is_not_adopted(self, aws: Aws) -> None:
        aws.execution(None)
        former_runs(aws, job("InProgress", name=FORMER), attempt="2")
        started(aws)

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_job_of_another_stack_is_not_adopted(self, aws: Aws) -> None:
        elsewhere = job("InProgress", name=FORMER, outputDataConfig={"s3Uri": "s3://others/artifacts/"})
        aws.execution(None)
        former_runs(aws, elsewhere)
        started(aws)

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"


class TestApproval:
    def test_a_new_run_is_refused_before_the_preflight_spends_anything(
        self, aws: Aws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(custom_resource, "preflight", unasked)
        aws.execution(None)
        no_former_run(aws)

        with pytest.raises(NotApprovedError) as refused:
            on_event(event("Create", start="unapproved"), CONTEXT)

        assert str(refused.value).startswith("Nothing was started or spent")
        assert DIGEST in str(refused.value)
        assert f"`-c approve={DIGEST[:12]}`" in str(refused.value)

    def test_another_attempt_needs_one_of_its_own(self, aws: Aws) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_IN_PROGRESS")
        no_former_run(aws)

        with pytest.raises(NotApprovedError, match="wants every new run of stage dev approved"):
            on_event(event("Update", f"{FORMER}/1", start="unapproved", attempt=2), CONTEXT)

    def test_the_run_that_the_stack_has_needs_none(self, aws: Aws) -> None:
        answer = on_event(event("Update", f"{FORMER}/1", start="unapproved"), CONTEXT)

        assert answer["PhysicalResourceId"] == f"{FORMER}/1"

    def test_a_former_run_of_the_same_inputs_needs_none(self, aws: Aws) -> None:
        aws.execution(None)
        former_runs(aws, job("InProgress", name=FORMER))
        aws.execution("RUNNING")

        assert on_event(event("Create", start="unapproved"), CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"

    def test_a_repeated_request_that_was_approved_needs_none(self, aws: Aws) -> None:
        aws.execution("RUNNING")

        assert on_event(event("Create", start="unapproved"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_rollback_needs_none(self, aws: Aws) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        former_runs(aws, job("Stopped", name=FORMER))

        answer = on_event(event("Update", OTHER_ID, start="unapproved"), CONTEXT)

        assert answer["PhysicalResourceId"] == f"{FORMER}/1"


class TestHold:
    def test_on_create_starts_nothing_and_gives_an_id_that_is_no_run(self, aws: Aws) -> None:
        noted(aws, HELD_ID)

        answer = on_event(event("Create", start="hold"), CONTEXT)

        assert answer == {
            "PhysicalResourceId": HELD_ID,
            "Data": {"JobName": HELD_ID, "Digest": DIGEST},
            "AwaitValidation": False,
            "Failure": None,
        }
        assert is_complete(event("Create", start="hold") | answer, None) == {"IsComplete": True}

    @pytest.mark.parametrize(
        ("kept", "run"),
        [
            pytest.param(f"{FORMER}/1", {}, id="the same inputs, whatever they do"),
            pytest.param(f"{FORMER}/1", {"attempt": 2}, id="another attempt at the same inputs"),
            pytest.param(HELD_ID, {}, id="nothing so far"),
        ],
    )
    def test_on_update_keeps_what_there_is(self, aws: Aws, kept: str, run: dict[str, Any]) -> None:
        stack_status(aws, "UPDATE_IN_PROGRESS")
        noted(aws, kept)

        answer = on_event(event("Update", kept, start="hold", **run), CONTEXT)

        assert (answer["PhysicalResourceId"], answer["AwaitValidation"]) == (kept, False)

    @pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
    def test_on_update_keeps_a_run_of_other_inputs_that_is_over(self, aws: Aws, status: str) -> None:
        stack_status(aws, "UPDATE_IN_PROGRESS")
        aws.execution("SUCCEEDED")
        aws.job(status, name=OTHER)
        noted(aws, OTHER_ID)

        answer = on_event(event("Update", OTHER_ID, start="hold"), CONTEXT)

        assert (answer["PhysicalResourceId"], answer["AwaitValidation"]) == (OTHER_ID, False)

    @pytest.mark.parametrize(
        ("execution", "job_status"),
        [
            pytest.param({"status": "RUNNING"}, None, id="not created yet"),
            pytest.param({"status": "RUNNING"}, "InProgress", id="training"),
            pytest.param({"status": "RUNNING"}, "Stopping", id="stopping"),
            pytest.param({"status": "RUNNING"}, "Completed", id="not recorded yet"),
            pytest.param(
                # of the time at which the test runs, which may be minutes after it is collected
                {"status": "ABORTED", "stopDate": datetime.now(UTC) + timedelta(hours=1)},
                None,
                id="about to be created",
            ),
            pytest.param({"status": None}, "InProgress", id="training unwatched"),
        ],
    )
    def test_is_refused_while_a_run_of_other_inputs_goes_on(
        self, aws: Aws, execution: dict[str, Any], job_status: str | None
    ) -> None:
        """Its alias, its policy and its records would leave the stack with the deploy."""
        stack_status(aws, "UPDATE_IN_PROGRESS")
        aws.execution(**execution)
        aws.job(job_status)

        with pytest.raises(HoldError, match=f"Nothing was held, and nothing was changed: the run {OTHER} has not"):
            on_event(event("Update", OTHER_ID, start="hold"), CONTEXT)

    def test_that_cannot_be_noted_fails(self, aws: Aws) -> None:
        stack_status(aws, "UPDATE_IN_PROGRESS")
        aws.error("s3", "put_object", "AccessDenied")

        with pytest.raises(ClientError, match="PutObject"):
            on_event(event("Update", HELD_ID, start="hold"), CONTEXT)

    @pytest.mark.parametrize("kept", [OTHER_ID, HELD_ID], ids=["another run", "no run"])
    def test_ends_with_a_start(self, aws: Aws, kept: str) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_IN_PROGRESS")
        no_former_run(aws)
        started(aws)

        assert on_event(event("Update", kept), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    @pytest.mark.parametrize(
        ("kept", "left"),
        [
            pytest.param(HELD_ID, f"{NAME}/1", id="nothing before a run that was started"),
            pytest.param(HELD_ID, HELD_ID, id="nothing before a run that was refused"),
            pytest.param(f"{FORMER}/1", f"{FORMER}/1", id="a run of the held inputs"),
        ],
    )
    def test_that_a_rollback_returns_to_gets_back_what_it_had_kept(self, aws: Aws, kept: str, left: str) -> None:
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        note(aws, kept)

        answer = on_event(event("Update", left, start="hold"), CONTEXT)

        assert (answer["PhysicalResourceId"], answer["AwaitValidation"]) == (kept, False)

    def test_that_a_rollback_returns_to_gets_back_the_model_of_the_run_it_had_kept(self, aws: Aws) -> None:
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        note(aws, OTHER_ID)
        aws.job("Completed", name=OTHER)
        aws.answer("ssm", "put_parameter", Name="/rft/gsm8k/dev/model", Value=MODEL_ARN, Overwrite=True)

        assert on_event(event("Update", f"{NAME}/1", start="hold"), CONTEXT)["PhysicalResourceId"] == OTHER_ID

    def test_that_a_rollback_cannot_read_raises_and_keeps_the_id_of_the_run_it_leaves(self, aws: Aws) -> None:
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        aws.error("s3", "get_object", "SlowDown")

        with pytest.raises(ClientError, match="SlowDown"):
            on_event(event("Update", f"{NAME}/1", start="hold"), CONTEXT)

    def test_that_is_rolled_back_itself_gets_back_the_run_before(self, aws: Aws) -> None:
        """The properties are those before the hold; the id it had kept is theirs."""
        assert on_event(event("Update", f"{FORMER}/1"), CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"

    def test_is_not_in_the_properties_of_an_older_deploy(self, aws: Aws) -> None:
        older = event("Update", f"{FORMER}/1")
        del older["ResourceProperties"]["Start"]

        assert on_event(older, CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"


class TestUpdate:
    def test_the_same_inputs_and_attempt_change_nothing_and_ask_nobody(self, aws: Aws) -> None:
        answer = on_event(event("Update", f"{FORMER}/1"), CONTEXT)

        assert (answer["PhysicalResourceId"], answer["AwaitValidation"]) == (f"{FORMER}/1", False)

    def test_what_did_not_start_is_not_waited_for(self, aws: Aws) -> None:
        assert is_complete(awaiting("Update", f"{FORMER}/1", AwaitValidation=False), None) == {"IsComplete": True}

    @pytest.mark.parametrize(
        ("physical_id", "run"),
        [
            pytest.param(OTHER_ID, {}, id="other inputs"),
            pytest.param(f"{FORMER}/1", {"attempt": 2}, id="another attempt"),
        ],
    )
    def test_changed_inputs_start_a_new_run(self, aws: Aws, physical_id: str, run: dict[str, Any]) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_IN_PROGRESS")
        no_former_run(aws)
        stack_status(aws, "UPDATE_IN_PROGRESS")
        aws.answer("stepfunctions", "start_execution", {"executionArn": EXECUTION, "startDate": datetime.now(UTC)})

        answer = on_event(event("Update", physical_id, **run), CONTEXT)

        assert answer["PhysicalResourceId"] == f"{NAME}/{run.get('attempt', 1)}"


class TestRollback:
    def test_before_the_new_run_started_changes_nothing(self, aws: Aws) -> None:
        assert on_event(event("Update", f"{FORMER}/1"), CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"

    @pytest.mark.parametrize("status", ["InProgress", "Failed", "Stopped"])
    def test_gets_back_the_old_run_whatever_became_of_it(self, aws: Aws, status: str) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        former_runs(aws, job(status, name=FORMER))

        answer = on_event(event("Update", OTHER_ID), CONTEXT)

        assert (answer["PhysicalResourceId"], answer["AwaitValidation"]) == (f"{FORMER}/1", False)

    def test_gets_back_the_run_that_has_a_model_before_a_newer_one_that_has_none(self, aws: Aws) -> None:
        newer = "gsm8k-dev-0123456789ab-dddddd"
        aws.execution(None)
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        former_runs(aws, job("Failed", name=newer), job("Completed", name=FORMER))
        aws.answer("bedrock", "get_custom_model", model())
        aws.answer("ssm", "put_parameter", Name="/rft/gsm8k/dev/model", Value=MODEL_ARN, Overwrite=True)

        assert on_event(event("Update", OTHER_ID), CONTEXT)["PhysicalResourceId"] == f"{FORMER}/1"

    def test_that_gets_no_answer_raises_and_keeps_the_id_of_the_run_it_leaves(self, aws: Aws) -> None:
        aws.error("stepfunctions", "describe_execution", "ThrottlingException")
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")

        with pytest.raises(ClientError, match="ThrottlingException"):
            on_event(event("Update", OTHER_ID), CONTEXT)

    def test_starts_nothing_even_if_the_old_run_left_no_trace(self, aws: Aws) -> None:
        aws.execution(None)
        stack_status(aws, "UPDATE_ROLLBACK_IN_PROGRESS")
        no_former_run(aws)

        answer = on_event(event("Update", OTHER_ID), CONTEXT)

        assert (answer["PhysicalResourceId"], answer["AwaitValidation"]) == (f"{NAME}/1", False)


class TestCreateIsComplete:
    @pytest.mark.parametrize(
        ("status", "validation", "complete"),
        [
            pytest.param("InProgress", "InProgress", False, id="validating"),
            pytest.param("InProgress", "Completed", True, id="validated"),
            pytest.param("InProgress", "Failed", False, id="reason still to come"),
            pytest.param("Completed", "Completed", True, id="completed"),
        ],
    )
    def test_ends_with_the_validation_phase(self, aws: Aws, status: str, validation: str, complete: bool) -> None:
        aws.execution("RUNNING")
        aws.job(status, statusDetails={"validationDetails": {"status": validation}})

        assert is_complete(awaiting("Create"), None) == {"IsComplete": complete}

    def test_waits_while_the_workflow_has_not_created_the_job(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job(None)

        assert is_complete(awaiting("Create"), None) == {"IsComplete": False}

    def test_raises_what_the_workflow_failed_with_before_there_was_a_job(self, aws: Aws) -> None:
        aws.execution("FAILED", error="RunFailed", cause="Bedrock refused the customization job")
        aws.job(None)

        with pytest.raises(RunError, match="was not started: RunFailed: Bedrock refused the customization job"):
            is_complete(awaiting("Create"), None)

    def test_raises_when_the_execution_is_gone(self, aws: Aws) -> None:
        aws.execution(None)
        aws.job(None)

        with pytest.raises(RunError, match="its workflow execution is gone"):
            is_complete(awaiting("Create"), None)

    def test_raises_bedrocks_failure_message(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job("Failed", failureMessage="train.jsonl has 99 records")

        with pytest.raises(RunError, match=r"ended as Failed: train.jsonl has 99 records"):
            is_complete(awaiting("Create"), None)

    def test_raises_when_the_job_was_stopped_by_hand(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job("Stopped")

        with pytest.raises(RunError, match="ended as Stopped: it was stopped"):
            is_complete(awaiting("Create"), None)


class TestDelete:
    def test_of_a_create_that_failed_does_nothing(self, aws: Aws) -> None:
        assert on_event(event("Delete", MADE_UP_ID), CONTEXT) == {}
        assert is_complete(event("Delete", MADE_UP_ID), None) == {"IsComplete": True}

    def test_of_what_is_gone_is_a_success(self, aws: Aws) -> None:
        for _ in range(2):
            aws.execution(None)
            aws.job(None)

        assert on_event(event("Delete", f"{NAME}/1"), CONTEXT) == {"DeleteModelsOf": []}
        assert is_complete(awaiting("Delete"), None) == {"IsComplete": True}

    def test_when_the_state_machine_is_gone_is_a_success(self, aws: Aws) -> None:
        aws.error("stepfunctions", "describe_execution", "StateMachineDoesNotExist")
        aws.job(None)

        assert is_complete(awaiting("Delete"), None) == {"IsComplete": True}

    def test_during_training_stops_the_job_but_not_the_execution_that_records_it(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job("InProgress", name=NAME)
        aws.answer("bedrock", "stop_model_customization_job", jobIdentifier=job_arn(NAME))

        assert on_event(event("Delete", f"{NAME}/1"), CONTEXT) == {"DeleteModelsOf": []}

    @pytest.mark.parametrize(
        ("status", "execution", "complete"),
        [
            pytest.param("Stopping", "RUNNING", False, id="job still stopping"),
            pytest.param("Stopped", "RUNNING", False, id="record still to be written"),
            pytest.param("Stopped", "FAILED", True, id="stopped and recorded"),
            pytest.param("Completed", "SUCCEEDED", True, id="completed and recorded"),
            pytest.param("Stopping", None, False, id="execution gone, job not"),
            pytest.param("Stopped", None, True, id="execution gone, job over"),
        ],
    )
    def test_waits_for_the_job_and_for_its_record(
        self, aws: Aws, status: str, execution: str | None, complete: bool
    ) -> None:
        aws.execution(execution)
        aws.job(status)

        assert is_complete(awaiting("Delete"), None) == {"IsComplete": complete}

    @pytest.mark.parametrize("code", ["ConflictException", "ValidationException"])
    def test_a_job_that_ends_while_it_is_being_stopped_is_a_success(self, aws: Aws, code: str) -> None:
        aws.execution("RUNNING")
        aws.job("InProgress")
        aws.error("bedrock", "stop_model_customization_job", code)
        aws.job("Completed")

        assert on_event(event("Delete", f"{NAME}/1"), CONTEXT) == {"DeleteModelsOf": []}

    def test_a_job_that_may_not_be_stopped_fails_the_delete(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job("InProgress")
        aws.error("bedrock", "stop_model_customization_job", "AccessDeniedException")
        aws.job("InProgress")

        with pytest.raises(ClientError, match="StopModelCustomizationJob"):
            on_event(event("Delete", f"{NAME}/1"), CONTEXT)

    def test_before_the_job_exists_stops_the_execution(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job(None)
        stopped_execution(aws)

        assert on_event(event("Delete", f"{NAME}/1"), CONTEXT) == {"DeleteModelsOf": []}

    def test_before_the_job_exists_an_execution_that_goes_meanwhile_is_a_success(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job(None)
        aws.error("stepfunctions", "stop_execution", "ExecutionDoesNotExist")

        assert on_event(event("Delete", f"{NAME}/1"), CONTEXT) == {"DeleteModelsOf": []}

    @pytest.mark.parametrize(("seconds", "complete"), [(30, False), (119, False), (121, True)])
    def test_waits_for_as_long_as_a_step_in_flight_may_create_the_job(
        self, aws: Aws, seconds: int, complete: bool
    ) -> None:
        aws.execution("ABORTED", stopDate=datetime.now(UTC) - timedelta(seconds=seconds))
        aws.job(None)

        assert is_complete(awaiting("Delete"), None) == {"IsComplete": complete}

    def test_a_job_that_appears_after_its_execution_was_stopped_is_stopped_too(self, aws: Aws) -> None:
        aws.execution("ABORTED", stopDate=datetime.now(UTC))
        aws.job("InProgress", name=NAME)
        aws.answer("bedrock", "stop_model_customization_job", jobIdentifier=job_arn(NAME))

        assert is_complete(awaiting("Delete"), None) == {"IsComplete": False}


class TestModels:
    @pytest.mark.parametrize("status", ["DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"])
    def test_a_stack_that_goes_deletes_the_models_of_all_its_runs_where_asked(self, aws: Aws, status: str) -> None:
        aws.execution("SUCCEEDED")
        aws.job("Completed", name=NAME)
        stack_status(aws, status)
        listed(aws, job("Completed", name=FORMER))

        assert on_event(event("Delete", f"{NAME}/1", on_delete="delete"), CONTEXT) == {
            "DeleteModelsOf": sorted([FORMER, NAME])
        }

    @pytest.mark.parametrize("status", ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
    def test_a_run_that_is_replaced_keeps_its_model(self, aws: Aws, status: str) -> None:
        aws.execution("SUCCEEDED")
        aws.job("Completed")
        stack_status(aws, status)

        assert on_event(event("Delete", f"{NAME}/1", on_delete="delete"), CONTEXT) == {"DeleteModelsOf": []}

    def test_are_deleted_only_when_the_job_is_over(self, aws: Aws) -> None:
        aws.execution("RUNNING")
        aws.job("Stopping")

        assert is_complete(awaiting("Delete", DeleteModelsOf=[NAME]), None) == {"IsComplete": False}

    def test_deleted_by_someone_else_are_a_success(self, aws: Aws) -> None:
        over(aws)
        aws.job("Completed")
        aws.error("bedrock", "delete_custom_model", "ResourceNotFoundException")

        assert is_complete(awaiting("Delete", DeleteModelsOf=[NAME]), None) == {"IsComplete": True}

    def test_of_jobs_without_one_need_no_deletion(self, aws: Aws) -> None:
        over(aws)
        aws.job("Failed")
        aws.job(None)

        assert is_complete(awaiting("Delete", DeleteModelsOf=[FORMER, NAME]), None) == {"IsComplete": True}

    def test_that_are_still_served_fail_the_delete_with_advice(self, aws: Aws) -> None:
        over(aws)
        aws.job("Completed")
        aws.error("bedrock", "delete_custom_model", "ConflictException", "It has a deployment.")

        with pytest.raises(ModelInUseError, match=r"It has a deployment. Delete its deployments"):
            is_complete(awaiting("Delete", DeleteModelsOf=[NAME]), None)

    def test_of_former_runs_go_also_with_a_stack_that_holds(self, aws: Aws) -> None:
        stack_status(aws, "DELETE_IN_PROGRESS")
        listed(aws, job("Completed", name=FORMER))

        answer = on_event(event("Delete", HELD_ID, on_delete="delete"), CONTEXT)

        assert answer == {"DeleteModelsOf": [FORMER]}
        aws.job("Completed", name=FORMER)
        aws.answer("bedrock", "delete_custom_model", modelIdentifier=MODEL_ARN)
        assert is_complete(awaiting("Delete", HELD_ID, **answer), None) == {"IsComplete": True}

    @pytest.mark.parametrize(
        ("on_delete", "status"),
        [("keep", None), ("delete", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")],
        ids=["not asked for", "only replaced"],
    )
    def test_are_kept_by_the_end_of_a_hold(self, aws: Aws, on_delete: str, status: str | None) -> None:
        if status is not None:
            stack_status(aws, status)

        answer = on_event(event("Delete", HELD_ID, on_delete=on_delete), CONTEXT)

        assert answer == {"DeleteModelsOf": []}
        assert is_complete(awaiting("Delete", HELD_ID, **answer), None) == {"IsComplete": True}


def listed(aws: Aws, found: Mapping[str, Any]) -> None:
    keys = ("jobArn", "baseModelArn", "jobName", "status", "creationTime")
    summaries = {"modelCustomizationJobSummaries": [{key: found[key] for key in keys}]}
    aws.answer("bedrock", "list_model_customization_jobs", summaries)
    aws["bedrock"].add_response("get_model_customization_job", dict(found))


def noted(aws: Aws, physical_id: str) -> None:
    """A hold writes this."""
    body = json.dumps({"physicalId": physical_id}).encode()
    key, kind = "preflight/held.json", "application/json"
    aws.answer("s3", "put_object", Bucket="runs", Key=key, Body=body, ContentType=kind)


def note(aws: Aws, physical_id: str) -> None:
    """A rollback reads this."""
    body = json.dumps({"physicalId": physical_id}).encode()
    answer = {"Body": StreamingBody(io.BytesIO(body), len(body))}
    aws.answer("s3", "get_object", answer, Bucket="runs", Key="preflight/held.json")


def unasked(*_: Any, **__: Any) -> Any:
    raise AssertionError("the preflight is not to be made")


def over(aws: Aws) -> None:
    aws.execution("SUCCEEDED")
    aws.job("Completed")


def model() -> dict[str, Any]:
    return {"modelArn": MODEL_ARN, "modelName": FORMER, "creationTime": datetime.now(UTC)}


def lose_answer(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    def time_out(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://states")

    monkeypatch.setattr(aws["stepfunctions"].client, "start_execution", time_out)
