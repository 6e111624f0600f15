"""Runs that a stack had before, found by the names of their jobs.

Environment: ``STATE_MACHINE_ARN``, ``RUNS_BUCKET``, ``MODEL_PARAMETER``.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from . import customization_jobs as jobs
from . import executions
from .clients import client
from .customization_jobs import Job
from .run_name import name_prefix, stage_prefix


class UnwatchedJobError(RuntimeError):
    """A job trains that nothing watches, so its end would never be recorded."""


def all_of(run: Mapping[str, Any]) -> list[Job]:
    """All jobs of this stack, whatever their inputs, newest first."""
    return list(_named(stage_prefix(run["project"], run["stage"])))


def adopted(run: Mapping[str, Any]) -> Job | None:
    """A job of the same inputs that trains, or has trained a model that exists; its model is the stack's again.

    Raises:
        UnwatchedJobError: The job trains, but its workflow has ended.
    """
    job = next(filter(_is_useful, _of_inputs(run)), None)
    if job is None or job.is_over:
        restore_model(job)
        return job
    execution = executions.find(client("stepfunctions"), os.environ["STATE_MACHINE_ARN"], job.name)
    if execution is None or not execution.is_running:
        raise UnwatchedJobError(
            f"Training was not started: the job {job.name} trains on the same inputs already, but its workflow has "
            f"ended. Stop it (aws bedrock stop-model-customization-job --job-identifier {job.arn}) and deploy again, "
            "or raise `attempt` in the project file to train beside it."
        )
    return job


def returned_to(run: Mapping[str, Any]) -> Job | None:
    """The job of the same inputs that a rollback gets back: one that left a model, else the newest."""
    former = _of_inputs(run)
    job = next(filter(_is_useful, former), former[0] if former else None)
    restore_model(job)
    return job


def restore_model(job: Job | None) -> None:
    """Point the stack's parameter at the model it has again: a later run may have written its own."""
    if job is not None and job.status == jobs.COMPLETED and job.model_arn is not None:
        client("ssm").put_parameter(Name=os.environ["MODEL_PARAMETER"], Value=job.model_arn, Overwrite=True)


def _of_inputs(run: Mapping[str, Any]) -> list[Job]:
    """Jobs of the same inputs and attempt, newest first."""
    attempt = str(run["attempt"])
    found = _named(name_prefix(run["project"], run["stage"], run["digest"]))
    return [job for job in found if jobs.attempt(client("bedrock"), job) == attempt]


def _is_useful(job: Job) -> bool:
    return jobs.is_useful(client("bedrock"), job)


def _named(prefix: str) -> Iterator[Job]:
    return jobs.named(client("bedrock"), prefix, output=f"s3://{os.environ['RUNS_BUCKET']}/")
