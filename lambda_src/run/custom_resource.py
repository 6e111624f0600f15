"""``Custom::BedrockRft``: CloudFormation's hold on a run. Called by CDK's provider framework.

Training costs money and a deploy may fail anywhere, be repeated, or be rolled back. What holds:

* One request, one run. The name is made of the request's id, so a repeated Create or Update finds the
  execution that it started before and starts no other. Starting it is the last thing ``on_event`` does, and only
  while the deploy goes on: a request delivered again after its deploy has failed would start a run for nobody.
* One digest and attempt, one job. An Update to the inputs the physical id carries changes nothing; one to
  inputs that this stack trained before (A, B, A) adopts that job if it is running or left a model.
* A rollback never starts a job. It gets back the old run, whatever became of it, and judges it no more.
* A hold (``Start`` is ``hold``) starts, adopts and stops nothing, and keeps the physical id: that of the run before,
  or on Create one that is no run. It is refused while a run of other inputs goes on: that run's grader and records
  leave the stack with the deploy. A later deploy without it finds other inputs in the physical id, and starts.
* A rollback to a hold gets back what the hold had kept, as the hold itself has noted in S3. A run that the failed
  update started is not that, so that CloudFormation deletes it, and a later deploy of the same inputs starts anew.
* What is not approved (``Start`` is ``unapproved``) is refused before anything is spent. What runs, has run or is
  rolled back to needs no approval.
* The physical id of a create that failed in ``on_event`` is not ours, and its Delete does nothing. So ``on_event``
  raises only where surely nothing was started. Where Step Functions gave no clear answer it returns the run's id
  with the ``Failure``, which ``is_complete`` raises: CloudFormation then sends a Delete that cleans the run up.
  A rollback has started nothing and raises instead, so that CloudFormation does not forget the run it leaves.
* Delete stops first and asks later. It is over when the job has ended *and* the execution too, because the
  execution's last step writes the record. With no job yet, the execution is stopped instead, and Delete
  waits for as long as a step in flight could still create one; if one appears, it is stopped as well.
* What is already gone is a success.
* Models are deleted only where the project says so and only when the stack goes: all of its runs' models then, also
  where it goes while it holds. A run that is merely replaced keeps its model, since the next one may turn out worse.

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
on_event       ssm:PutParameter                                                  the model parameter
on_event       cloudformation:DescribeStacks                                     this stack
on_event       s3:PutObject (and kms:GenerateDataKey)                            ``preflight/*`` in the runs bucket
on_event       s3:GetObject (and kms:Decrypt)                                    ``preflight/held.json`` there
on_event       what the preflight needs                                          see there
=============  ================================================================  ==================================

Environment: ``STATE_MACHINE_ARN``, ``RUNS_BUCKET``, ``MODEL_PARAMETER`` (on_event), ``START_TIMEOUT_SECONDS``
(both; at least the time-out of the function that starts the job). Both functions may need minutes where calls are
throttled; a start is refused in the last minute of ``on_event``. The state machine, its functions, their roles and the
topic must outlive the custom resource: let it depend on them. Clients: bedrock, cloudformation, s3, ssm and
stepfunctions, and the preflight's.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ..reward.batched import Deadline
from . import cleanup, executions, former_runs, hold, stack
from . import customization_jobs as jobs
from .clients import client
from .preflight import Preflight, preflight
from .run_name import PhysicalId, held_id, is_held, run_name
from .start_mode import StartMode, require_approved

MIN_REMAINING = 60_000  # ms; an invocation cut off while it starts the execution would leave it to nobody


class RunError(RuntimeError):
    """Why a deploy or a destroy cannot go on, as one paragraph."""


def on_event(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Start, adopt, keep or stop a run.

    Raises:
        PreflightError: The data, the grader or the base model forbid it; nothing was started.
        DeployOverError, HoldError, NotApprovedError, RunError, UnwatchedJobError: Something else forbids a start or a
            hold; nothing was started.
    """
    if event["RequestType"] == "Delete":
        return _on_delete(event)
    run = json.loads(event["ResourceProperties"]["Run"])
    request = {"stack_id": event["StackId"], "request_id": event["RequestId"]}
    own = PhysicalId.of(run_name(run["project"], run["stage"], run["digest"], **request), run["attempt"])
    if _start_mode(event) is StartMode.HOLD:
        return _hold(event, run, own)
    return _run(event, context, run, own)


