"""Truncation: responses are cut off before they come to an answer.

No source gives a number; the default is fitted on labelled local runs. The share itself counts and not its growth: a
limit that is too low from the start teaches the model to answer without thinking.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import MIN_POINTS, series

ABOUT = About(
    name="truncation",
    metric=metrics.TRUNCATION,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=0.2,
    unit="share of the responses that are cut off",
    what="This share of the responses was cut off at inferenceMaxTokens, and mostly counted as wrong.",
    cause="inferenceMaxTokens is too low for the task, or the model loops.",
    advice="Read a few that were cut off. If they reason, raise inferenceMaxTokens; if they loop, lower learningRate, "
    "and let the rubric pay for a finished answer.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Trailing median of the share, in [0, 1].

    >>> measure([Step(n, truncated_share=0.3) for n in range(1, 6)])[-1].value
    0.3
    """
    curve = series((step.step, step.truncated_share) for step in steps)
    if curve is None:
        return []
    evidence = "cut off: {:.0%} of the responses, {:.0%} at the start"
    return [Score(step, share, evidence.format(share, curve.baseline)) for step, share in curve.smoothed]


DETECTOR = Detector(ABOUT, "truncation", measure, f"fewer than {MIN_POINTS} steps that tell of cut-off responses")
