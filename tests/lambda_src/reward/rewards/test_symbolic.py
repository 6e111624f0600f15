"""Expressions that are the same, that are not, and that nobody should try to compare."""

import subprocess
import sys

import pytest

from lambda_src.reward.rewards import maths
from lambda_src.reward.rewards._maths import symbolic as _symbolic
from lambda_src.reward.rollout import Rollout


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        pytest.param(r"\sqrt{\frac{3}{4}}", r"\frac{\sqrt{3}}{2}", id="roots"),
        pytest.param("√3/2", r"\frac{\sqrt{3}}{2}", id="typed root"),
        pytest.param("sqrt(3)/2", r"\frac{\sqrt{3}}{2}", id="root by name"),
        pytest.param("(x-1)(x+1)", "x^2 - 1", id="polynomial"),
        pytest.param(r"\frac{x}{7} + \frac{2}{7}", r"\frac{x+2}{7}", id="sum of fractions"),
        pytest.param("2*pi", r"2\pi", id="constant"),
        pytest.param(r"\left(3, \frac{\pi}{2}\right)", r"(3,\pi/2)", id="pair"),
        pytest.param(r"\{3, 2, 1\}", r"\{1,2,3\}", id="set"),
        pytest.param(r"(-\infty, 3]", r"\left(-\infty,3\right]", id="interval"),
        pytest.param("5 > x", "x < 5", id="inequality"),
        pytest.param("y = 1 + 2x", "y = 2x + 1", id="equation"),
        pytest.param("x = 3", "3", id="solution of an equation"),
        pytest.param("2i + 3", "3 + 2i", id="complex number"),
        pytest.param(r"\log_2 8", "3", id="logarithm"),
        pytest.param(r"\text{Tuesday}", "Tuesday", id="word"),
        pytest.param(r"\dfrac12", "0.5", id="number"),
        pytest.param("1{,}800", "1800", id="thousands"),
    ],
)
def test_equal_expressions_are_paid(said: str, reference: str) -> None:
    assert maths.equivalent(Rollout("r", rf"So it is $\boxed{{{said}}}$.", reference)) == 1.0


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        pytest.param("2x + 1", "2x - 1", id="sign"),
        pytest.param("(x+1)^2", "x^2 + 1", id="polynomial"),
        pytest.param("(2, 1)", "(1, 2)", id="order of a pair"),
        pytest.param("[1, 2)", "[1, 2]", id="end of an interval"),
        pytest.param(r"\pm 3", "3", id="two solutions for one"),
        pytest.param("x = 2 or x = 3", "x = 2", id="hedge"),
        pytest.param("0.3333", r"\frac{1}{3}", id="rounded"),
        pytest.param("3.14159265", r"\pi", id="rounded constant"),
        pytest.param("x = x", "y = 2x + 1", id="identity"),
        pytest.param(r"\mathbb{R}", "[1, 2]", id="everything"),
        pytest.param(r"\text{any}", "x", id="words"),
        pytest.param("1 2", "12", id="digits apart"),
        pytest.param("x" * 301, "x", id="long"),
    ],
)
def test_others_are_not(said: str, reference: str) -> None:
    assert maths.equivalent(Rollout("r", rf"So it is $\boxed{{{said}}}$.", reference)) == 0.0


@pytest.mark.parametrize(
    "bomb",
    [
        *(
            "9^{9^{9^{9}}}",
            "9^9^9",
            "10^{999999999}",
            "100!",
            r"\sum_{i=1}^{10^9} i",
            r"\prod_{k=1}^{99} k",
            r"\int x dx",
        ),
        *("(a+b+c+d+e+f)^{99}", "(x+1)^{9}(y+1)^{9}", "9" * 40, r"\binom{99}{49}", r"\frac{1}{" * 20 + "x" + "}" * 20),
        *("|x|+" * 40 + "1", "2**3**4", "x^{" * 30 + "2" + "}" * 30, r"\lim_{x \to 0} x", r"\input{/etc/passwd}"),
    ],
)
def test_bombs_are_refused_before_anything_is_parsed(bomb: str) -> None:
    assert not _symbolic.is_tame(bomb)
    assert not _symbolic.equal(bomb, "x + 1")


@pytest.mark.parametrize(
    ("several", "value"), [pytest.param("last", 1.0), pytest.param("first", 0.0), pytest.param("none", 0.0)]
)
def test_one_of_several_boxes_counts(several: str, value: float) -> None:
    response = Rollout("r", r"\boxed{x + 2}, no: \boxed{x + 1}", "1 + x")

    assert maths.equivalent(response, several=several) == value  # type: ignore[arg-type]  # one of the three


@pytest.mark.parametrize("response", ["", "It is x + 1.", r"\boxed{x + 1", r"\boxed{}"])
def test_without_a_marked_expression_nothing_is_paid(response: str) -> None:
    assert maths.equivalent(Rollout("r", response, "x + 1")) == 0.0


def test_the_reference_may_be_a_worked_solution() -> None:
    assert maths.equivalent(Rollout("r", "Result>> 1+x", r"Add 1. \boxed{x+1}"), marker="Result>>") == 1.0


@pytest.mark.parametrize("function", ["final_answer", "one_final_answer", "steps", "answer_anywhere", "equivalent"])
def test_no_number_needs_the_library(function: str) -> None:
    code = (
        "import sys\n"
        "from lambda_src.reward.rewards import maths\n"
        "from lambda_src.reward.rollout import Rollout\n"
        f"maths.{function}(Rollout('r', '9 * 2 = 18\\n#### 18', '18', '9 and 2'))\n"
        "sys.exit('sympy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
