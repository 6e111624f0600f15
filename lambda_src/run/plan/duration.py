"""How long a run takes, as far as anybody can know beforehand."""

from dataclasses import dataclass
from typing import Any, Final

from ..audit.latency import shown
from .order import Order
from .pace import Pace

DOCUMENTED: Final = "AWS says no more than that a job can take a few hours"
SOURCE: Final = "https://docs.aws.amazon.com/bedrock/latest/userguide/rft-submit-job.html"

_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Duration:
    """Hours.

    Attributes:
        grader: Of grading alone, one batch after another, at the speed of the machine that timed it; None where nothing
            was timed. Bedrock documents no concurrency, which divides it.
        training: Of all steps at an earlier run's pace; None without one.
        pace: Where that pace is from.
    """

    grader: float | None = None
    training: float | None = None
    pace: Pace | None = None

    @classmethod
    def of(cls, order: Order) -> "Duration":
        """What was timed; how long judges take is not known, as a stand-in may have answered for them."""
        seconds, pace = None if order.judge_model else order.grading_seconds, order.pace
        grader = None if seconds is None else seconds / _SECONDS_PER_HOUR
        training = None if pace is None else order.job.training_rollouts * pace.seconds / _SECONDS_PER_HOUR
        return cls(grader, training, pace)

    def __str__(self) -> str:
        """One line, to follow "time"."""
        graded = "" if self.grader is None else f"; grading alone {shown(self.grader * _SECONDS_PER_HOUR)}, in sequence"
        if self.training is None or self.pace is None:
            return f"unknown: {DOCUMENTED}{graded}"
        return f"about {shown(self.training * _SECONDS_PER_HOUR)} at the pace of {self.pace.run}{graded}"

    def to_json(self) -> dict[str, Any]:
        return {
            "documented": DOCUMENTED,
            "source": SOURCE,
            "graderHours": self.grader,
            "trainingHours": self.training,
            "paceOf": self.pace.run if self.pace else None,
        }
