"""What temperature and nucleus do to a distribution, and how it is drawn from."""

import numpy as np
import pytest

from rehearsal.sampling import distribution, draw

SHARES = [0.5, 0.25, 0.15, 0.1]


def shares(temperature: float, top_p: float = 1.0, given: list[float] = SHARES) -> list[float]:
    found: list[float] = distribution(np.log([given]), np.array([temperature]), np.array([top_p]))[0].round(6).tolist()
    return found


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        pytest.param(1.0, SHARES, id="as they are"),
        pytest.param(0.5, [0.724638, 0.181159, 0.065217, 0.028986], id="squares of the shares"),
        pytest.param(0.0, [1, 0, 0, 0], id="the likeliest"),
        pytest.param(1e-12, [1, 0, 0, 0], id="hardly more than none"),
    ],
)
def test_temperature_divides_the_logits(temperature: float, expected: list[float]) -> None:
    assert shares(temperature) == expected


def test_of_equally_likely_ones_temperature_0_takes_the_first() -> None:
    assert shares(0.0, given=[0.2, 0.4, 0.4]) == [0, 1, 0]


@pytest.mark.parametrize(
    ("top_p", "expected"),
    [
        pytest.param(0.0, [1, 0, 0, 0], id="at least one"),
        pytest.param(0.5, [1, 0, 0, 0], id="the first is enough"),
        pytest.param(0.51, [0.666667, 0.333333, 0, 0], id="one more is needed"),
        pytest.param(0.95, SHARES, id="all are needed"),
    ],
)
def test_the_nucleus_is_the_likeliest_that_make_up_its_share(top_p: float, expected: list[float]) -> None:
    assert shares(1.0, top_p) == expected


def test_the_nucleus_does_not_depend_on_the_order_of_the_choices() -> None:
    assert shares(1.0, 0.7, given=[0.1, 0.5, 0.15, 0.25]) == [0, 0.666667, 0, 0.333333]


def test_every_row_has_its_own_settings() -> None:
    rows = distribution(np.log([SHARES] * 3), np.array([0.0, 1.0, 1.0]), np.array([1.0, 0.5, 1.0]))

    assert (rows > 0).sum(1).tolist() == [1, 1, 4]


def test_choices_are_drawn_as_often_as_they_are_likely() -> None:
    numbers = (np.arange(1000) + 0.5) / 1000

    drawn = draw(np.tile([0.5, 0.0, 0.3, 0.2], (1000, 1)), numbers)

    assert np.bincount(drawn).tolist() == [500, 0, 300, 200]


@pytest.mark.parametrize("number", [0.0, np.nextafter(1.0, 0.0)])
def test_what_has_no_probability_is_never_drawn(number: float) -> None:
    assert draw(np.array([[0.0, 1.0, 0.0]]), np.array([number])).tolist() == [1]
