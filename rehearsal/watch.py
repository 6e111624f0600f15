"""What a rehearsal waits for once the stack stands: the run's workflow, then its alarms."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lambda_src.run import executions
from lambda_src.run.detectors import WATCHED
from lambda_src.run.executions import Execution
from rehearsal.progress import step_line
from rft import alarms
from rft.alarms import RAISED, Alarm
from rft.runs import STATE_MACHINE, Client, RunError, Stack

_POLL_SECONDS = 0.5
_METRICS = {about.name: about.metric for about in WATCHED}

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DeployedRun:
    """The run that a deployment started."""

    name: str
    machine_arn: str

    @classmethod
    def of(cls, stack: Stack) -> "DeployedRun":
        """The run behind the stack's custom resource.

        Raises:
            RunError: The stack has no run.
        """
        return cls(stack.deployed_run(), stack.output(STATE_MACHINE))


def follow(states: Client, run: DeployedRun, jobs: Callable[[str], Any], show: Show) -> Execution:
    """Wait until the run's workflow has ended.

    Args:
        states: A client of Step Functions.
        jobs: Answers the local Bedrock's ``GET /_rft/jobs…``.
        show: Hears the job's phase, step and newest numbers.
    """
    while True:
        execution = executions.find(states, run.machine_arn, run.name)
        if execution is None:
            raise RunError(f"run {run.name}: its workflow execution is gone")
        if not execution.is_running:
            return execution
        show(job_line(jobs, run.name))
        time.sleep(_POLL_SECONDS)


def job_line(jobs: Callable[[str], Any], name: str) -> str:
    """Where the job of this name is."""
    job = next((job for job in jobs("/_rft/jobs") if job["name"] == name), None)
    if job is None:
        return "the workflow is about to create the job"
    if job["status"] != "InProgress":
        return f"job {job['status'].lower()}; the workflow reads its artifacts and concludes"
    job_id = job["arn"].rsplit("/", 1)[-1]
    return step_line(job.get("phase") or "job", jobs(f"/_rft/jobs/{job_id}/progress"))


def settled_alarms(stack: Stack, findings: Sequence[Mapping[str, Any]], show: Show, *, seconds: float) -> list[Alarm]:
    """The stack's alarms once CloudWatch agrees with the detectors, or after so many seconds."""
    names = alarms.names(stack)
    cloudwatch = stack.client("cloudwatch")
    deadline = time.monotonic() + seconds
    while True:
        found = alarms.states(cloudwatch, names)
        open_ = disagreements(findings, found)
        if not open_ or time.monotonic() >= deadline:
            return found
        show("; ".join(open_))
        time.sleep(_POLL_SECONDS)


def disagreements(findings: Sequence[Mapping[str, Any]], found: Sequence[Alarm]) -> list[str]:
    """Detectors whose alarm is not in the state that it should be in.

    >>> disagreements([{"name": "length-spike", "alarm": True}], [Alarm("a", "OK", "LengthSpike")])
    ['length-spike is an alarm, CloudWatch alarm a is OK']
    """
    by_metric = {alarm.metric: alarm for alarm in found}
    states = {True: "an alarm", False: "quiet"}
    return [
        f"{finding['name']} is {states[finding['alarm']]}, CloudWatch alarm {alarm.name} is {alarm.state}"
        for finding in findings
        if (alarm := by_metric.get(_METRICS[finding["name"]])) and (alarm.state == RAISED) != finding["alarm"]
    ]
