"""Responses to maths records are worth what they say they are worth."""

from collections.abc import Mapping
from typing import Any

import pytest

from lambda_src.reward.rollout import RecordError
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import Candidate, Worth, maths, strategies

NUMBERS = Rubric.from_config(
    [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
)
EXPRESSIONS = Rubric.from_config([{"function": "maths.equivalent", "weight": 1}])
PROMPT = "A hen lays 16 eggs, 7 of which are eaten. The rest is sold for $2 each. How much is that?"
OTHER = {"id": "train-2", "messages": [{"role": "user", "content": "1 + 98?"}], "reference_answer": "99"}

REFERENCES = {
    "answer and solution": {"final_answer": "18", "solution": "16 - 7 = 9\n9 * 2 = 18"},
    "rationale": "16 - 7 = 9\n9 * 2 = 18\n#### 18",
    "number": 18,
    "zero": 0,
    "two digits": "10",
    "thousands": "1,450",
    "millions": "1450000",
    "negative": "-7",
    "decimal": "2.5",
    "fraction": "3/4",
    "percent": "25%",
    "unit": "18 dollars",
    "currency": "$18",
}


def record(reference: Any) -> dict[str, Any]:
    return {"id": "train-1", "messages": [{"role": "user", "content": PROMPT}], "reference_answer": reference}


def rewards(rubric: Rubric, of: Mapping[str, Any]) -> list[tuple[Candidate, float]]:
    written = list(maths.write(of, OTHER))
    items = [
        {**of, "messages": [*of["messages"], {"role": "assistant", "content": candidate.response}]}
        for candidate in written
    ]
    return [(candidate, score.reward) for candidate, score in zip(written, rubric.grade(items), strict=True)]


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
def test_responses_earn_what_they_are_worth(reference: Any) -> None:
    for candidate, reward in rewards(NUMBERS, record(reference)):
        if candidate.is_honest or candidate.dresses_right:
            assert reward == 1.0, candidate
        else:
            assert reward <= 0.1, candidate


@pytest.mark.parametrize("reference", ["x^2 + 1", r"\frac{\sqrt{3}}{2}", "(1, 2)", "3x + 2"])
def test_expressions_are_answered_as_numbers_are(reference: str) -> None:
    for candidate, reward in rewards(EXPRESSIONS, record(reference)):
        if candidate.worth in (Worth.RIGHT, Worth.VARIANT):
            assert reward == 1.0, candidate
        elif candidate.worth in (Worth.WRONG, Worth.EXPLOIT) and not candidate.dresses_right:
            assert reward == 0.0, candidate


@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
def test_every_way_to_respond_is_tried(reference: Any) -> None:
    tried = {candidate.strategy for candidate in maths.write(record(reference), OTHER)}

    assert tried >= {
        *(strategies.WORKED, strategies.TERSE, strategies.NO_MARKER, strategies.WRONG_ANSWER, strategies.NEAR_MISS),
        *(strategies.ANOTHER_ANSWER, strategies.REFUSAL, strategies.EMPTY, strategies.MALFORMED, strategies.PADDED),
        *(strategies.SEVERAL_GUESSES, strategies.EVERYTHING_LISTED, strategies.MARKER_SPAM, strategies.EMPTY_FORMAT),
        *(strategies.REPEATED, strategies.PROMPT_ECHOED, strategies.FLATTERY, strategies.INJECTION),
        *(maths.BOX, maths.BOLD, maths.CHATTER),
    }


def test_the_right_answer_is_the_solution_and_the_answer() -> None:
    first = next(maths.write(record(REFERENCES["answer and solution"]), OTHER))

    assert (first.worth, first.response) == (Worth.RIGHT, "16 - 7 = 9\n9 * 2 = 18\n#### 18")


@pytest.mark.parametrize(
    ("reference", "misses"),
    [
        pytest.param("42", ["41", "-42", "24"], id="off by one, sign, digits swapped"),
        pytest.param("44", ["43", "-44"], id="equal digits"),
        pytest.param("0", ["-1"], id="zero has no sign"),
        pytest.param("2.5", ["1.5", "-2.5"], id="decimal"),
        pytest.param("3/4", ["-0.25", "-0.75", "0.57"], id="fraction"),
        pytest.param("x + 1", ["x + 1 + -1", "-(x + 1)"], id="expression"),
    ],
)
def test_near_misses_are_near(reference: str, misses: list[str]) -> None:
    written = maths.write(record(reference), OTHER)

    assert [c.response for c in written if c.strategy == strategies.NEAR_MISS] == [f"#### {miss}" for miss in misses]


@pytest.mark.parametrize(
    ("reference", "strategy", "ending"),
    [
        pytest.param("1450", maths.THOUSANDS, "#### 1,450", id="thousands"),
        pytest.param("18", maths.DECIMALS, "#### 18.00", id="decimals"),
        pytest.param("-7", maths.CURRENCY, "#### -$7", id="currency"),
        pytest.param("25%", maths.PERCENT, "#### 25 percent", id="percent"),
        pytest.param("25%", maths.BOX, r"So it is $\boxed{25\%}$.", id="percent in LaTeX"),
        pytest.param("18 eggs", maths.BOLD, "#### **18 eggs**", id="bold"),
    ],
)
def test_variants_keep_the_meaning(reference: str, strategy: str, ending: str) -> None:
    written = {candidate.strategy: candidate for candidate in maths.write(record(reference), OTHER)}

    assert (written[strategy].worth, written[strategy].response) == (Worth.VARIANT, ending)


@pytest.mark.parametrize(
    ("reference", "strategy"),
    [("18 eggs", maths.CURRENCY), ("18", maths.PERCENT), ("2.5", maths.DECIMALS), ("999", maths.THOUSANDS)],
)
def test_a_variant_that_could_mean_something_else_is_not_tried(reference: str, strategy: str) -> None:
    assert strategy not in {candidate.strategy for candidate in maths.write(record(reference), OTHER)}


@pytest.mark.parametrize("reference", ["unknown", "17 or 18", "", None])
def test_a_reference_that_is_neither_names_record_and_expectation(reference: Any) -> None:
    with pytest.raises(
        RecordError, match=r"record train-1: reference answer .*; expected a number, .* or an expression"
    ):
        list(maths.write(record(reference), OTHER))
