import pytest

from lambda_src.run.detectors.truncation import DETECTOR
from tests.lambda_src.run.detectors.curves import line, steps


@pytest.mark.parametrize(
    "shares",
    [
        pytest.param([0.4] * 5, id="from the start"),
        pytest.param([0.01] * 20 + line(0.01, 0.9, 20), id="it comes about"),
    ],
)
def test_responses_that_are_cut_off_are_an_alarm(shares: list[float]) -> None:
    finding = DETECTOR.detect(steps(truncated_share=shares))

    assert finding.alarm
    assert finding.evidence.startswith("cut off: ")


def test_a_few_are_not_nor_is_one_step() -> None:
    assert not DETECTOR.detect(steps(truncated_share=[0.05] * 20 + [0.9] + [0.05] * 20)).alarm


def test_without_a_limit_of_tokens_there_is_no_judgement() -> None:
    assert DETECTOR.detect(steps(training_reward=[0.5] * 20)).value is None
