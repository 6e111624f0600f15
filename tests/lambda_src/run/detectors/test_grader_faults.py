import pytest

from lambda_src.run.detectors.grader_faults import DETECTOR
from tests.lambda_src.run.detectors.curves import steps


@pytest.mark.parametrize(
    ("shares", "step"),
    [
        pytest.param([1.0], 1, id="at once"),
        pytest.param([0.0] * 20 + [0.5] + [0.0] * 20, 21, id="one bad step"),
        pytest.param([0.0] * 20 + [0.05, 0.0] * 10, 23, id="faults that come and go"),
        pytest.param([0.03] * 10, 1, id="a few all the time"),
    ],
)
def test_rollouts_that_could_not_be_graded_are_an_alarm(shares: list[float], step: int) -> None:
    finding = DETECTOR.detect(steps(grader_error_share=shares))

    assert (finding.alarm, finding.step) == (True, step)


@pytest.mark.parametrize("shares", [[0.0] * 20, [0.001] * 20, [0.0] * 10 + [1 / 128] + [0.0] * 10])
def test_a_rare_one_is_not(shares: list[float]) -> None:
    assert not DETECTOR.detect(steps(grader_error_share=shares)).alarm
