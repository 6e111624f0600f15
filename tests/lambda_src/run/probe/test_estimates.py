import math
import random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.run.probe.estimates import Interval, interval, mean_pass_at, pass_at, repeated

rates = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@settings(deadline=None)
@given(values=rates)
def test_the_interval_holds_the_mean_inside_0_and_1(values: list[float]) -> None:
    found = interval(values, resamples=40)

    assert -1e-12 <= found.low <= found.mean <= found.high <= 1 + 1e-12
    assert math.isclose(found.mean, fmean(values), abs_tol=1e-12)


@settings(deadline=None)
@given(values=rates, seed=st.integers(0, 9))
def test_prompts_in_another_order_have_the_same_interval(values: list[float], seed: int) -> None:
    other = random.Random(seed).sample(values, len(values))  # noqa: S311 - not for security

    assert interval(other, resamples=40) == interval(values, resamples=40)


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution_where_there_are_many_prompts() -> None:
    values = [0.0] * 100 + [1.0] * 100

    found = interval(values)

    deviation = 1.96 * 0.5 / math.sqrt(200)
    assert found.low == pytest.approx(0.5 - deviation, abs=0.01)
    assert found.high == pytest.approx(0.5 + deviation, abs=0.01)


def test_the_interval_holds_the_truth_about_19_times_of_20() -> None:
    rng = random.Random(1)  # noqa: S311 - not for security
    trials = [[fmean(rng.random() < rate for _ in range(8)) for rate in _rates(rng, 64)] for _ in range(120)]

    held = fmean(found.low <= 0.4 <= found.high for found in (interval(each, resamples=200) for each in trials))

    assert held >= 0.9


def _rates(rng: random.Random, count: int) -> list[float]:
    return [rng.betavariate(0.8, 1.2) for _ in range(count)]  # mean 0.4, as wide as those of real models


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        pytest.param([0.0] * 64, 0.0, 0.0457, id="never"),
        pytest.param([1.0] * 64, 0.9543, 1.0, id="always"),
        pytest.param([0.1] * 64, 0.0954, 0.1412, id="the same everywhere"),
        pytest.param([0.0], 0.0, 0.95, id="one prompt says little"),
    ],
)
def test_prompts_that_are_all_alike_do_not_prove_that_all_others_are(
    values: list[float], low: float, high: float
) -> None:
    found = interval(values)

    assert (found.mean, round(found.low, 4), round(found.high, 4)) == (values[0], low, high)


def test_there_is_no_interval_without_prompts() -> None:
    assert interval([]) == Interval(0.0, 0.0, 0.0)


def test_a_limit_is_open_only_inside_the_interval() -> None:
    found = Interval(0.5, 0.4, 0.6)

    assert [found.holds(limit) for limit in (0.3, 0.4, 0.5, 0.6)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("k", "samples", "passed", "expected"),
    [
        (1, 8, 0, 0.0),
        (1, 8, 2, 0.25),
        (2, 4, 1, 0.5),  # 3 of the 6 pairs hold the one that passes
        (2, 4, 2, 5 / 6),
        (8, 8, 1, 1.0),
        (8, 8, 0, 0.0),
        (8, 7, 7, None),
    ],
)
def test_pass_at_k_by_hand(k: int, samples: int, passed: int, expected: float | None) -> None:
    assert pass_at(k, samples, passed) == (None if expected is None else pytest.approx(expected))


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))))
def test_pass_at_k_grows_with_k_and_is_unbiased(drawn: tuple[int, int, int]) -> None:
    samples, passed, k = drawn

    found = pass_at(k, samples, passed)

    fails = math.prod((samples - passed - i) / (samples - i) for i in range(k))
    assert found == pytest.approx(1 - max(fails, 0.0))
    assert found is not None
    assert k == 1 or found >= (pass_at(k - 1, samples, passed) or 0.0)


def test_the_mean_pass_rate_leaves_out_prompts_with_too_few_samples() -> None:
    assert mean_pass_at(2, [(4, 1), (1, 1)]) == pytest.approx(0.5)
    assert mean_pass_at(2, [(1, 1)]) is None


@pytest.mark.parametrize(
    ("successes", "expected"),
    [
        pytest.param([8, 8, 8], 1.0, id="always"),
        pytest.param([0, 0, 0], 0.0, id="never"),
        pytest.param([0, 0, 8, 8], 1.0, id="either always or never"),
        pytest.param([4] * 9, 0.5**8, id="one rate, and it is a coin's"),
    ],
)
def test_whether_success_repeats_by_hand(successes: list[int], expected: float) -> None:
    assert repeated(successes, 8) == pytest.approx(expected)


def test_what_is_said_of_repetition_comes_true() -> None:
    rng = random.Random(7)  # noqa: S311 - not for security
    prompts = _rates(rng, 4000)
    first, again = ([sum(rng.random() < rate for _ in range(8)) for rate in prompts] for _ in range(2))

    came_true = fmean(two == 8 for one, two in zip(first, again, strict=True) if one == 8)

    assert repeated(first, 8) == pytest.approx(came_true, abs=0.06)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=40))
def test_repetition_is_a_probability(successes: list[int]) -> None:
    assert 0.0 <= repeated(successes, 8) <= 1.0
