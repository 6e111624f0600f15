"""Ends what is left of a run, whatever state it is in and however often it is asked.

The execution is always read before the job: a job that is created in between is then seen, and once an
execution has been over for long enough no job can appear any more.

Environment: ``STATE_MACHINE_ARN``, ``START_TIMEOUT_SECONDS`` (how long a step of a stopped execution may go on:
stopping does not reach its Lambda).
"""

import os
from datetime import UTC, datetime, timedelta

from . import customization_jobs as jobs
from . import executions
from .clients import client
from .customization_jobs import Job
from .executions import Execution


def is_going_on(name: str) -> bool:
    """Whether anything of the run may still train or write its record; asks, and stops nothing."""
    execution, job = _state(name)
    return _goes_on(execution, job) or (execution is not None and execution.is_running)


def stop(name: str) -> bool:
    """Stop whatever of the run can be stopped; whether something of it is still going on.

    A running job is stopped but its execution is left to end by itself, because its last step writes the
    record. Without a job the execution is stopped, so that it creates none.
    """
    execution, job = _state(name)
    running = execution is not None and execution.is_running
    if job is not None and job.status == jobs.IN_PROGRESS:
        jobs.stop(client("bedrock"), job)
    elif job is None and running:
        cause = "The run was deleted before its job was created."
        executions.stop(client("stepfunctions"), _machine(), name, cause)
    return running or _goes_on(execution, job)


def delete_model(name: str) -> None:
    """Delete the model of a run, if it has one.

    Raises:
        ModelInUseError: Something still serves the model.
    """
    job = jobs.find(client("bedrock"), name)
    if job is not None and job.model_arn is not None:
        jobs.delete_model(client("bedrock"), job.model_arn)


def _state(name: str) -> tuple[Execution | None, Job | None]:
    execution = executions.find(client("stepfunctions"), _machine(), name)
    return execution, jobs.find(client("bedrock"), name)


def _goes_on(execution: Execution | None, job: Job | None) -> bool:
    """Whether the job is not over, or may yet be created by an execution that has ended."""
    if job is not None:
        return not job.is_over
    if execution is None or execution.stopped is None:
        return False
    in_flight = timedelta(seconds=float(os.environ["START_TIMEOUT_SECONDS"]))
    return datetime.now(UTC) < execution.stopped + in_flight


def _machine() -> str:
    return os.environ["STATE_MACHINE_ARN"]
