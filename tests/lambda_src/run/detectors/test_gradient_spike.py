import pytest

from lambda_src.run.detectors.gradient_spike import DETECTOR
from tests.lambda_src.run.detectors.curves import jittered, line, steps


@pytest.mark.parametrize(
    "norms",
    [
        pytest.param([abs(norm) for norm in jittered([0.15] * 60, 0.05)], id="a band"),
        pytest.param([0.15] * 20 + [0.4] + [0.15] * 20, id="an occasional spike"),
        pytest.param(line(0.1, 2.0, 200), id="slow growth, which is drift"),
        pytest.param([0.15] * 20 + [0.0] * 40 + [0.12] * 5, id="a run without gradient that wakes up"),
        pytest.param([0.0] * 40, id="no gradient at all"),
    ],
)
def test_a_stable_run_has_none(norms: list[float]) -> None:
    assert not DETECTOR.detect(steps(gradient_norm=norms)).alarm


@pytest.mark.parametrize("place", [5, 20, 59])
def test_an_extreme_gradient_is_one_and_is_dated(place: int) -> None:
    norms = [0.15] * 60
    norms[place] = 3.0

    finding = DETECTOR.detect(steps(gradient_norm=norms))

    assert (finding.alarm, finding.step) == (True, place + 1)
    assert finding.evidence == "gradient norm 3 after a usual 0.15"
