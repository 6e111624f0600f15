"""The graded responses to one prompt: what a training step compares with each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final

from .prompts import Prompt
from .rollout import Rollout

TOLERANCE: Final = 1e-6  # for the arithmetic of weights
FULL_REWARD: Final = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """A prompt, and its graded responses by number; there is at least one."""

    prompt: Prompt
    rollouts: Sequence[Rollout]
    rewards: Sequence[float]

    @property
    def mean(self) -> float:
        return fmean(self.rewards)

    @property
    def is_flat(self) -> bool:
        """Whether all rewards are the same, so that nothing can be learnt from them."""
        return max(self.rewards) - min(self.rewards) <= TOLERANCE

    @property
    def spread(self) -> float:
        """Standard deviation of the rewards, of at least two; that of a sample, as GRPO takes it."""
        return stdev(self.rewards)

    @property
    def passed(self) -> int:
        """Responses that earn the full reward."""
        return sum(reward >= FULL_REWARD - TOLERANCE for reward in self.rewards)

    @property
    def zeros(self) -> int:
        """Responses that earn nothing."""
        return self.above(0.0).count(False)

    def above(self, floor: float) -> list[bool]:
        """For each response, whether it earns more than this."""
        return [reward > floor + TOLERANCE for reward in self.rewards]


def grouped(rollouts: Iterable[Rollout]) -> list[Group]:
    """What was graded, by prompt in the order of the file."""
    by_line: dict[int, list[Rollout]] = {}
    for rollout in rollouts:
        if rollout.reward is not None:
            by_line.setdefault(rollout.prompt.line, []).append(rollout)
    return [_group(by_line[line]) for line in sorted(by_line)]


def _group(rollouts: list[Rollout]) -> Group:
    ordered = sorted(rollouts, key=lambda rollout: rollout.number)
    return Group(ordered[0].prompt, ordered, [rollout.reward for rollout in ordered if rollout.reward is not None])
