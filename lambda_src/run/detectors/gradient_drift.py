"""Gradient drift: updates keep growing.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
calls a fluctuation within a band stable, and sustained growth a sign of trouble with learning rate, reward scale or
numbers. Deviation: it gives no number; the default is fitted on labelled local runs.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import MIN_POINTS, series

ABOUT = About(
    name="gradient-drift",
    metric=metrics.GRADIENT_DRIFT,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=2.5,
    unit="multiple of the gradient norm of the first steps",
    what="Gradient norms have grown to this multiple of the first ones and stay there: training may diverge.",
    cause="The learning rate is too high, or the scale of the rewards changes.",
    advice="Lower learningRate, and check that rewards keep to [0, 1]; keep a checkpoint from before the growth.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Trailing median of the gradient norm, as a multiple of the run's own first steps.

    >>> round(measure([Step(n, gradient_norm=0.1 * n) for n in range(1, 13)])[-1].value, 1)
    3.3
    """
    curve = series(((step.step, step.gradient_norm) for step in steps), first=MIN_POINTS)
    if curve is None or curve.baseline <= 0:
        return []
    base = curve.baseline
    return [
        Score(step, norm / base, f"gradient norm went from {base:.3g} to {norm:.3g}") for step, norm in curve.smoothed
    ]


DETECTOR = Detector(ABOUT, "gradientDrift", measure, f"fewer than {MIN_POINTS} steps with a gradient norm")
