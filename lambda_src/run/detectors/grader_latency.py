"""Grader latency: a batch takes so long that the next one may not be graded at all.

The limit is the time-out of the grader's Lambda; a job fails when its grader times out.
"""

from collections.abc import Sequence
from typing import Final

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import known

TIMEOUT_SECONDS: Final = 300
"""Of the grader's Lambda, for one batch."""

ABOUT = About(
    name="grader-latency",
    metric=metrics.GRADER_LATENCY,
    severity=Severity.WARNING,
    subject=Subject.GRADER,
    threshold=0.8,
    unit="share of the grader's time-out that the slowest batch took",
    what="A batch took this share of the grader's time-out; a job fails when its grader times out.",
    cause="A judge that is throttled, code that runs long, or responses that have grown.",
    advice="Ask for more of the judge's quota or a faster one, bound what the reward functions read of a response, and "
    "lower lambdaConcurrency where the judge is throttled.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Slowest batch of each step over the time-out, from the first step on: one is enough to fail the job.

    >>> measure([Step(1, grader_milliseconds=240_000.0)])[-1].value
    0.8
    """
    return [
        Score(
            step,
            milliseconds / 1000 / TIMEOUT_SECONDS,
            f"slowest batch took {milliseconds / 1000:.3g} s of {TIMEOUT_SECONDS} s",
        )
        for step, milliseconds in known((step.step, step.grader_milliseconds) for step in steps)
    ]


DETECTOR = Detector(ABOUT, "graderLatency", measure, "no step tells how long the grader took")
