"""Ends what is left of a run, whatever state it is in and however often it is asked.

The execution is always read before the job: a job that is created in between is then seen, and once an
execution has been over for long enough no job can appear any more.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from . import customization_jobs as jobs
from . import executions
from .executions import Execution


def stop(bedrock: Any, states: Any, machine_arn: str, name: str, *, in_flight: timedelta) -> bool:
    """Stop whatever of the run can be stopped; whether something of it is still going on.

    A running job is stopped but its execution is left to end by itself, because its last step writes the
    record. Without a job the execution is stopped, so that it creates none.

    Args:
        in_flight: How long a step of a stopped execution may go on: stopping does not reach its Lambda.
    """
    execution = executions.find(states, machine_arn, name)
    job = jobs.find(bedrock, name)
    if job is not None:
        if job.status == jobs.IN_PROGRESS:
            jobs.stop(bedrock, job)
        return not job.is_over or (execution is not None and execution.is_running)
    if execution is None:
        return False
    if execution.is_running:
        executions.stop(states, machine_arn, name, "The run was deleted before its job was created.")
        return True
    return _ended_within(in_flight, execution)


def delete_model(bedrock: Any, name: str) -> None:
    """Delete the model of a run, if it has one.

    Raises:
        ModelInUseError: Something still serves the model.
    """
    job = jobs.find(bedrock, name)
    if job is not None and job.model_arn is not None:
        jobs.delete_model(bedrock, job.model_arn)


def _ended_within(time: timedelta, execution: Execution) -> bool:
    return execution.stopped is not None and datetime.now(UTC) < execution.stopped + time
