import pytest

from lambda_src.run.detectors.gradient_drift import DETECTOR
from tests.lambda_src.run.detectors.curves import jittered, line, steps


@pytest.mark.parametrize(
    "norms",
    [
        pytest.param([abs(norm) for norm in jittered([0.15] * 60, 0.05)], id="a band"),
        pytest.param([0.15] * 20 + [5.0, 5.0] + [0.15] * 20, id="a spike"),
        pytest.param(line(0.3, 0.05, 60), id="gradients that fade"),
        pytest.param(line(0.15, 0.25, 60), id="a little growth"),
    ],
)
def test_a_stable_run_does_not_drift(norms: list[float]) -> None:
    assert not DETECTOR.detect(steps(gradient_norm=norms)).alarm


@pytest.mark.parametrize("count", [20, 60, 200])
def test_sustained_growth_is_drift(count: int) -> None:
    finding = DETECTOR.detect(steps(gradient_norm=line(0.1, 1.0, count)))

    assert finding.alarm
    assert finding.evidence.startswith("gradient norm went from 0.1")


@pytest.mark.parametrize("norms", [[0.1] * 4, [0.0] * 20])
def test_too_few_values_are_no_judgement(norms: list[float]) -> None:
    assert DETECTOR.detect(steps(gradient_norm=norms)).value is None
