"""What is known of a run at one moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lambda_src.run import customization_jobs as jobs
from lambda_src.run.customization_jobs import Job
from lambda_src.run.executions import Execution
from lambda_src.run.steps import Step
from rft.alarms import Alarm
from rft.live_run import LIVE
from rft.runs import Record
from rft.views.curves import steps_of
from rft.views.figures import is_number, section_of
from rft.watching import pace


@dataclass(frozen=True, slots=True)
class Look:
    """One look.

    Attributes:
        time: Of the look; timezone-aware.
        record: What the run has left so far, in the form of a record; empty where it has left nothing.
        execution: Of the run's workflow; None where it is gone, as executions are after 90 days.
        job: None where there is none yet, or where it may not be read.
        complaints: What could not be read this time, one sentence each.
    """

    run: str
    time: datetime
    record: Record
    execution: Execution | None
    job: Job | None
    alarms: Sequence[Alarm]
    complaints: Sequence[str] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come: the workflow has ended, and whoever looks has seen it end."""
        return self.execution is None or not self.execution.is_running

    @property
    def has_verdict(self) -> bool:
        return bool(self.record) and self.record.get("verdict") != LIVE

    @property
    def phase(self) -> str:
        """What goes on, in words."""
        if self.is_over:
            return "the run has ended"
        if self.has_verdict:
            return "the record is written; the workflow tells everyone"
        if self.job is None:
            return "training" if self.steps else "the job is not there yet, or may not be read"
        if self.job.is_over:
            return f"the job is {self.job.status.lower()}; the workflow reads its files and judges"
        if self.job.status == jobs.STOPPING:
            return "the job is being stopped"
        return "training" if self.steps or self.job.training_started else "Bedrock validates the data"

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.record)

    @property
    def step(self) -> int:
        """The newest one; 0 before the first."""
        return max((step.step for step in self.steps), default=0)

    @property
    def total_steps(self) -> int | None:
        total = section_of(self.record, "live").get("totalSteps")
        return total if isinstance(total, int) and total > 0 else None

    @property
    def share_done(self) -> float | None:
        """Of the training steps, in [0, 1]; None where nobody knows how many there are."""
        if self.has_verdict:
            return None
        return min(self.step / self.total_steps, 1.0) if self.total_steps else None

    @property
    def seconds_left(self) -> float | None:
        """Until the last step, if the run goes on as it did; None where that cannot be told."""
        if self.total_steps is None or self.phase != "training":
            return None
        return pace.seconds_left(self.steps, self.total_steps, self.time)

    @property
    def cost(self) -> float | None:
        cost = self.record.get("costUsd")
        return cost if is_number(cost) else None

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        return self.record.get("detectors") or []
