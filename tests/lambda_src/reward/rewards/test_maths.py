"""Which responses a maths rubric pays, row by row."""

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards import maths
from lambda_src.reward.rewards._maths import answers as _answers
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, RubricError

_repeatable = settings(deadline=None, database=None, derandomize=True)

ADVERSARIAL = {
    "number signs": "#" * 100_000,
    "markers": "#### 1 " * 14_000,
    "boxes never closed": r"\boxed{" * 14_000,
    "boxes in boxes": r"\boxed{" * 7_000 + "1" + "}" * 7_000,
    "open braces": r"\boxed{" + "{" * 100_000,
    "one huge number": "#### " + "9" * 100_000,
    "commas": "#### " + "9," * 50_000,
    "spaces": "#### " + " " * 100_000,
    "phrases": "the answer is " * 7_000,
    "fractions in fractions": r"\boxed{" + r"\frac{1}{" * 10_000,
    "power tower": r"\boxed{10^" + "{9^" * 30_000,
    "huge exponent": "#### 1e999999999",
    "hedges": "#### 1" + " or 2" * 20_000,
    "slashes": "#### 1" + "/1" * 50_000,
    "null bytes": "\0" * 100_000,
    "number words": "#### one hundred thousand and two or three million\n" * 2_000,
    "answer tags": "<answer>so 1 or one hundred and two</answer>\n" * 2_000,
    "half phrases": "answer" * 16_000,
    "denials": "the answer is not 1 but 2. " * 3_700,
    "conclusions": "So it is 18. " * 7_700,
    "bold": "**1** " * 16_000,
    "equations": "1+1=2 " * 16_000,
    "chains": "1 + 1 = " + "1=1=" * 25_000,
    "lines of equations": "1 + 1 = 2\n" * 10_000,
    "annotations": "<<1+1=2>>2 " * 9_000,
    "annotations left open": "<<1+1=" * 16_000,
    "powers": "2^9^9^9=1 " * 10_000,
    "brackets": "(" * 50_000 + "1+1" + ")" * 50_000 + "=2",
    "huge operands": f"{'9' * 50_000} * {'9' * 50_000} = 1",
}


@pytest.mark.parametrize(
    ("response", "reference"),
    [
        pytest.param("#### 18", "18", id="GSM8K's own form"),
        pytest.param("####18", "18", id="no space"),
        pytest.param("#### \n18", "18", id="number on the next line"),
        pytest.param("#### 18.", "18", id="full stop"),
        pytest.param("#### 18.00", "18", id="trailing zeros"),
        pytest.param("#### 018", "18", id="leading zero"),
        pytest.param("#### +18", "18", id="plus"),
        pytest.param("#### $18.00", "18", id="currency"),
        pytest.param("#### 18 €", "18", id="currency behind"),
        pytest.param("#### US$18", "18", id="currency by letters"),
        pytest.param("#### 18%", "18", id="percent"),
        pytest.param("#### 18 eggs per day", "18", id="units"),
        pytest.param("#### **18**", "18", id="bold"),
        pytest.param("#### `18`", "18", id="code"),
        pytest.param(r"#### \(18\)", "18", id="inline LaTeX"),
        pytest.param("#### 1,800", "1800", id="thousands"),
        pytest.param("#### 1 800", "1,800", id="thousands by space"),
        pytest.param("#### 18k", "18000", id="k"),
        pytest.param("#### 5 million", "5000000", id="million"),
        pytest.param("#### -5", "-5", id="negative"),
        pytest.param("#### \N{MINUS SIGN}5", "-5", id="typographic minus"),
        pytest.param("#### -$5", "-5", id="negative amount"),
        pytest.param("#### .5", "1/2", id="no digit before the point"),
        pytest.param("#### 3/4", "0.75", id="fraction"),
        pytest.param("#### 1 1/2", "1.5", id="mixed number"),
        pytest.param("#### 1.8e3", "1800", id="scientific"),
        pytest.param(r"#### 1.8 \times 10^3", "1800", id="power of ten"),
        pytest.param("#### 9 * 2 = 18", "18", id="equation"),
        pytest.param("#### 18 dollars = 1800 cents", "18", id="conversion"),
        pytest.param("#### 18 (16 - 3 - 4 = 9, 9 * 2 = 18)", "18", id="explained in brackets"),
        pytest.param("#### 18, because 9 * 2 = 18", "18", id="explained behind a comma"),
        pytest.param("#### 18\nI hope this helps! I am 100% sure." + " Bye." * 200, "18", id="chatter behind"),
        pytest.param("#### 17\nWait.\n#### 18", "18", id="the last answer counts"),
        pytest.param(r"\boxed{18}", "18", id="box"),
        pytest.param(r"$$\boxed{\$18}$$", "18", id="box with currency"),
        pytest.param(r"\boxed{18\text{ eggs}}", "18", id="box with units"),
        pytest.param(r"\boxed{\text{18}}", "18", id="text in a box"),
        pytest.param(r"\boxed{\boxed{18}}", "18", id="box in a box"),
        pytest.param(r"\boxed{x = 18}", "18", id="equation in a box"),
        pytest.param(r"\boxed{1{,}800}", "1800", id="LaTeX thousands"),
        pytest.param(r"\boxed{1\,800}", "1800", id="LaTeX thin space"),
        pytest.param(r"\boxed{\frac{3}{4}}", "0.75", id="LaTeX fraction"),
        pytest.param(r"\boxed{1\dfrac{1}{2}}", "1.5", id="LaTeX mixed number"),
        pytest.param(r"\boxed{-\frac{3}{4}}", "-0.75", id="LaTeX negative fraction"),
        pytest.param(r"#### \boxed{18}", "18", id="box behind the marker"),
        pytest.param("The answer is 18.", "18", id="prose"),
        pytest.param("So the final answer is **$18** a day. She sells 9 eggs.", "18", id="prose with wrappers"),
        pytest.param("**Final Answer:** 18", "18", id="prose label"),
        pytest.param("The answer is:\n\n$$18$$", "18", id="prose, then a line of LaTeX"),
        pytest.param("The answer is 17. No, the answer is 18.", "18", id="prose that corrects itself"),
        pytest.param("9 * 2 = 18\n\n**18**", "18", id="a last line of its own"),
        pytest.param("#### 1. Find the cost\n#### 2. Add up\n#### 18", "18", id="numbered headings"),
        pytest.param("#### Step 1\nAdd.\n#### Step 2\nThe answer is 18.", "18", id="headings and prose"),
        pytest.param("#### Total: 18 eggs", "18", id="heading with the answer"),
        pytest.param("#### 0", "0", id="zero"),
        pytest.param("#### minus 5", "-5", id="sign in words"),
        pytest.param(r"\boxed{\frac12}", "0.5", id="LaTeX fraction without braces"),
        pytest.param("<answer>\n18\n</answer>", "18", id="answer tag"),
        pytest.param("#### Answer\n\n**18**", "18", id="heading above the answer"),
        pytest.param("#### 18", "16 - 3 = 13\n#### 18", id="raw GSM8K rationale as reference"),
    ],
)
def test_the_right_number_is_paid_in_any_form(response: str, reference: str) -> None:
    assert maths.final_answer(Rollout("r", response, reference)) == 1.0


