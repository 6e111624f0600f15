"""How fast a stack's earlier run was."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..audit.job import Job


@dataclass(frozen=True, slots=True)
class Pace:
    """Speed of a run.

    Attributes:
        seconds: Of training, for each rollout.
        run: Its name.
    """

    seconds: float
    run: str

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Pace | None":
        """Read it from a run's record; None where the run did not complete or left no times or curves."""
        times, steps = record["times"], [step["step"] for step in record["curves"]]
        if not (record["jobStatus"] == "Completed" and times["trainingStarted"] and times["trainingEnded"] and steps):
            return None
        seconds = (_time(times["trainingEnded"]) - _time(times["trainingStarted"])).total_seconds()
        job = Job.of(record["hyperParameters"], records=0)
        rollouts = max(steps) * job.batch_size * job.samples
        return cls(seconds / rollouts, str(record["run"])) if seconds > 0 and rollouts else None


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
