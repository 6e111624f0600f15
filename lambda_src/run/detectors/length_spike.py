"""Length spike: responses grow without need, because the reward pays for length or the model loops.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
calls a steady rise healthy where the model learns to reason, and a sudden spike a loop or a failure.
Deviation: the article gives no number; a doubling over the run's own first steps is the default. Training
length is judged, since validation is too sparse to smooth; it stands in where training length is missing.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import Finding
from .series import MIN_POINTS, series

NAME = "length-spike"
_ADVICE = (
    "Read the longest rollouts. If the reward rises with them, the rubric pays for length: remove or cap that "
    "function. If not, the model loops: lower learningRate, or inferenceMaxTokens where answers are meant to be short."
)


def detect(steps: Sequence[Step], *, threshold: float) -> Finding:
    """Largest smoothed response length, as a multiple of the run's own first steps.

    Args:
        threshold: A healthy run on short answers stays near or below 1; 2.0 is the default of project files.

    >>> detect([Step(n, training_episode_length=29 + 3 * n) for n in range(18)], threshold=2.0).alarm
    True
    """
    what, curve = "response length", series([(step.step, step.training_episode_length) for step in steps])
    if curve is None:
        what = "validation response length"
        curve = series([(step.step, step.validation_episode_length) for step in steps])
    if curve is None or curve.baseline <= 0:
        evidence = f"fewer than {MIN_POINTS} steps with a response length"
        return Finding(NAME, metrics.LENGTH_SPIKE, None, threshold, False, None, evidence, "")
    ratios = [(step, value / curve.baseline) for step, value in curve.smoothed]
    value = max(ratio for _, ratio in ratios)
    alarm = value >= threshold
    return Finding(
        NAME,
        metrics.LENGTH_SPIKE,
        value,
        threshold,
        alarm,
        next(step for step, ratio in ratios if ratio >= (threshold if alarm else value)),
        f"{what} was {curve.baseline:.4g} tokens at the start and {value * curve.baseline:.4g} at its longest",
        _ADVICE if alarm else "",
    )
