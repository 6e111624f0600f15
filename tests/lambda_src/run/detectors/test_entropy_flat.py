import pytest

from lambda_src.run.detectors.entropy_flat import DETECTOR
from tests.lambda_src.run.detectors.curves import jittered, line, steps

STILL = jittered([0.5] * 80, 0.03)


@pytest.mark.parametrize("field", ["policy_entropy", "answer_diversity"])
def test_neither_entropy_nor_reward_moves(field: str) -> None:
    finding = DETECTOR.detect(steps(training_reward=STILL, **{field: jittered([0.9] * 80, 0.02)}))

    assert finding.alarm
    assert finding.step == 25
    assert "training reward gained" in finding.evidence


@pytest.mark.parametrize(
    ("rewards", "entropies"),
    [
        pytest.param(line(0.4, 0.9, 80), [0.9] * 80, id="the reward rises"),
        pytest.param(STILL, line(0.9, 0.3, 80), id="entropy falls"),
        pytest.param(STILL, line(0.5, 1.2, 80), id="entropy rises"),
        pytest.param(STILL, [0.03] * 80, id="entropy is flat but low"),
    ],
)
def test_one_of_them_moves_or_entropy_is_low(rewards: list[float], entropies: list[float]) -> None:
    assert not DETECTOR.detect(steps(training_reward=rewards, policy_entropy=entropies)).alarm


@pytest.mark.parametrize("known", ["training_reward", "policy_entropy"])
def test_one_curve_alone_is_no_judgement(known: str) -> None:
    assert DETECTOR.detect(steps(**{known: [0.5] * 80})).value is None