def is_complete(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Whether the run has passed Bedrock's validation, or is cleaned up.

    Raises:
        RunError: The run failed before or in validation.
        ModelInUseError: The model is to be deleted but is still served.
    """
    identity = PhysicalId.parse(event["PhysicalResourceId"])
    if event["RequestType"] == "Delete":
        return {"IsComplete": _is_cleaned_up(identity, event)}
    if event["Failure"] is not None:
        raise RunError(event["Failure"])
    if identity is None or not event["AwaitValidation"]:
        return {"IsComplete": True}
    return {"IsComplete": _is_validated(identity.name)}


def _answer(
    identity: PhysicalId | str, run: Mapping[str, Any], *, await_validation: bool, failure: Exception | None = None
) -> dict[str, Any]:
    """The answer to CloudFormation; the provider framework hands all of it on to ``is_complete``.

    Args:
        identity: A run, or an id that is none.
    """
    name = identity.name if isinstance(identity, PhysicalId) else identity
    return {
        "PhysicalResourceId": str(identity),
        "Data": {"JobName": name, "Digest": run["digest"]},
        "AwaitValidation": await_validation,
        "Failure": None if failure is None else f"The workflow of {name} could not be started: {failure}",
    }


def _hold(event: Mapping[str, Any], run: Mapping[str, Any], own: PhysicalId) -> dict[str, Any]:
    """Keep what the stack has; a rollback gets back what the hold that it returns to has kept."""
    kept = event.get("PhysicalResourceId", held_id(run["project"], run["stage"]))
    if stack.is_rolling_back(event):
        kept = hold.kept_before(kept)
    else:
        hold.keep(kept, own.run)
    return _answer(PhysicalId.parse(kept) or kept, run, await_validation=False)


def _run(event: Mapping[str, Any], context: Any, run: Mapping[str, Any], own: PhysicalId) -> dict[str, Any]:
    """Keep the run that the stack has, get back the one that it had, or see to a new one."""
    current = PhysicalId.parse(event.get("PhysicalResourceId", ""))
    if current is not None and (current.run, current.attempt) == (own.run, own.attempt):
        return _answer(current, run, await_validation=False)
    try:
        started = executions.find(client("stepfunctions"), _machine(), own.name) is not None
    except (BotoCoreError, ClientError) as error:
        if stack.is_rolling_back(event):
            raise
        return _answer(own, run, await_validation=True, failure=error)
    if started:
        return _answer(own, run, await_validation=True)
    if stack.is_rolling_back(event):
        former = former_runs.returned_to(run)
        back = own if former is None else PhysicalId.of(former.name, run["attempt"])
        return _answer(back, run, await_validation=False)
    return _adopt_or_start(event, context, run, own)


def _adopt_or_start(event: Mapping[str, Any], context: Any, run: Mapping[str, Any], own: PhysicalId) -> dict[str, Any]:
    adopted = former_runs.adopted(run)
    if adopted is not None:
        return _answer(PhysicalId.of(adopted.name, run["attempt"]), run, await_validation=True)
    require_approved(_start_mode(event), run)
    checked = _require_startable(event, run, own, context)
    state = {
        "runName": own.name,
        "run": run,
        "request": json.loads(event["ResourceProperties"]["Request"]),
        "audit": checked.audit,
        "preflight": checked.summary,
    }
    try:
        executions.start(client("stepfunctions"), _machine(), own.name, state)
    except (BotoCoreError, ClientError) as error:
        return _answer(own, run, await_validation=True, failure=error)
    return _answer(own, run, await_validation=True)


def _require_startable(event: Mapping[str, Any], run: Mapping[str, Any], own: PhysicalId, context: Any) -> Preflight:
    """What the preflight found, for the record."""
    seconds = (context.get_remaining_time_in_millis() - 2 * MIN_REMAINING) / 1000
    checked = preflight(
        run, own.name, client=client, bucket=os.environ["RUNS_BUCKET"], deadline=Deadline.after(seconds)
    )
    stack.require_deploying(event)
    if context.get_remaining_time_in_millis() < MIN_REMAINING:
        raise RunError(
            "Training was not started: the preflight took nearly all of this function's time. Deploy again; if that "
            "repeats, the grader is too slow: it has to answer 16 rollouts within seconds."
        )
    return checked


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
    if identity is None and not is_held(event["PhysicalResourceId"]):
        return {}
    if identity is not None:
        cleanup.stop(identity.name)
    wanted = event["ResourceProperties"]["OnDelete"] == "delete"
    if not (wanted and stack.goes(event)):
        return {"DeleteModelsOf": []}
    runs = former_runs.all_of(json.loads(event["ResourceProperties"]["Run"]))
    own = set() if identity is None else {identity.name}
    return {"DeleteModelsOf": sorted(own | {job.name for job in runs})}


def _is_cleaned_up(identity: PhysicalId | None, event: Mapping[str, Any]) -> bool:
    if identity is not None and cleanup.stop(identity.name):
        return False
    for owner in event.get("DeleteModelsOf", []):
        cleanup.delete_model(owner)
    return True


def _start_mode(event: Mapping[str, Any]) -> StartMode:
    # a rollback may return to properties of a time without this one
    return StartMode(event["ResourceProperties"].get("Start", StartMode.NOW))


def _machine() -> str:
    return os.environ["STATE_MACHINE_ARN"]
