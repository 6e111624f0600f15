import math
from typing import Any

import pytest

from lambda_src.run.detectors.reward_instability import DETECTOR
from lambda_src.run.steps import Step
from tests.lambda_src.run.detectors.curves import jittered, line, steps

SAMPLED: dict[str, Any] = {"rollouts": 128, "reward_deviation": 0.45, "reward_spread": 0.35}
"""Of a step; its mean reward has a standard error of 0.08 or less."""


def run(rewards: list[float], **known: Any) -> list[Step]:
    return steps(training_reward=rewards, **{name: [value] * len(rewards) for name, value in known.items()})


def swinging(count: int, period: int) -> list[float]:
    return [0.5 + 0.4 * math.sin(2 * math.pi * n / period) for n in range(count)]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("known", [SAMPLED, {}], ids=["rollouts known", "rollouts unknown"])
@pytest.mark.parametrize("rewards", [line(0.5, 0.9, 60), [0.5] * 200], ids=["rising", "flat"])
def test_what_sampling_explains_is_stable(rewards: list[float], known: dict[str, Any], seed: int) -> None:
    assert not DETECTOR.detect(run(jittered(rewards, 0.05, seed), **known)).alarm


@pytest.mark.parametrize(
    ("rewards", "known"),
    [
        pytest.param([0.3, 0.9] * 15, SAMPLED, id="jumps from step to step"),
        pytest.param(swinging(60, 30), SAMPLED, id="slow swings"),
        pytest.param([*line(0.4, 0.8, 20), *line(0.8, 0.0, 10)], SAMPLED, id="collapse"),
        pytest.param([*jittered([0.5] * 20, 0.03), *jittered([0.5] * 20, 0.15)], {}, id="worse than its first steps"),
        pytest.param([0.5, 0.7] * 15, SAMPLED | {"rollouts": 1024}, id="small jumps of large batches"),
    ],
)
def test_what_sampling_does_not_explain_is_instability(rewards: list[float], known: dict[str, Any]) -> None:
    finding = DETECTOR.detect(run(rewards, **known))

    assert finding.alarm
    assert "where sampling explains" in finding.evidence


def test_movements_below_what_anyone_would_call_a_jump_are_none() -> None:
    assert not DETECTOR.detect(run([0.5, 0.52] * 15, rollouts=10**6, reward_deviation=0.01, reward_spread=0.01)).alarm
