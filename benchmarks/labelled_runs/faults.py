"""What may be wrong with a grader, as a change to the scores of an honest one.

Each works from a step on and, where it has an end, up to it; ``Slow`` changes what a batch takes and no score.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lambda_src.reward.rollout import Score

NEVER = 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A sound grader.

    Attributes:
        begins: First step with it.
        ends: First step without it.
    """

    begins: int = 1
    ends: int = NEVER

    def holds(self, step: int) -> bool:
        return self.begins <= step < self.ends

    def scores(self, scores: Sequence[Score], rng: random.Random) -> list[Score]:
        """What the grader says of a batch in place of ``scores``."""
        _ = rng
        return list(scores)

    def seconds(self, step: int) -> float:
        """What the slowest batch of a step takes, beside what is usual."""
        _ = step
        return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise(Fault):
    """A share of the rollouts earns a reward drawn from [0, 1]."""

    share: float

    def scores(self, scores: Sequence[Score], rng: random.Random) -> list[Score]:
        return [replace(s, reward=rng.random()) if rng.random() < self.share else s for s in scores]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moods(Fault):
    """Every batch is graded more or less severely: all its rewards are multiplied by a number from [least, 1]."""

    least: float

    def scores(self, scores: Sequence[Score], rng: random.Random) -> list[Score]:
        mood = rng.uniform(self.least, 1.0)
        return [replace(s, reward=mood * s.reward) for s in scores]


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Fault):
    """Every rollout earns the same."""

    value: float

    def scores(self, scores: Sequence[Score], rng: random.Random) -> list[Score]:
        return [replace(s, reward=self.value) for s in scores]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors(Fault):
    """A share of the rollouts cannot be graded."""

    share: float

    def scores(self, scores: Sequence[Score], rng: random.Random) -> list[Score]:
        return [_failed(s) if rng.random() < self.share else s for s in scores]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Fault):
    """Batches take longer and longer.

    Attributes:
        growth: Seconds more from step to step.
    """

    growth: float
    at_once: float = 0.0

    def seconds(self, step: int) -> float:
        return self.at_once + self.growth * (step - self.begins + 1)


def _failed(score: Score) -> Score:
    return Score(score.rollout, reward=0.0, parsed=False, error="TimeoutError: the grader's service", failed="service")
