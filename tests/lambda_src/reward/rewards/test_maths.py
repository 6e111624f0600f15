"""Which responses a maths rubric pays, row by row."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards import _answers, maths
from lambda_src.reward.rollout import RecordError, Rollout

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
    rollout = Rollout("r", response, "18")

    values = [f(rollout) for f in (maths.final_answer, maths.one_final_answer, maths.answer_anywhere)]

    assert all(0.0 <= value <= 1.0 for value in values)


@pytest.mark.parametrize("response", ["#### 18 " * 100_000, r"\boxed{18} " * 100_000, "answer is 18 " * 100_000])
def test_only_so_many_answers_are_read(response: str) -> None:
    assert len(_answers.answers(response)) <= 64


@_repeatable
@given(st.text(alphabet=st.sampled_from(list("#\\boxed{}0123456789.,/-+e$% \nanswer is:=(or)")), max_size=200))
def test_any_text_earns_something_from_0_to_1(response: str) -> None:
    rollout = Rollout("r", response, "18")

    values = [f(rollout) for f in (maths.final_answer, maths.one_final_answer, maths.answer_anywhere)]

    assert all(0.0 <= value <= 1.0 for value in values)


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


@pytest.mark.parametrize(
    "reference",
    [{"final_answer": "18", "solution": "9 * 2 = 18"}, {"final_answer": 18}, "9 * 2 = 18\n#### 18", "18", 18, 0],
)
def test_right_and_wrong_answers_of_a_record_are_told_apart(reference: Any) -> None:
    record = {"id": "train-1", "reference_answer": reference}
    right, wrong = maths.right_answer(record), maths.wrong_answer(record)
    expected = maths.right_answer({"reference_answer": reference}).rpartition("#### ")[2]

    assert maths.final_answer(Rollout("r", right, expected)) == 1.0
    assert maths.final_answer(Rollout("r", wrong, expected)) == 0.0
    assert maths.one_final_answer(Rollout("r", wrong, expected)) == 1.0


def test_the_right_answer_of_a_record_is_its_solution_and_its_number() -> None:
    record = {"reference_answer": {"final_answer": "18", "solution": "9 * 2 = 18"}}

    assert maths.right_answer(record) == "9 * 2 = 18\n#### 18"


@pytest.mark.parametrize("reference", ["unknown", "17 or 18", ""])
def test_a_reference_without_one_number_names_record_and_expectation(reference: str) -> None:
    with pytest.raises(RecordError, match=r"record train-1: .*expected a number"):
        maths.right_answer({"id": "train-1", "reference_answer": reference})


def test_a_rollout_without_reference_cannot_be_graded() -> None:
    with pytest.raises(RecordError, match="rollout r7: no reference answer; expected reference_answer"):
        maths.final_answer(Rollout("r7", "#### 18"))
