"""Units by any of their names."""

import pytest

from lambda_src.reward.rewards._maths.units import agree


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        ("$18", "18 dollars"),
        ("18 USD", "$18"),
        (r"\$18.00", "18 dollars"),
        ("18 dollars per day", "18 dollars"),
        ("5 kilometers", "5 km"),
        ("60 miles per hour", "60 mi/h"),
        (r"25\%", "25%"),
        ("25 percent", "25%"),
        ("12 square meters", "12 m^2"),
        (r"18\text{ eggs}", "18 eggs"),
        ("1 egg", "18 eggs"),
        ("18", "18"),
        ("18 eggs", "18"),
    ],
)
def test_the_same_unit_agrees(said: str, reference: str) -> None:
    assert agree(said, reference)


@pytest.mark.parametrize(
    ("said", "reference"),
    [("18", "18 dollars"), ("18 cents", "18 dollars"), ("5 miles", "5 km"), ("25", "25%"), ("12 m", "12 m²")],
)
def test_another_unit_or_none_does_not(said: str, reference: str) -> None:
    assert not agree(said, reference)
