"""Which calculations a text is taken to write down, and what they come to."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._maths.arithmetic import Token, value
from lambda_src.reward.rewards._maths.equations import equations

_repeatable = settings(deadline=None, database=None, derandomize=True)


@pytest.mark.parametrize(
    "text",
    [
        *("9 * 2 = 18", "9 * $2 = $18", "<<9*2=18>>", "9 x 2 = 18 pages", "9x2=18", "9 \u00d7 2 = 18", "18 = 9 * 2"),
        *(r"\[ 9 \times 2 = 18 \]", r"9 \cdot 2 = \$18", "**9 * 2 = 18**", "(9 * 2 = 18)", "x = 9 * 2 = 18"),
        *("9 eggs * 2 dollars per egg = 18 dollars", "9 eggs * $2/egg = $18", "- 9 * 2 = 18", "1. 9 * 2 = 18"),
        *("9 * 2\n= 18", "9 * 2 = 18 - that is all", r"\text{She earns } 9 \times 2 = 18 \text{ dollars}", "9(2) = 18"),
    ],
)
def test_a_calculation_is_found_in_any_form(text: str) -> None:
    assert [(e.operands, e.operators, e.result, e.holds) for e in equations(text)] == [((2, 9), "*", 18, True)]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        pytest.param("16 - 3 - 4 = 9", [True], id="two operations"),
        pytest.param("16 - (3 - 4) = 17", [True], id="brackets"),
        pytest.param("2 + 3 * 4 = 14", [True], id="precedence"),
        pytest.param("2^3^2 = 512", [True], id="powers from the right"),
        pytest.param("-5 - 3 = -8", [True], id="signs"),
        pytest.param("5 * -2 = -10", [True], id="sign behind an operator"),
        pytest.param("10 / 4 = 2.5", [True], id="decimal"),
        pytest.param("10 / 3 = 3.33", [False], id="rounded"),
        pytest.param(r"\frac{1}{2} \times 10 = 5", [True], id="LaTeX fraction"),
        pytest.param("2 1/2 * 2 = 5", [True], id="mixed number"),
        pytest.param("60% of 50 = 30", [True], id="percent"),
        pytest.param("10 / 50 = 20%", [True], id="percent as the result"),
        pytest.param("1,000 + 2,500 = 3,500", [True], id="thousands"),
        pytest.param("2 * 3 + 1 = 6 + 1 = 7", [True, True], id="chain"),
        pytest.param("2 * 3 + 1 = 6 + 1 = 8", [True, False], id="chain with a slip"),
        pytest.param("16 - 3 = 13 + 4 = 17", [False, True], id="run-on"),
        pytest.param("1 / 0 = 0", [False], id="division by zero"),
        pytest.param("9 * 2 = 17 and 17 + 1 = 18", [False, True], id="two in a line"),
    ],
)
def test_each_calculation_is_recomputed_exactly(text: str, holds: list[bool]) -> None:
    assert [equation.holds for equation in equations(text)] == holds


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2x + 3 = 7",
            "y - 3 = 7",
            "x + 3 = 7",
            "2 * n = 8",
            "18 dollars = 1800 cents",
            "3 = 3",
            "18",
            "= 18",
            "9 * 2 =",
        ),
        *(
            "5 + 20% = 6",
            "3 bathrooms = 2 * 48",
            "x = 18",
            "Week 3 * eggs = 12",
            "if a == b: 1",
            "1=1=1",
            "",
            "(((=)))",
        ),
        "12345678901234567890 + 1 = 12345678901234567891",
    ],
)
def test_what_has_nothing_to_recompute_is_no_calculation(text: str) -> None:
    assert equations(text) == []


@_repeatable
@given(
    st.integers(-999, 999), st.sampled_from("+-*/"), st.integers(1, 999), st.sampled_from("+-*/"), st.integers(1, 999)
)
def test_arithmetic_is_that_of_python(a: int, first: str, b: int, second: str, c: int) -> None:
    exact = {"+": Fraction.__add__, "-": Fraction.__sub__, "*": Fraction.__mul__, "/": Fraction.__truediv__}
    left, middle, right = Fraction(a), Fraction(b), Fraction(c)
    if second in "*/" and first in "+-":
        expected = exact[first](left, exact[second](middle, right))
    else:
        expected = exact[second](exact[first](left, middle), right)

    assert value([a, first, b, second, c]) == expected


@pytest.mark.parametrize(
    "expression", [[], ["+"], [1, "+"], [1, 2], ["("], [")"], [2, "^", 13], [2, "^", Fraction(1, 2)], [1, "/", 0]]
)
def test_what_is_no_expression_has_no_value(expression: list[Token]) -> None:
    assert value(expression) is None


@_repeatable
@given(st.text(alphabet="0123456789.,+-*/^()=<>% $\\xeggs\n", max_size=120))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(equation.operators for equation in equations(text))
