"""What the same responses are worth by the rubric and by the shadow rubric, against the run's own first steps."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from ..steps import Step
from .noise import LEAST
from .series import FIRST_POINTS, MIN_POINTS, WINDOW


@dataclass(frozen=True, slots=True)
class Gain:
    """How the two rewards have changed.

    Attributes:
        noise: Standard error of the difference of the changes, at most.
    """

    step: int
    paid: float
    shadow: float
    noise: float


@dataclass(frozen=True, slots=True)
class _Sample:
    step: int
    paid: float
    shadow: float
    variance: float


def gains(steps: Sequence[Step]) -> list[Gain]:
    """One for each step with a sample, from the fifth on: means of 5 samples against the first 3.

    >>> gained = gains([Step(n, shadowed_reward=n / 10, shadow_reward=0.5, shadowed=64) for n in range(1, 9)])
    >>> round(gained[-1].paid, 2), gained[-1].shadow
    (0.4, 0.0)
    """
    samples = list(_samples(steps))
    start = samples[:FIRST_POINTS]
    return [_gain(samples[end - WINDOW : end], start) for end in range(max(MIN_POINTS, WINDOW), len(samples) + 1)]


def _gain(now: Sequence[_Sample], start: Sequence[_Sample]) -> Gain:
    return Gain(
        now[-1].step,
        fmean(sample.paid for sample in now) - fmean(sample.paid for sample in start),
        fmean(sample.shadow for sample in now) - fmean(sample.shadow for sample in start),
        max(math.sqrt(_variance_of_mean(now) + _variance_of_mean(start)), LEAST),
    )


def _variance_of_mean(samples: Sequence[_Sample]) -> float:
    return fmean(sample.variance for sample in samples) / len(samples)


def _samples(steps: Sequence[Step]) -> Iterator[_Sample]:
    for step in steps:
        paid, shadow = step.shadowed_reward, step.shadow_reward
        if paid is not None and shadow is not None and step.shadowed:
            variance = min(_most_spread(paid), (step.reward_deviation or 1.0) ** 2) + _most_spread(shadow)
            yield _Sample(step.step, paid, shadow, variance / step.shadowed)


def _most_spread(mean: float) -> float:
    """Largest variance of rewards in [0, 1] with this mean."""
    return max(mean * (1.0 - mean), 0.0)
