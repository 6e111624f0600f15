import math
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.scaling import clipped, scaled, standardised

_repeatable = settings(deadline=None, database=None, derandomize=True)
_values = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50)


@_repeatable
@given(st.floats(-10, 10), st.floats(-5, 0), st.floats(0.1, 5))
def test_scaled_values_lie_in_0_to_1_and_keep_their_order(value: float, low: float, high: float) -> None:
    assert 0.0 <= scaled(value, low, high) <= scaled(value + 1, low, high) <= 1.0


@pytest.mark.parametrize(("value", "expected"), [(-1, 0.0), (0.25, 0.25), (7, 1.0)])
def test_clipped_holds_the_bounds(value: float, expected: float) -> None:
    assert clipped(value) == expected


@_repeatable
@given(_values)
def test_standardised_values_have_mean_0_and_deviation_1(values: list[float]) -> None:
    found = standardised(values, clip=math.inf)

    if any(found):
        assert fmean(found) == pytest.approx(0, abs=1e-6)
        assert pstdev(found) == pytest.approx(1, abs=1e-6)


def test_an_outlier_is_clipped() -> None:
    assert standardised([0.0] * 99 + [1e6], clip=3.0)[-1] == 3.0


@pytest.mark.parametrize("values", [[], [0.7], [0.7] * 8])
def test_values_without_spread_are_zeros(values: list[float]) -> None:
    assert standardised(values) == [0.0] * len(values)