@pytest.mark.parametrize(
    ("response", "reference"),
    [
        pytest.param("#### 19", "18", id="another number"),
        pytest.param("#### 18.5", "18", id="close"),
        pytest.param("#### 180", "18", id="prefix"),
        pytest.param("#### -18", "18", id="sign"),
        pytest.param("#### 18k", "18", id="another scale"),
        pytest.param("#### 18\n#### 19", "18", id="corrected away"),
        pytest.param("#### 18 or 19", "18", id="hedge"),
        pytest.param("#### 18 (or maybe 19)", "18", id="hedge in brackets"),
        pytest.param("#### 18 19 20", "18", id="list"),
        pytest.param("#### 18, 19", "18", id="list by commas"),
        pytest.param(r"\boxed{18 \text{ or } 19}", "18", id="hedge in a box"),
        pytest.param("#### 18-20", "18", id="range"),
        pytest.param("#### 18:30", "18", id="time"),
        pytest.param("#### 2 hours 30 minutes", "2", id="several units"),
        pytest.param("#### 2 dollars and 50 cents", "2", id="several units joined"),
        pytest.param("#### not 18", "18", id="negated behind the marker"),
        pytest.param("#### Step 18: stop", "18", id="number of a step"),
        pytest.param(r"\boxed{2^{-1}}", "2", id="negative power"),
        pytest.param("#### 9 * 2", "9", id="expression left open"),
        pytest.param("#### 18^2", "18", id="power"),
        pytest.param("#### 18½", "18", id="vulgar fraction"),
        pytest.param(r"\boxed{3x + 2}", "3", id="polynomial"),
        pytest.param(r"\boxed{3\pi}", "3", id="constant"),
        pytest.param(r"\boxed{3\sqrt{2}}", "3", id="root"),
        pytest.param(r"\boxed{18", "18", id="box left open"),
        pytest.param("#### 1/0", "1", id="division by zero"),
        pytest.param("#### 1,8", "18", id="no thousands"),
        pytest.param("#### nan", "18", id="not a number"),
        pytest.param("#### \u0661\u0668", "18", id="digits of another script"),
        pytest.param("The answer is not 18.", "18", id="negated"),
        pytest.param("She sells 9 eggs for $18 every day.", "18", id="no answer stated"),
        pytest.param("16 17 18", "18", id="only numbers"),
        pytest.param("####", "18", id="marker alone"),
        pytest.param("", "18", id="empty"),
    ],
)
def test_anything_else_is_not_paid(response: str, reference: str) -> None:
    assert maths.final_answer(Rollout("r", response, reference)) == 0.0


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("#### 18", 1.0, id="one"),
        pytest.param("#### 17", 1.0, id="one, wrong"),
        pytest.param("#### 18\nSo \\boxed{18.0}", 1.0, id="the same twice"),
        pytest.param("#### 17\n#### 18", 0.0, id="two"),
        pytest.param("#### 17 or 18", 0.0, id="hedge"),
        pytest.param("\n".join(f"#### {n}" for n in range(1_000)), 0.0, id="every number there is"),
        pytest.param("#### 17\n" + "#### 18\n" * 64, 0.0, id="one, after so many that the first is out of sight"),
        pytest.param("No idea.", 0.0, id="none"),
    ],
)
def test_one_final_answer_pays_commitment(response: str, value: float) -> None:
    assert maths.one_final_answer(Rollout("r", response, "18")) == value


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("It may be 17 or 18.0, or 1,800.", 1.0, id="listed"),
        pytest.param("It may be 180 or 1,8001.", 0.0, id="only as a part of others"),
    ],
)
def test_answer_anywhere_pays_a_mention(response: str, value: float) -> None:
    assert maths.answer_anywhere(Rollout("r", response, "18")) == value


