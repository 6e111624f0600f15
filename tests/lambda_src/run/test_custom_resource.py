import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.stub import ANY

from lambda_src.run import custom_resource
from lambda_src.run.custom_resource import RunError, is_complete, on_event
from lambda_src.run.customization_jobs import ModelInUseError
from lambda_src.run.preflight import PreflightError, preflight
from lambda_src.run.run_name import run_name
from tests.lambda_src.run.stubs import DIGEST, MACHINE, MODEL_ARN, REQUEST, RUN, STACK, Aws, job, job_arn

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 600_000)
AUDIT = {"passed": True, "rules": []}
"""Of the preflight."""
NAME = run_name("gsm8k", "dev", DIGEST, stack_id=STACK, request_id="request-1")
EXECUTION = f"{MACHINE.replace('stateMachine', 'execution')}:{NAME}"
FORMER = "gsm8k-dev-0123456789ab-aaaaaa"
OTHER_ID = "gsm8k-dev-fedcba987654-bbbbbb/1"
MADE_UP_ID = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"


def event(kind: str, physical_id: str | None = None, *, on_delete: str = "keep", **run: Any) -> dict[str, Any]:
    properties = {"Request": json.dumps(REQUEST), "Run": json.dumps(RUN | run), "OnDelete": on_delete}
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
    monkeypatch.setattr(custom_resource, "preflight", lambda *_, **__: AUDIT)


def stack_status(aws: Aws, status: str) -> None:
    stack = {"StackName": "gsm8k-dev", "CreationTime": datetime.now(UTC), "StackStatus": status}
    aws.answer("cloudformation", "describe_stacks", {"Stacks": [stack]}, StackName=STACK)


def started(aws: Aws) -> None:
    state = json.dumps({"runName": NAME, "run": RUN, "request": REQUEST, "audit": AUDIT}, sort_keys=True)
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
        aws.error("stepfunctions", "start_execution", "ExecutionAlreadyExists")

        assert on_event(event("Create"), CONTEXT)["PhysicalResourceId"] == f"{NAME}/1"

    def test_a_start_that_may_have_happened_fails_under_the_runs_own_id(
        self, aws: Aws, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Only an id of ours makes CloudFormation send the Delete that cleans up."""
        aws.execution(None)
        no_former_run(aws)
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
        aws.error("stepfunctions", "start_execution", "AccessDeniedException", "no states:StartExecution")

        answer = on_event(event("Create"), CONTEXT)

        with pytest.raises(RunError, match="no states:StartExecution"):
            is_complete(event("Create") | answer, None)

    def test_a_refused_preflight_starts_nothing(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        aws.execution(None)
        no_former_run(aws)
        aws.error("s3", "get_object", "AccessDenied")
        monkeypatch.setattr(custom_resource, "preflight", preflight)

        with pytest.raises(PreflightError, match="Training was not started"):
            on_event(event("Create"), CONTEXT)

    def test_nothing_is_started_when_the_function_is_about_to_be_cut_off(self, aws: Aws) -> None:
        aws.execution(None)
        no_former_run(aws)

        with pytest.raises(RunError, match="Training was not started: the preflight took nearly all"):
            on_event(event("Create"), SimpleNamespace(get_remaining_time_in_millis=lambda: 5_000))


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

        with pytest.raises(RunError, match=f"the job {FORMER} trains on the same inputs already"):
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
        former = job("Completed", name=FORMER)
        aws.execution("SUCCEEDED")
        aws.job("Completed", name=NAME)
        stack_status(aws, status)
        keys = ("jobArn", "baseModelArn", "jobName", "status", "creationTime")
        summaries = {"modelCustomizationJobSummaries": [{key: former[key] for key in keys}]}
        aws.answer("bedrock", "list_model_customization_jobs", summaries)
        aws["bedrock"].add_response("get_model_customization_job", former)

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


def over(aws: Aws) -> None:
    aws.execution("SUCCEEDED")
    aws.job("Completed")


def model() -> dict[str, Any]:
    return {"modelArn": MODEL_ARN, "modelName": FORMER, "creationTime": datetime.now(UTC)}


def lose_answer(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    def time_out(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://states")

    monkeypatch.setattr(aws["stepfunctions"].client, "start_execution", time_out)
