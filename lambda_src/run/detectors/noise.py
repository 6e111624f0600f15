"""How much of a reward curve's movement is the luck of the draw, and whether it rises beyond that."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..steps import Step
from .series import known

LEAST = 0.02  # of reward; smaller noise would make much of nothing
_GROUP = 8  # responses to a prompt; Bedrock's default, since steps do not tell


def standard_error(step: Step) -> float | None:
    """Of the step's mean reward, as one draw of prompts and responses; None where nobody knows its rollouts.

    Responses to one prompt are alike: what differs between prompts averages out over prompts alone.

    >>> round(standard_error(Step(1, rollouts=128, reward_deviation=0.5, reward_spread=0.4)), 3)
    0.083
    """
    if step.reward_deviation is None or not step.rollouts:
        return None
    within = min(step.reward_spread or 0.0, step.reward_deviation) ** 2
    between = step.reward_deviation**2 - within
    return math.sqrt((_GROUP * between + within) / step.rollouts)


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through all training rewards so far.

    Attributes:
        steps: That have a reward.
        gain: What the line rises by from its first step to its last.
        error: Standard error of the gain.
    """

    step: int
    steps: int
    gain: float
    error: float


def trends(steps: Sequence[Step]) -> Iterator[Trend]:
    """The line after each step, from the third on; its error comes from how the rewards scatter about it.

    >>> [round(trend.gain, 2) for trend in trends([Step(n, training_reward=n / 10) for n in range(1, 5)])]
    [0.2, 0.3]
    """
    x, y, xx, xy, yy = 0, 0.0, 0, 0.0, 0.0
    for n, (step, reward) in enumerate(known((each.step, each.training_reward) for each in steps), start=1):
        x, y, xx, xy, yy = x + n, y + reward, xx + n * n, xy + n * reward, yy + reward * reward
        if n > 2:  # noqa: PLR2004 - two points lie on every line
            varies, together = xx - x * x / n, xy - x * y / n
            slope = together / varies
            left = max(yy - y * y / n - slope * together, 0.0) / (n - 2)
            yield Trend(step, n, slope * (n - 1), math.sqrt(left / varies) * (n - 1))