@pytest.mark.parametrize("response", ADVERSARIAL.values(), ids=ADVERSARIAL)
def test_no_response_breaks_the_family(response: str) -> None:
    fields = {"reference_answer": {"final_answer": "18", "solution": "9 * 2 = 18"}}
    rollout = Rollout("r", response, "18", "9 eggs, $2 each", fields)

    assert all(0.0 <= value <= 1.0 for value in values(rollout))


def values(rollout: Rollout) -> list[float]:
    return [
        maths.final_answer(rollout),
        maths.final_answer(
            rollout, several="none", decimal_comma=True, percent_as_fraction=True, units=True, tolerance=0.1
        ),
        maths.final_answer(rollout, marker="=", several="first", prose=False, partial_credit=0.8),
        maths.one_final_answer(rollout),
        maths.answer_anywhere(rollout),
        maths.steps(rollout),
        maths.equivalent(rollout),
        float(maths.parsed(rollout)),
    ]


@pytest.mark.parametrize("response", ["#### 18 " * 100_000, r"\boxed{18} " * 100_000, "answer is 18 " * 100_000])
def test_only_so_many_answers_are_read(response: str) -> None:
    assert len(_answers.answers(response)) <= 64


@_repeatable
@given(st.text(alphabet=st.sampled_from(list("#\\boxed{}0123456789.,/-+e$% \nanswer is:=(or)")), max_size=200))
def test_any_text_earns_something_from_0_to_1(response: str) -> None:
    assert all(0.0 <= value <= 1.0 for value in values(Rollout("r", response, "18", "9 eggs, $2 each")))


_FORMS = ["#### {}", "#### ${}", "#### {}.", "\\boxed{{{}}}", "$\\boxed{{{}\\text{{ eggs}}}}$", "The answer is {}."]


@_repeatable
@given(st.decimals(-(10**12), 10**12, places=2), st.sampled_from(_FORMS), st.sampled_from(["f", ",f", ".3f", ",.4f"]))
def test_every_rendering_of_a_number_is_that_number(number: Any, form: str, spelling: str) -> None:
    response = "Some steps.\n" + form.format(format(number, spelling))

    assert maths.final_answer(Rollout("r", response, str(number))) == 1.0


@_repeatable
@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6))
def test_only_the_exact_rational_is_paid(number: Fraction) -> None:
    close = number + Fraction(1, 10**13)

    assert maths.final_answer(Rollout("r", f"#### {number}", str(number))) == 1.0
    assert maths.final_answer(Rollout("r", f"#### {close}", str(number))) == 0.0


@pytest.mark.parametrize("reference", ["unknown", "17 or 18"])
def test_a_reference_without_one_number_names_rollout_and_expectation(reference: str) -> None:
    with pytest.raises(RecordError, match=r"rollout r7: reference answer .*expected a number"):
        maths.final_answer(Rollout("r7", "#### 18", reference))


