import pytest

from benchmarks.learning_rate import RATES, Curve


@pytest.fixture
def curve() -> Curve:
    return Curve("m", (1e-4, 1e-3, 1e-2, 1e-1), ((0.5, 0.5), (0.8, 0.9), (0.9, 0.9), (0.0, 0.1)))


def test_the_best_rate_is_that_of_the_highest_mean(curve: Curve) -> None:
    assert (curve.best, curve.top) == (1e-2, 0.9)


def test_good_rates_have_nine_tenths_of_the_best_gain(curve: Curve) -> None:
    assert curve.good(base=0.4) == (1e-3, 1e-2)
    assert curve.good(base=0.5) == (1e-2, 1e-2)


def test_the_sweep_is_seven_orders_of_magnitude_wide() -> None:
    assert max(RATES) / min(RATES) == pytest.approx(1e7)
