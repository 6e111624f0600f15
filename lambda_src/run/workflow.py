"""Steps of the run's state machine.

The state is ``{"runName", "run", "request", "audit", "preflight"}``, the last two for the record. Each step returns
the whole state with what it learned, so the machine passes it on as it is (``payload_response_only``, no result path).
``start_job`` adds ``jobArn`` and ``status``; ``poll_job`` renews ``status`` (loop while it is ``InProgress`` or
``Stopping``); a Catch adds ``error`` (``result_path="$.error"``) and goes to ``conclude``, which returns ``{"runName",
"verdict", "verdictReason", "record"}``. ``JobRefusedError`` is final; any other error of a step is worth a Retry.

Permissions (``job/*`` is ``arn:<partition>:bedrock:<region>:<account>:model-customization-job/*``):

=========  ===================================================  ===================================================
function   action                                               resource
=========  ===================================================  ===================================================
all        bedrock:GetModelCustomizationJob (no tag condition)  job/*
start_job  bedrock:CreateModelCustomizationJob                  the base model, job/*, custom-model/*
start_job  bedrock:TagResource                                  job/*, custom-model/*
start_job  iam:PassRole to bedrock.amazonaws.com                the customization role
poll_job   cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
conclude   cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
conclude   s3:ListBucket, prefix ``artifacts/*``                the runs bucket
conclude   s3:GetObject (and kms:Decrypt)                       ``artifacts/*`` in the runs bucket
conclude   s3:PutObject (and kms:GenerateDataKey)               ``runs/*`` in the runs bucket
conclude   ssm:PutParameter                                     the model parameter
conclude   sns:Publish (and the topic's key)                    the topic
=========  ===================================================  ===================================================

Environment of conclude: ``RUNS_BUCKET``, ``MODEL_PARAMETER``, ``TOPIC_ARN``. The others need none. Throttled calls are
repeated inside a step, which may therefore take minutes: give each function a time-out of at least 3.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ..reward import metrics
from . import artifacts, notification, telemetry
from . import customization_jobs as jobs
from . import record as records
from .artifacts import Artifacts
from .clients import client
from .curves import Curves
from .detectors import detect_all, reward_hacking, unsound_grader
from .record import Outcome
from .run_name import RUN_DIGITS

_SECONDS_PER_HOUR = 3600

State = dict[str, Any]


class JobLostError(RuntimeError):
    """The job that was started cannot be found any more."""


def start_job(state: State, _context: object) -> State:
    """Create the customization job; repeating it finds the job that is there.

    Raises:
        JobRefusedError: Bedrock will not run this request.
        RoleNotReadyError: Bedrock cannot assume the role yet; try again.
    """
    run = state["run"]
    request = dict(state["request"])
    tags = _given_tags(request) | {
        "rft:project": run["project"],
        "rft:stage": run["stage"],
        "rft:run": run["digest"][:RUN_DIGITS],
        jobs.ATTEMPT_TAG: str(run["attempt"]),
    }
    arn = jobs.create(client("bedrock"), request, state["runName"], tags)
    return state | {"jobArn": arn, "status": jobs.IN_PROGRESS}


def poll_job(state: State, _context: object) -> State:
    """Read the job's status and publish its age while it is not over.

    Raises:
        JobLostError: There is no such job.
    """
    job = jobs.find(client("bedrock"), state["runName"])
    if job is None:
        raise JobLostError(f"the customization job {state['runName']} is gone; expected it to be there until it ends")
    if not job.is_over:
        hours = (datetime.now(UTC) - job.created).total_seconds() / _SECONDS_PER_HOUR
        telemetry.publish(client("cloudwatch"), [telemetry.workflow_datum(state["run"], metrics.JOB_HOURS, hours)])
    return state | {"status": job.status}


def conclude(state: State, _context: object) -> State:
    """Write the record, then tell everyone; repeating it writes and tells the same again.

    The record comes first, because it alone cannot be rebuilt from elsewhere; whatever cannot be read on the
    way becomes a note in it.

    Raises:
        botocore.exceptions.ClientError: The record or a publication failed; try again.
    """
    outcome = _outcome(state)
    verdict = records.judge(outcome)
    record = records.build(outcome, verdict)
    uri = _write(record)
    if outcome.job is not None and outcome.job.status == jobs.COMPLETED and outcome.job.model_arn is not None:
        client("ssm").put_parameter(Name=os.environ["MODEL_PARAMETER"], Value=outcome.job.model_arn, Overwrite=True)
    _publish(outcome, verdict.name)
    client("sns").publish(
        TopicArn=os.environ["TOPIC_ARN"],
        Subject=notification.subject(record),
        Message=notification.message(record, uri),
    )
    return {"runName": outcome.name, "verdict": verdict.name, "verdictReason": verdict.reason, "record": uri}


def _given_tags(request: dict[str, Any]) -> dict[str, str]:
    """Take the project's own tags out of the request; job and model get the same ones."""
    given = [*request.pop("jobTags", []), *request.pop("customModelTags", [])]
    return {tag["key"]: tag["value"] for tag in given}


def _outcome(state: State) -> Outcome:
    run, notes = state["run"], []
    error = _described(state["error"]) if "error" in state else None
    try:
        job = jobs.find(client("bedrock"), state["runName"])
    except ClientError as unreadable:
        job = None
        notes.append(f"the customization job could not be read: {unreadable}")
    left = artifacts.read(client("s3"), job) if job is not None and job.is_over else Artifacts(Curves((), ()), (), ())
    findings = detect_all(left.curves.steps, run["alarms"]) if left.curves.steps else []
    if left.strategies:
        findings += [reward_hacking.detect(left.strategies), unsound_grader.detect(left.strategies)]
    notes += left.notes
    return Outcome(
        name=state["runName"],
        run=run,
        job=job,
        error=error,
        curves=left.curves,
        findings=findings,
        strategies=left.strategies,
        audit=state.get("audit"),
        preflight=state.get("preflight"),
        notes=notes,
        concluded=datetime.now(UTC),
    )


def _described(error: Mapping[str, Any]) -> str:
    """A state's error in plain words; Lambda's causes are JSON."""
    cause = str(error.get("Cause", ""))
    with suppress(ValueError, LookupError, TypeError):
        cause = json.loads(cause)["errorMessage"]
    return cause or str(error.get("Error", "unknown error"))


def _write(record: Mapping[str, Any]) -> str:
    bucket, key = os.environ["RUNS_BUCKET"], records.key(record["run"])
    body = json.dumps(record, indent=2).encode()
    client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    return f"s3://{bucket}/{key}"


def _publish(outcome: Outcome, verdict: str) -> None:
    run = outcome.run
    failed = telemetry.workflow_datum(run, metrics.JOB_FAILED, float(verdict == records.FAILED))
    curves = [] if outcome.job is None else telemetry.curve_data(run, outcome.job, outcome.curves.steps)
    telemetry.publish(client("cloudwatch"), [*curves, *telemetry.detector_data(run, outcome.findings), failed])
