"""``Custom::BedrockRft``: CloudFormation's hold on a run. Called by CDK's provider framework.

Training costs money and a deploy may fail anywhere, be repeated, or be rolled back. What holds:

* One request, one run. The name is made of the request's id, so a repeated Create or Update finds the
  execution that it started before and starts no other. Starting it is the last thing ``on_event`` does.
* One digest and attempt, one job. An Update to the inputs the physical id carries changes nothing; one to
  inputs that this stack trained before (A, B, A) adopts that job if it is running or left a model.
* A rollback never starts a job. It gets back the old run, whatever became of it, and judges it no more.
* The physical id of a create that failed in ``on_event`` is not ours, and its Delete does nothing. So ``on_event``
  raises only where surely nothing was started. Where Step Functions gave no clear answer it returns the run's id
  with the ``Failure``, which ``is_complete`` raises: CloudFormation then sends a Delete that cleans the run up.
  A rollback has started nothing and raises instead, so that CloudFormation does not forget the run it leaves.
* Delete stops first and asks later. It is over when the job has ended *and* the execution too, because the
  execution's last step writes the record. With no job yet, the execution is stopped instead, and Delete
  waits for as long as a step in flight could still create one; if one appears, it is stopped as well.
* What is already gone is a success.
* Models are deleted only where the project says so and only when the stack goes: all of its runs' models then.
  A run that is merely replaced keeps its model, since the next one may turn out worse.

Permissions (``job/*`` is ``arn:<partition>:bedrock:<region>:<account>:model-customization-job/*``):

=============  ================================================================  ==================================
function       action                                                            resource
=============  ================================================================  ==================================
on_event       states:StartExecution                                             the state machine
both           states:DescribeExecution, states:StopExecution                    its executions
on_event       bedrock:ListModelCustomizationJobs                                ``*``
both           bedrock:GetModelCustomizationJob (no tag condition: a job that    job/*
               is gone has no tags, and must read as gone, not as denied)
both           bedrock:StopModelCustomizationJob (tag condition possible)        job/*
on_event       bedrock:ListTagsForResource                                       job/*
on_event       bedrock:GetCustomModel                                            custom-model/*
is_complete    bedrock:DeleteCustomModel (only for ``onDelete: delete``)         custom-model/*
on_event       s3:GetObject (and kms:Decrypt on the data key)                    training and validation object
on_event       lambda:InvokeFunction                                             the grader's alias
on_event       ssm:PutParameter                                                  the model parameter
on_event       cloudformation:DescribeStacks                                     this stack
=============  ================================================================  ==================================

Environment: ``STATE_MACHINE_ARN``, ``RUNS_BUCKET``, ``MODEL_PARAMETER`` (on_event), ``START_TIMEOUT_SECONDS``
(both; at least the time-out of the function that starts the job). Both functions may need minutes where calls are
throttled; a start is refused in the last 30 s of ``on_event``. The state machine, its functions, their roles and the
topic must outlive the custom resource: let it depend on them. Clients: bedrock, cloudformation, lambda, s3, ssm and
stepfunctions.
"""

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..reward.batched import Deadline
from . import cleanup, executions
from . import customization_jobs as jobs
from .clients import client
from .preflight import preflight
from .run_name import PhysicalId, name_prefix, run_name, stage_prefix

_MIN_REMAINING = 30_000  # ms; an invocation cut off while it starts the execution would leave it to nobody
_STACK_GOES = ("DELETE", "ROLLBACK")  # not UPDATE_ROLLBACK, which leaves a stack


class RunError(RuntimeError):
    """Why a deploy or a destroy cannot go on, as one paragraph."""


