"""Verbosity: the reward rises with the length of responses, slowly enough to be no spike.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
warns of lengths that grow while rewards increase, and calls a gradual increase healthy in reasoning tasks: hence a
warning, and a shadow rubric whose reward rises, too, clears the run. It gives no number; the default is fitted on
labelled local runs.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .length_spike import MISSING
from .noise import trends
from .readings import LENGTH, readings
from .shadow import gains

_SURE = 3.0  # standard errors
_NONE = 1.0

ABOUT = About(
    name="verbosity",
    metric=metrics.VERBOSITY,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=1.4,
    unit="multiple of the length of the first steps, under a rising reward",
    what="Responses grow longer as the reward rises, to this multiple of their first length: length may be what pays.",
    cause="The rubric pays for length, for steps or for repeated checks.",
    advice="Read the best paid rollouts. Where reasoning grows with the task, all is well: raise the threshold. "
    "Otherwise cap what the rubric pays for length, or subtract a penalty for it.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Smoothed length as a multiple of the first steps while the reward rises and the shadow's does not, else 1.

    >>> longer = [Step(n, training_reward=n / 40, training_episode_length=30 + n) for n in range(1, 31)]
    >>> round(measure(longer)[-1].value, 2)
    1.81
    """
    rises = {trend.step: trend.gain for trend in trends(steps) if trend.gain > _SURE * trend.error}
    better = {gain.step for gain in gains(steps) if gain.shadow > gain.noise}
    return [
        Score(
            length.step,
            max(length.value / length.baseline, _NONE) if length.step in rises.keys() - better else _NONE,
            f"{length.evidence} as training reward gained {rises.get(length.step, 0.0):+.2f}",
        )
        for length in readings(steps, LENGTH)
    ]


DETECTOR = Detector(ABOUT, "verbosity", measure, MISSING)