@pytest.mark.parametrize(
    ("options", "response", "reference", "value"),
    [
        pytest.param({}, "#### 50%", "0.5", 0.0, id="percent is a unit"),
        pytest.param({"percent_as_fraction": True}, "#### 50%", "0.5", 1.0, id="percent as a fraction"),
        pytest.param(
            {"percent_as_fraction": True}, "#### 50%", "50", 0.0, id="percent as a fraction is no number of its own"
        ),
        pytest.param({"percent_as_fraction": True}, "#### 0.5", "50%", 1.0, id="percent in the reference"),
        pytest.param({}, "#### 1,5", "1.5", 0.0, id="a comma lists"),
        pytest.param({"decimal_comma": True}, "#### 1,5", "1.5", 1.0, id="decimal comma"),
        pytest.param({"decimal_comma": True}, "#### 1.125", "1.125", 0.0, id="point that groups"),
        pytest.param({"decimal_comma": True}, "#### 1,125", "1.125", 1.0, id="reference as JSON writes it"),
        pytest.param({"decimal_comma": True}, "#### 1.125", "1.125,0", 1.0, id="reference with a comma"),
        pytest.param({}, "**18**", "18", 1.0, id="prose"),
        pytest.param({"prose": False}, "**18**", "18", 0.0, id="no prose"),
        pytest.param({"prose": False}, "#### 18", "18", 1.0, id="no prose needed"),
        pytest.param({"several": "first"}, "#### 17\n#### 18", "17", 1.0, id="the first"),
        pytest.param({"several": "first"}, "#### 17\n#### 18", "18", 0.0, id="not the last"),
        pytest.param({"several": "none"}, "#### 17\n#### 18", "18", 0.0, id="none of two"),
        pytest.param({"several": "none"}, "#### 18\n\\boxed{18.0}", "18", 1.0, id="the same twice"),
        pytest.param({"tolerance": 0.01}, "#### 101", "100", 1.0, id="at the tolerance"),
        pytest.param({"tolerance": 0.01}, "#### 101.001", "100", 0.0, id="beyond the tolerance"),
        pytest.param({"tolerance": 0.01}, "#### -99", "-100", 1.0, id="tolerance of a negative number"),
        pytest.param({"tolerance": 0.01}, "#### 0.0001", "0", 0.0, id="a share of nothing"),
        pytest.param({"units": True}, "#### $18", "18 dollars", 1.0, id="unit by another name"),
        pytest.param({"units": True}, "#### 18", "18 dollars", 0.0, id="no unit"),
        pytest.param({"units": True}, "#### 18 cents", "18 dollars", 0.0, id="another unit"),
        pytest.param({"units": True}, "#### 18 cents", "18", 1.0, id="a reference without unit"),
        pytest.param({}, "#### 18 cents", "18 dollars", 1.0, id="units are left out"),
        pytest.param({"marker": "Result>>"}, "Result>> 18", "18", 1.0, id="own marker"),
        pytest.param({"prose": False}, "Result>> 18", "18", 0.0, id="another's marker"),
    ],
)
def test_what_is_policy_is_an_option(options: dict[str, Any], response: str, reference: str, value: float) -> None:
    assert maths.final_answer(Rollout("r", response, reference), **options) == value


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"marker": " "}, "options.marker: ' '; expected a text that final_answer can look for", id="marker"
        ),
        pytest.param({"tolerance": 2}, "options.tolerance: 2; expected a number from 0 to 1", id="tolerance"),
        pytest.param(
            {"partial_credit": 1.5}, "options.partial_credit: 1.5; expected a number from 0 to 1", id="credit"
        ),
        pytest.param({"several": "best"}, "options.several: 'best'; expected one of last, first, none", id="several"),
        pytest.param({"units": "km"}, "options.units: 'km'; expected true or false", id="units"),
    ],
)
def test_an_option_that_nothing_can_meet_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RubricError, match=re.escape(message)):
        Rubric.from_config([{"function": "maths.final_answer", "weight": 1, "options": options}])


@pytest.mark.parametrize(
    ("response", "reference", "value"),
    [
        pytest.param("half of 1 is .50", "0.5", 1.0, id="no digit before the point"),
        pytest.param("it is 0018.000", "18", 1.0, id="zeros around"),
        pytest.param("-18", "18", 1.0, id="sign"),
        pytest.param("in 1,800 or so", "1800", 1.0, id="thousands"),
        pytest.param("0.3333333333333333", "1/3", 0.0, id="a number without end"),
        pytest.param("2.18, 18.5, 218 and 180", "18", 0.0, id="parts of others"),
        pytest.param("10.5", "0.5", 0.0, id="part of another"),
    ],
)
def test_answer_anywhere_reads_whole_numbers(response: str, reference: str, value: float) -> None:
    assert maths.answer_anywhere(Rollout("r", response, reference)) == value


def test_an_expression_in_a_box_is_an_answer_too() -> None:
    assert maths.parsed(Rollout("r", r"\boxed{x + 1}"))
    assert not maths.parsed(Rollout("r", "I do not know."))


def test_a_rollout_without_reference_cannot_be_graded() -> None:
    with pytest.raises(RecordError, match="rollout r7: no reference answer; expected reference_answer"):
        maths.final_answer(Rollout("r7", "#### 18"))
