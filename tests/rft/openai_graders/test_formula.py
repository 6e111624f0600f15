"""Formulas of multi graders: what a rubric can express is read, everything else is named."""

import pytest

from rft.openai_graders.definition import GraderError
from rft.openai_graders.formula import Formula, parse

NAMES = {"a", "b", "ok", "fine"}
BINARY = {"ok", "fine"}


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        pytest.param("a", Formula({("a",): 1.0}), id="one"),
        pytest.param("(a + b) / 2", Formula({("a",): 0.5, ("b",): 0.5}), id="mean"),
        pytest.param("0.5 * a + b * .25 + -0.25 * -a", Formula({("a",): 0.75, ("b",): 0.25}), id="collected"),
        pytest.param("2 * (a - b / 4) + 1", Formula({("a",): 2.0, ("b",): -0.5}, 1.0), id="difference and constant"),
        pytest.param("min(a, b)", Formula({("a", "b"): 1.0}), id="smallest"),
        pytest.param(
            "0.5 * min(a, b, ok) + ok / 2", Formula({("a", "b", "ok"): 0.5, ("ok",): 0.5}), id="smallest in a sum"
        ),
        pytest.param("ok * a", Formula({("a",): 1.0}, gates=("ok",)), id="product"),
        pytest.param(
            "(a + b) * ok * 0.5 * fine", Formula({("a",): 0.5, ("b",): 0.5}, gates=("ok", "fine")), id="gates"
        ),
        pytest.param("ok * fine", Formula({("fine",): 1.0}, gates=("ok", "fine")), id="nothing but gates"),
        pytest.param("max(0, min(a + b, 1))", Formula({("a",): 1.0, ("b",): 1.0}, is_clipped=True), id="clipped"),
        pytest.param("a - a + b", Formula({("b",): 1.0}), id="cancelled"),
    ],
)
def test_what_a_rubric_can_express_is_read(text: str, formula: Formula) -> None:
    assert parse(text, NAMES, BINARY, "$.calculate_output") == formula


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a ^ 2", "'a ^ 2' has no equivalent", id="power"),
        pytest.param("a ** 2", "'a ** 2' has no equivalent", id="Python's power"),
        pytest.param("a * b", "'a' is multiplied by b, and neither is 0 or 1", id="product of graders"),
        pytest.param("0.5 * a * b + b", "'0.5 * a * b' multiplies graders within a sum", id="product within a sum"),
        pytest.param("max(a, b)", "'max(a, b)' has no equivalent", id="largest"),
        pytest.param("sqrt(a)", "'sqrt(a)' has no equivalent", id="function"),
        pytest.param("min(a, 2 * b)", "takes the smallest of other things", id="smallest of a product"),
        pytest.param("min(a, a)", "takes the smallest of other things", id="smallest of one"),
        pytest.param("a / b", "divides by something else than a number", id="quotient"),
        pytest.param("a / 0", "divides by something else than a number", id="division by 0"),
        pytest.param("ok * (a + 0.1)", "pays a constant besides its graders", id="constant behind a gate"),
        pytest.param("0.5", "depends on no grader", id="constant"),
        pytest.param("a - a", "depends on no grader", id="nothing left"),
        pytest.param("a + c", "'c' in 'c' is no grader; expected a, b, fine, ok", id="unknown name"),
        pytest.param("'a' + b", "is no number", id="text"),
        pytest.param("True + b", "is no number", id="truth value"),
        pytest.param("a if ok else b", "has no equivalent", id="condition"),
        pytest.param("__import__('os').system('true')", "has no equivalent", id="call"),
        pytest.param("a := 1", "is no formula", id="assignment"),
        pytest.param("a +", "is no formula", id="half a formula"),
        pytest.param("0.5 * a + 0.5 * b)", "is no formula", id="as the reference's own example has it"),
        pytest.param("-" * 5_000 + "a", "is no formula", id="deep"),
        pytest.param("(" * 5_000 + "a" + ")" * 5_000, "is no formula", id="brackets"),
        pytest.param("", "is no formula", id="empty"),
    ],
)
def test_what_it_cannot_is_named(text: str, message: str) -> None:
    with pytest.raises(GraderError) as error:
        parse(text, NAMES, BINARY, "$.calculate_output")

    assert str(error.value).startswith("$.calculate_output: ")
    assert message in str(error.value)
