"""Steps of the run's state machine.

The state is ``{"runName", "run", "request", "audit", "preflight"}``, the last two for the record. Each step returns
the whole state with what it learned, so the machine passes it on as it is (``payload_response_only``, no result path).
``start_job`` adds ``jobArn`` and ``status``; ``poll_job`` renews ``status`` (loop while it is ``InProgress`` or
``Stopping``); a Catch adds ``error`` (``result_path="$.error"``) and goes to ``conclude``, which returns ``{"runName",
"verdict", "verdictReason", "record"}``. ``JobRefusedError`` is final; any other error of a step is worth a Retry.

After every poll, the last one included, ``watch_run`` looks at the rollouts. Its Catch adds ``unwatched``, which the
next poll makes an alarm of, and goes on as if nothing had happened; its success takes that away. ``behind`` is whether
it wants to be called again at once.

Permissions (``job/*`` is ``arn:<partition>:bedrock:<region>:<account>:model-customization-job/*``):

=========  ===================================================  ===================================================
function   action                                               resource
=========  ===================================================  ===================================================
all        bedrock:GetModelCustomizationJob (no tag condition)  job/*
start_job  bedrock:CreateModelCustomizationJob                  the base model, job/*, custom-model/*
start_job  bedrock:TagResource                                  job/*, custom-model/*
start_job  iam:PassRole to bedrock.amazonaws.com                the customization role
poll_job   cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
watch_run  cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
watch_run  s3:ListBucket, prefix of the run's rollouts          the runs bucket
watch_run  s3:GetObject (and kms:Decrypt)                       the run's rollouts in the runs bucket
watch_run  s3:ListBucket, prefix ``runs/*``                     the runs bucket
watch_run  s3:GetObject, s3:PutObject (and the key's use)       ``runs/*/live.json`` in the runs bucket
watch_run  s3:GetObject                                         the dataset
watch_run  lambda:InvokeFunction                                the shadow's alias
conclude   cloudwatch:PutMetricData, namespace BedrockRFT       ``*``
conclude   s3:ListBucket, prefix ``artifacts/*``                the runs bucket
conclude   s3:GetObject (and kms:Decrypt)                       ``artifacts/*`` in the runs bucket
conclude   s3:ListBucket, prefix ``runs/*``                     the runs bucket
conclude   s3:GetObject                                         ``live.json`` and ``stop.json`` below ``runs/*``
conclude   s3:PutObject (and kms:GenerateDataKey)               ``runs/*`` in the runs bucket
conclude   ssm:PutParameter                                     the model parameter
conclude   sns:Publish (and the topic's key)                    the topic
=========  ===================================================  ===================================================

Environment of conclude: ``RUNS_BUCKET``, ``MODEL_PARAMETER``, ``TOPIC_ARN``; of watch_run: ``RUNS_BUCKET``, and where
there is a shadow grader ``SHADOW_ARN`` and ``SHADOW_ROLLOUTS``, how many a step it grades. The others need none.
Throttled calls are repeated inside a step, which may therefore take minutes: give each function a time-out of at least
3, and watch_run one of 10.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..reward import metrics
from . import customization_jobs as jobs
from . import notification, telemetry
from . import record as records
from .clients import client
from .conclusion import Ended, end_of
from .customization_jobs import Job
from .detectors.bands import bands
from .live import state as live_state
from .live.look import Look
from .live.shadow import Shadow
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
    """Read the job's status; publish its age, and whether anybody watches it, while it is not over.

    Raises:
        JobLostError: There is no such job.
    """
    job = _job(state)
    if not job.is_over:
        hours = (datetime.now(UTC) - job.created).total_seconds() / _SECONDS_PER_HOUR
        measured = {metrics.JOB_HOURS: hours, metrics.UNWATCHED: float("unwatched" in state)}
        data = [telemetry.workflow_datum(state["run"], name, value) for name, value in measured.items()]
        telemetry.publish(client("cloudwatch"), data)
    return state | {"status": job.status, "behind": False}


def watch_run(state: State, context: Any) -> State:
    """Look at the rollouts since the look before; keep and publish what they tell.

    ``live.json`` comes before the detectors' metrics: whoever acts on their alarms looks there.

    Raises:
        JobLostError: There is no such job.
        SourceError: The dataset cannot be read.
        botocore.exceptions.ClientError: Something could not be read, written or published; try again.
    """
    run, name, bucket, s3 = state["run"], state["runName"], os.environ["RUNS_BUCKET"], client("s3")
    look = Look(
        s3=s3,
        bucket=bucket,
        run=run,
        name=name,
        job=_job(state),
        shadow=_shadow(),
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    seen = look(live_state.read(s3, bucket, name))
    telemetry.publish(client("cloudwatch"), telemetry.rollout_data(run, seen.fresh, seen.validated, seen.bands))
    live_state.write(s3, bucket, seen.live)
    measured = {metrics.PROGRESS: seen.progress, metrics.COST: seen.cost}
    data = [telemetry.workflow_datum(run, name, value) for name, value in measured.items() if value is not None]
    # once the job is over, the conclusion knows more
    detected = [] if look.job.is_over else telemetry.detector_data(run, seen.findings)
    telemetry.publish(client("cloudwatch"), [*data, *detected])
    return {key: value for key, value in state.items() if key != "unwatched"} | {"behind": seen.behind}


def conclude(state: State, _context: object) -> State:
    """Write the record, then tell everyone; repeating it writes and tells the same again.

    The record comes first, because it alone cannot be rebuilt from elsewhere; whatever cannot be read on the
    way becomes a note in it.

    Raises:
        botocore.exceptions.ClientError: The record or a publication failed; try again.
    """
    ended = end_of(state, client("s3"), client("bedrock"), os.environ["RUNS_BUCKET"])
    outcome = ended.outcome
    verdict = records.judge(outcome)
    record = records.build(outcome, verdict)
    uri = _write(record)
    if outcome.job is not None and outcome.job.status == jobs.COMPLETED and outcome.job.model_arn is not None:
        client("ssm").put_parameter(Name=os.environ["MODEL_PARAMETER"], Value=outcome.job.model_arn, Overwrite=True)
    _publish(ended, verdict.name)
    client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], **notification.ended(record, uri).publication())
    return {"runName": outcome.name, "verdict": verdict.name, "verdictReason": verdict.reason, "record": uri}


def _job(state: State) -> Job:
    job = jobs.find(client("bedrock"), state["runName"])
    if job is None:
        raise JobLostError(f"the customization job {state['runName']} is gone; expected it to be there until it ends")
    return job


def _shadow() -> Shadow | None:
    arn = os.environ.get("SHADOW_ARN")
    return Shadow(client("lambda"), arn, int(os.environ["SHADOW_ROLLOUTS"])) if arn else None


def _given_tags(request: dict[str, Any]) -> dict[str, str]:
    """Take the project's own tags out of the request; job and model get the same ones."""
    given = [*request.pop("jobTags", []), *request.pop("customModelTags", [])]
    return {tag["key"]: tag["value"] for tag in given}


def _write(record: Mapping[str, Any]) -> str:
    bucket, key = os.environ["RUNS_BUCKET"], records.key(record["run"])
    body = json.dumps(record, indent=2).encode()
    client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/json")
    return f"s3://{bucket}/{key}"


def _publish(ended: Ended, verdict: str) -> None:
    outcome = ended.outcome
    run, healthy = outcome.run, bands(outcome.curves.steps, outcome.run["alarms"])
    failed = telemetry.workflow_datum(run, metrics.JOB_FAILED, float(verdict == records.FAILED))
    curves = [] if outcome.job is None else telemetry.curve_data(run, outcome.job, ended.told, healthy)
    telemetry.publish(client("cloudwatch"), [*curves, *telemetry.detector_data(run, outcome.findings), failed])
