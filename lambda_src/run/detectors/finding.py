"""What a detector is, and what it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..steps import Step


class Severity(StrEnum):
    """How much an alarm means."""

    CRITICAL = "critical"
    """The run is lost or teaches the wrong thing; to go on is to pay for nothing."""
    WARNING = "warning"
    """Worth a look; the run may still come out well."""


class Subject(StrEnum):
    """What is unwell."""

    RUN = "run"
    GRADER = "grader"


@dataclass(frozen=True, slots=True)
class About:
    """What people are told of a detector.

    Attributes:
        name: ``entropy-collapse``.
        metric: Name of the CloudWatch metric that carries its value.
        threshold: Where it goes off, unless a project says otherwise.
        unit: Of value and threshold, in words.
        what: What has happened when it goes off, in one sentence; the description of its alarm.
        cause: What is likely behind it.
        advice: What to try.
    """

    name: str
    metric: str
    severity: Severity
    subject: Subject
    threshold: float
    unit: str
    what: str
    cause: str
    advice: str


@dataclass(frozen=True, slots=True)
class Score:
    """A detector's value at one step, and the numbers behind it in words."""

    step: int
    value: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Detector:
    """A judgement on the curves of a run.

    Attributes:
        setting: Key of the threshold among a project's alarms.
        measure: A score for each step that can be judged, in order. It looks at no later step, so that a run is judged
            alike while it goes on and when it is over.
        missing: Why there may be no score at all.
    """

    about: About
    setting: str
    measure: Callable[[Sequence[Step]], Sequence[Score]]
    missing: str

    def detect(self, steps: Sequence[Step], *, threshold: float | None = None) -> "Finding":
        """The judgement on a run so far: its highest score."""
        bound = self.about.threshold if threshold is None else threshold
        scores = self.measure(steps)
        if not scores:
            return Finding.of(self.about, None, bound, None, self.missing)
        worst = max(scores, key=lambda score: score.value)
        began = next((score for score in scores if score.value >= bound), worst)
        return Finding.of(self.about, worst.value, bound, began.step, worst.evidence)


@dataclass(frozen=True, slots=True)
class Finding:
    """One detector's judgement on one run.

    Attributes:
        value: In the detector's own unit; None where the curves hold too little to judge.
        alarm: ``value >= threshold``, the comparison that the CloudWatch alarm makes too.
        step: Where the alarm began, else where the value was reached.
        evidence: The numbers behind it, in words.
    """

    about: About
    value: float | None
    threshold: float
    alarm: bool
    step: int | None
    evidence: str

    @classmethod
    def of(cls, about: About, value: float | None, threshold: float, step: int | None, evidence: str) -> "Finding":
        """The finding; it is an alarm from the threshold on."""
        return cls(about, value, threshold, value is not None and value >= threshold, step, evidence)

    @property
    def name(self) -> str:
        return self.about.name

    @property
    def metric(self) -> str:
        return self.about.metric

    @property
    def advice(self) -> str:
        """What to try; empty without an alarm."""
        return self.about.advice if self.alarm else ""

    def to_json(self) -> dict[str, Any]:
        """The finding in the run record."""
        return {
            "name": self.name,
            "severity": str(self.about.severity),
            "subject": str(self.about.subject),
            "value": self.value,
            "threshold": self.threshold,
            "alarm": self.alarm,
            "step": self.step,
            "evidence": self.evidence,
            "cause": self.about.cause if self.alarm else "",
            "advice": self.advice,
        }