def on_event(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Start, adopt, keep or stop a run.

    Raises:
        PreflightError: The data or the grader cannot be used; nothing was started.
        RunError: Something else forbids a start; nothing was started.
    """
    if event["RequestType"] == "Delete":
        return _on_delete(event)
    run = json.loads(event["ResourceProperties"]["Run"])
    request = {"stack_id": event["StackId"], "request_id": event["RequestId"]}
    own = PhysicalId.of(run_name(run["project"], run["stage"], run["digest"], **request), run["attempt"])
    current = PhysicalId.parse(event.get("PhysicalResourceId", ""))
    if current is not None and (current.run, current.attempt) == (own.run, own.attempt):
        return _answer(current, run, await_validation=False)
    try:
        started = executions.find(client("stepfunctions"), _machine(), own.name) is not None
    except (BotoCoreError, ClientError) as error:
        if _is_rolling_back(event):
            raise
        return _answer(own, run, await_validation=True, failure=error)
    if started:
        return _answer(own, run, await_validation=True)
    if _is_rolling_back(event):
        return _answer(_former(run) or own, run, await_validation=False)
    return _adopt_or_start(event, context, run, own)


def is_complete(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Whether the run has passed Bedrock's validation, or is cleaned up.

    Raises:
        RunError: The run failed before or in validation.
        ModelInUseError: The model is to be deleted but is still served.
    """
    identity = PhysicalId.parse(event["PhysicalResourceId"])
    if event["RequestType"] == "Delete":
        return {"IsComplete": identity is None or _is_cleaned_up(identity.name, event)}
    if event["Failure"] is not None:
        raise RunError(event["Failure"])
    if identity is None or not event["AwaitValidation"]:
        return {"IsComplete": True}
    return {"IsComplete": _is_validated(identity.name)}


def _answer(
    identity: PhysicalId, run: Mapping[str, Any], *, await_validation: bool, failure: Exception | None = None
) -> dict[str, Any]:
    """The answer to CloudFormation; the provider framework hands all of it on to ``is_complete``."""
    return {
        "PhysicalResourceId": str(identity),
        "Data": {"JobName": identity.name, "Digest": run["digest"]},
        "AwaitValidation": await_validation,
        "Failure": None if failure is None else f"The workflow of {identity.name} could not be started: {failure}",
    }


def _adopt_or_start(event: Mapping[str, Any], context: Any, run: Mapping[str, Any], own: PhysicalId) -> dict[str, Any]:
    adopted = _adopted(run)
    if adopted is not None:
        return _answer(PhysicalId.of(adopted.name, run["attempt"]), run, await_validation=True)
    audit = _require_startable(run, context)
    request = json.loads(event["ResourceProperties"]["Request"])
    state = {"runName": own.name, "run": run, "request": request, "audit": audit}
    try:
        executions.start(client("stepfunctions"), _machine(), own.name, state)
    except (BotoCoreError, ClientError) as error:
        return _answer(own, run, await_validation=True, failure=error)
    return _answer(own, run, await_validation=True)


def _former(run: Mapping[str, Any]) -> PhysicalId | None:
    """The run of the same inputs that a rollback gets back: one that left a model, else the newest."""
    former = _siblings(run)
    useful = [job for job in former if jobs.is_useful(client("bedrock"), job)]
    for job in [*useful, *former][:1]:
        _restore_model(job)
        return PhysicalId.of(job.name, run["attempt"])
    return None


def _adopted(run: Mapping[str, Any]) -> jobs.Job | None:
    """A job of the same inputs that trains, or has trained a model that exists.

    Raises:
        RunError: The job trains but nothing watches it, so its end would never be recorded.
    """
    bedrock = client("bedrock")
    job = next((job for job in _siblings(run) if jobs.is_useful(bedrock, job)), None)
    if job is None or job.is_over:
        _restore_model(job)
        return job
    execution = executions.find(client("stepfunctions"), _machine(), job.name)
    if execution is None or not execution.is_running:
        raise RunError(
            f"Training was not started: the job {job.name} trains on the same inputs already, but its workflow has "
            f"ended. Stop it (aws bedrock stop-model-customization-job --job-identifier {job.arn}) and deploy again, "
            "or raise `attempt` in the project file to train beside it."
        )
    return job


def _require_startable(run: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The summary of the grader audit, for the record."""
    seconds = (context.get_remaining_time_in_millis() - 2 * _MIN_REMAINING) / 1000
    audit = preflight(run, s3=client("s3"), lambda_=client("lambda"), deadline=Deadline.after(seconds))
    if context.get_remaining_time_in_millis() < _MIN_REMAINING:
        raise RunError(
            "Training was not started: the preflight took nearly all of this function's time. Deploy again; if that "
            "repeats, the grader is too slow: it has to answer 16 rollouts within seconds."
        )
    return audit


def _is_validated(name: str) -> bool:
    # the execution is read first: a job is never overlooked because its execution ended between two calls
    execution = executions.find(client("stepfunctions"), _machine(), name)
    job = jobs.find(client("bedrock"), name)
    if job is None:
        if execution is None or not execution.is_running:
            reason = "its workflow execution is gone" if execution is None else execution.reason
            raise RunError(f"The customization job {name} was not started: {reason}")
        return False
    if job.status in (jobs.FAILED, jobs.STOPPING, jobs.STOPPED):
        reason = job.failure_message or "it was stopped"
        raise RunError(f"The customization job {name} ended as {job.status}: {reason}")
    return jobs.COMPLETED in (job.status, job.validation_status)


def _on_delete(event: Mapping[str, Any]) -> dict[str, Any]:
    identity = PhysicalId.parse(event["PhysicalResourceId"])
    if identity is None:
        return {}
    _stop(identity.name)
    wanted = event["ResourceProperties"]["OnDelete"] == "delete"
    if not (wanted and _stack_status(event["StackId"]).startswith(_STACK_GOES)):
        return {"DeleteModelsOf": []}
    run = json.loads(event["ResourceProperties"]["Run"])
    runs = jobs.named(client("bedrock"), stage_prefix(run["project"], run["stage"]), output=_output())
    return {"DeleteModelsOf": sorted({identity.name, *(job.name for job in runs)})}


def _is_cleaned_up(name: str, event: Mapping[str, Any]) -> bool:
    if _stop(name):
        return False
    for owner in event["DeleteModelsOf"]:
        cleanup.delete_model(client("bedrock"), owner)
    return True


def _stop(name: str) -> bool:
    in_flight = timedelta(seconds=float(os.environ["START_TIMEOUT_SECONDS"]))
    return cleanup.stop(client("bedrock"), client("stepfunctions"), _machine(), name, in_flight=in_flight)


def _siblings(run: Mapping[str, Any]) -> list[jobs.Job]:
    """Jobs of the same inputs and attempt in this stack, newest first."""
    bedrock = client("bedrock")
    prefix = name_prefix(run["project"], run["stage"], run["digest"])
    attempt = str(run["attempt"])
    return [job for job in jobs.named(bedrock, prefix, output=_output()) if jobs.attempt(bedrock, job) == attempt]


def _restore_model(job: jobs.Job | None) -> None:
    """Point the stack's parameter at the model it has again: a later run may have written its own."""
    if job is not None and job.status == jobs.COMPLETED and job.model_arn is not None:
        client("ssm").put_parameter(Name=os.environ["MODEL_PARAMETER"], Value=job.model_arn, Overwrite=True)


def _is_rolling_back(event: Mapping[str, Any]) -> bool:
    return event["RequestType"] == "Update" and "ROLLBACK" in _stack_status(event["StackId"])


def _stack_status(stack_id: str) -> str:
    (stack,) = client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"]
    return str(stack["StackStatus"])


def _output() -> str:
    return f"s3://{os.environ['RUNS_BUCKET']}/"


def _machine() -> str:
    return os.environ["STATE_MACHINE_ARN"]
