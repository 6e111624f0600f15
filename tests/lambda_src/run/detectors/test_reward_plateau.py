import pytest

from lambda_src.run.detectors.reward_plateau import DETECTOR
from tests.lambda_src.run.detectors.curves import jittered, line, steps


@pytest.mark.parametrize("start", [0.0, 0.05, 0.5, 0.8])
@pytest.mark.parametrize("seed", range(5))
def test_a_reward_that_never_rises_is_a_plateau(start: float, seed: int) -> None:
    finding = DETECTOR.detect(steps(training_reward=jittered([start] * 80, 0.04, seed)))

    assert finding.alarm
    assert "training reward began at" in finding.evidence
    assert "learningRate" in finding.advice


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    "rewards",
    [
        pytest.param(line(0.5, 0.9, 60), id="a steady rise"),
        pytest.param([*line(0.5, 0.85, 15), *[0.85] * 100], id="a plateau after a rise"),
        pytest.param([*[0.5] * 12, *line(0.5, 0.9, 40)], id="a late start"),
        pytest.param([0.97] * 80, id="no room to rise"),
        pytest.param(line(0.5, 0.0, 60), id="a fall, which others tell of"),
    ],
)
def test_a_reward_that_moves_or_has_no_room_is_none(rewards: list[float], seed: int) -> None:
    assert not DETECTOR.detect(steps(training_reward=jittered(rewards, 0.03, seed))).alarm


def test_a_curve_too_noisy_to_tell_is_not_judged() -> None:
    assert DETECTOR.detect(steps(training_reward=jittered([0.5] * 30, 0.3))).value == 0.0


def test_fewer_than_ten_steps_are_no_judgement() -> None:
    finding = DETECTOR.detect(steps(training_reward=[0.5] * 9))

    assert (finding.value, finding.evidence) == (None, "fewer than 10 steps with a training reward")
