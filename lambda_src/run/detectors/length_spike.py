"""Length spike: responses grow without need, because the reward pays for length or the model loops.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
calls a steady rise healthy where the model learns to reason, and a sudden spike a loop or a failure.
Deviation: the article gives no number; a doubling over the run's own first steps is the default.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .readings import LENGTH, readings
from .series import MIN_POINTS

ABOUT = About(
    name="length-spike",
    metric=metrics.LENGTH_SPIKE,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=2.0,
    unit="multiple of the length of the first steps",
    what="Responses grew to this multiple of their first length: the reward may pay for length.",
    cause="The rubric pays for length, or the model loops.",
    advice="Read the longest rollouts. If the reward rises with them, the rubric pays for length: remove or cap that "
    "function. If not, the model loops: lower learningRate, or inferenceMaxTokens where answers are meant to be "
    "short.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Smoothed response length, as a multiple of the run's own first steps.

    >>> measure([Step(n, training_episode_length=29 + 3 * n) for n in range(18)])[-1].value > 2
    True
    """
    return [Score(each.step, each.value / each.baseline, each.evidence) for each in readings(steps, LENGTH)]


MISSING = f"fewer than {MIN_POINTS} steps with a response length"
DETECTOR = Detector(ABOUT, "lengthSpike", measure, MISSING)
