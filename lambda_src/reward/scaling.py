"""Clipping, scaling and standardising of rewards, for reward functions with values on another scale than [0, 1].

AWS's article on RFT names standardised and clipped rewards as the first line of defence against a jittery reward:
https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
GRPO standardises within each prompt's group by itself, so ``standardised`` is for what a project combines from parts of
unlike spread. It makes a reward depend on its batch, which the grader audit reports: same response, other score.
"""

from collections.abc import Sequence
from statistics import fmean, pstdev

_FLAT = 1e-9  # a spread below it is noise of the arithmetic


def clipped(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """The value, held within the bounds.

    >>> clipped(1.7), clipped(-2, -1, 1)
    (1.0, -1)
    """
    return min(max(value, low), high)


def scaled(value: float, low: float, high: float) -> float:
    """The value's place between the bounds, from 0 to 1; outside of them it is clipped.

    >>> scaled(4, 1, 5), scaled(9, 1, 5)
    (0.75, 1.0)
    """
    return clipped((value - low) / (high - low))


def standardised(values: Sequence[float], clip: float = 3.0) -> list[float]:
    """Values as distances from their mean, in standard deviations, at most ``clip`` of them; zeros where all are equal.

    >>> standardised([0.0, 0.5, 1.0])
    [-1.224744871391589, 0.0, 1.224744871391589]
    """
    if not values:
        return []
    mean, spread = fmean(values), pstdev(values)
    if spread < _FLAT:
        return [0.0] * len(values)
    return [clipped((value - mean) / spread, -clip, clip) for value in values]
