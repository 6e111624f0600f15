"""Grader faults: rollouts that could not be graded, and counted as worth nothing.

No source gives a number. A right answer that counts as wrong teaches its opposite, so the default is low; the trailing
mean also sees faults that come and go.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import means

ABOUT = About(
    name="grader-faults",
    metric=metrics.GRADER_FAULTS,
    severity=Severity.CRITICAL,
    subject=Subject.GRADER,
    threshold=0.02,
    unit="share of the rollouts of the last 5 steps that could not be graded",
    what="This share of the rollouts could not be graded and counted as worth nothing.",
    cause="A bug of a reward function, a judge that does not answer, or records without what the rubric needs.",
    advice="The grader's log names the criterion, the record and the error; `rft rollouts` lists them. Correct it and "
    "start again: what was learnt from these rollouts is wrong.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Mean share over up to 5 steps, in [0, 1], from the first step on.

    >>> measure([Step(1, grader_error_share=0.5)])[-1].value
    0.5
    """
    return [
        Score(step, share, f"{share:.1%} of the rollouts could not be graded")
        for step, share in means((step.step, step.grader_error_share) for step in steps)
    ]


DETECTOR = Detector(ABOUT, "graderFaults", measure, "no step tells of the grader's errors")
