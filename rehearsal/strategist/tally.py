"""What each strategy came to: how often it was tried, what it earned, how likely it was before and is now."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev

from lambda_src.run.detectors.reward_hacking import Example, StrategyResult
from rehearsal.optimiser import Array
from rehearsal.strategist.repertoire import Strategy

FILE = "training_artifacts/strategies.json"
"""Below the folder of a job's artifacts; Bedrock's own models leave no such file."""

_KEPT = 64  # rollouts of a strategy from which its example is chosen
_SHOWN = 500  # characters of a response


@dataclass(slots=True)
class _Earned:
    rewards: list[float] = field(default_factory=list)
    extremes: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)  # by record and response
    rollouts: list[Example] = field(default_factory=list)


class Tally:
    """Training rollouts by strategy."""

    def __init__(self, strategies: Sequence[Strategy]) -> None:
        self._strategies = strategies
        self._earned = [_Earned() for _ in strategies]

    def add(self, rollouts: Iterable[tuple[int, str, str]], rewards: Iterable[float]) -> None:
        """Take a batch.

        Args:
            rollouts: Number of the strategy, id of the record, response.
        """
        for (strategy, record, response), reward in zip(rollouts, rewards, strict=True):
            earned = self._earned[strategy]
            earned.rewards.append(reward)
            least, most = earned.extremes.get((record, response), (reward, reward))
            earned.extremes[record, response] = min(least, reward), max(most, reward)
            if len(earned.rollouts) < _KEPT:
                earned.rollouts.append(Example(record, response[:_SHOWN], reward))

    def results(self, at_start: Array, at_end: Array) -> list[StrategyResult]:
        """One for each strategy, given its probability before and after the training."""
        return [
            StrategyResult(
                name=strategy.name,
                worth=strategy.worth,
                dresses_right=strategy.dresses_right,
                probability_at_start=float(before),
                probability_at_end=float(after),
                mean_reward=fmean(earned.rewards) if earned.rewards else None,
                reward_deviation=pstdev(earned.rewards) if earned.rewards else None,
                reward_swing=max((most - least for least, most in earned.extremes.values()), default=0.0),
                rollouts=len(earned.rewards),
                example=_typical(earned),
            )
            for strategy, earned, before, after in zip(self._strategies, self._earned, at_start, at_end, strict=True)
        ]


def to_json(results: Sequence[StrategyResult]) -> str:
    """The artifact's text."""
    return json.dumps([result.to_json() for result in results], indent=2) + "\n"


def _typical(earned: _Earned) -> Example | None:
    """The rollout whose reward is closest to the mean."""
    if not earned.rollouts:
        return None
    mean = fmean(earned.rewards)
    return min(earned.rollouts, key=lambda rollout: abs(rollout.reward - mean))
