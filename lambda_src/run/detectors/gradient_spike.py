"""Gradient spike: one update was far larger than those before it.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
calls occasional spikes normal and extreme ones a sign of trouble with learning rate, reward scale or numbers.
Deviation: it gives no number; the default is fitted on labelled local runs.
"""

from collections.abc import Sequence
from statistics import median

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import MIN_POINTS, known

_BEFORE = 20  # steps that a spike is compared with
_AWAKE = 0.25  # of the first steps; what is less is a run without gradient, over which everything is a spike

ABOUT = About(
    name="gradient-spike",
    metric=metrics.GRADIENT_SPIKE,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=4.5,
    unit="multiple of the median gradient norm of the 20 steps before",
    what="A gradient had this multiple of the norm of those before it: one update may have undone many.",
    cause="The learning rate is too high, rewards have another scale than the others, or numbers overflow.",
    advice="See whether reward and entropy recovered after it. If not, lower learningRate; look at the rollouts of "
    "that step for rewards or lengths unlike the others.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Gradient norm over the median of up to 20 before it.

    >>> measure([Step(n, gradient_norm=2.0 if n == 9 else 0.1) for n in range(1, 12)])[-3].value
    20.0
    """
    norms = known((step.step, step.gradient_norm) for step in steps)
    first = median(norm for _, norm in norms[:MIN_POINTS]) if norms else 0.0
    scores = []
    for place in range(MIN_POINTS, len(norms)):
        step, norm = norms[place]
        usual = max(median(value for _, value in norms[max(place - _BEFORE, 0) : place]), _AWAKE * first)
        if usual > 0:
            scores.append(Score(step, norm / usual, f"gradient norm {norm:.3g} after a usual {usual:.3g}"))
    return scores


DETECTOR = Detector(ABOUT, "gradientSpike", measure, f"at most {MIN_POINTS} steps with a gradient norm")
