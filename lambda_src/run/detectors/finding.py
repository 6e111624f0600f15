"""What a detector says."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """One detector's judgement on one run.

    Attributes:
        metric: Name of the CloudWatch metric that carries ``value``.
        value: In the detector's own unit; None where the curves hold too little to judge.
        alarm: ``value >= threshold``, the comparison that the CloudWatch alarm makes too.
        step: Where the alarm began, else where the value was reached.
        evidence: The numbers behind it, in words.
        advice: What to try; empty without an alarm.
    """

    name: str
    metric: str
    value: float | None
    threshold: float
    alarm: bool
    step: int | None
    evidence: str
    advice: str

    def to_json(self) -> dict[str, Any]:
        """The finding in the run record."""
        return {
            "name": self.name,
            "value": self.value,
            "threshold": self.threshold,
            "alarm": self.alarm,
            "step": self.step,
            "evidence": self.evidence,
            "advice": self.advice,
        }
