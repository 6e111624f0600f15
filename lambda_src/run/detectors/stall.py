"""Since when a run has learnt nothing, from its first step on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ..steps import Step
from .noise import Trend, trends
from .series import means

WORTH_WAITING_FOR = 0.1
"""Rise of the reward that a run which learns has; it must be ruled out before a run counts as stalled."""

FEWEST = 10
"""Steps with a reward; fewer rule nothing out."""

_SIGMAS = 2.0
_SURE = 3.0  # standard errors


@dataclass(frozen=True, slots=True)
class Stall:
    """How many steps a run has stood still for, since its start; 0 where it has not."""

    steps: int
    trend: Trend
    start: float


def stalls(steps: Sequence[Step]) -> Iterator[Stall]:
    """After each step from the tenth on; a run whose reward has ever moved is not stalled from the start."""
    level = means((step.step, step.training_reward) for step in steps)
    if not level:
        return
    _, start = level[min(2, len(level) - 1)]
    so_far = list(trends(steps))
    moved = accumulate((_moves(trend) for trend in so_far), max)
    for trend, has_moved in zip(so_far, moved, strict=True):
        if trend.steps >= FEWEST:
            still = not has_moved and start < 1.0 - WORTH_WAITING_FOR and _is_flat(trend)
            yield Stall(trend.steps if still else 0, trend, start)


def _moves(trend: Trend) -> bool:
    return trend.steps >= FEWEST and abs(trend.gain) > max(_SURE * trend.error, WORTH_WAITING_FOR / 2)


def _is_flat(trend: Trend) -> bool:
    return trend.gain + _SIGMAS * trend.error < WORTH_WAITING_FOR
