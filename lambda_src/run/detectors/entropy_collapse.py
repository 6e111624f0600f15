"""Entropy collapse: the policy has stopped exploring and repeats one kind of response.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
asks for a mild decline to a plateau and warns of a sharp drop to near zero; it shows 0.8 to 1.1 as healthy.
Deviation: that band belongs to one model and task, so the fall is taken relative to the run's own first steps.
An absolute floor remains as the last line, for a run that began too low for its fall to show.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import Finding
from .series import MIN_POINTS, series

NAME = "entropy-collapse"
FLOOR = 0.02  # nats per token; with less, practically every token is certain
_ADVICE = (
    "Lower learningRate (a tenth is a good next try), check that the rubric pays for more than one fixed phrase, "
    "and raise trainingSamplePerPrompt; keep a checkpoint from before the fall."
)


def detect(steps: Sequence[Step], *, threshold: float) -> Finding:
    """Largest fall of the smoothed policy entropy, as a share of its start, in [0, 1]; 1 below the floor.

    Args:
        threshold: A healthy run loses about a third; 0.6 is the default of project files.

    >>> falling = [Step(n, policy_entropy=0.48 - 0.015 * n) for n in range(1, 11)]
    >>> detect(falling, threshold=0.6).alarm
    False
    """
    curve = series([(step.step, step.policy_entropy) for step in steps])
    if curve is None:
        evidence = f"fewer than {MIN_POINTS} steps with a policy entropy"
        return Finding(NAME, metrics.ENTROPY_COLLAPSE, None, threshold, False, None, evidence, "")
    falls = [(step, _fall(value, curve.baseline)) for step, value in curve.smoothed]
    value = max(fall for _, fall in falls)
    alarm = value >= threshold
    step = next(step for step, fall in falls if fall >= (threshold if alarm else value))
    lowest = min(value for _, value in curve.smoothed)
    return Finding(
        NAME,
        metrics.ENTROPY_COLLAPSE,
        value,
        threshold,
        alarm,
        step,
        f"policy entropy fell from {curve.baseline:.3g} to {lowest:.3g} nats"
        if lowest < curve.baseline
        else f"policy entropy stayed at or above its start of {curve.baseline:.3g} nats",
        _ADVICE if alarm else "",
    )


def _fall(value: float, baseline: float) -> float:
    if value < FLOOR:
        return 1.0
    return max(1.0 - value / baseline, 0.0) if baseline > 0 else 0.0
