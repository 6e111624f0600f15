"""Responses with code, each graded by the sandbox: their worth is what it says."""

from collections.abc import Mapping
from typing import Any

import pytest

from lambda_src.reward.rollout import RecordError
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import _code_edits, strategies
from lambda_src.run.candidates import code as family
from lambda_src.run.candidates.candidate import Candidate, Worth

RUBRIC = Rubric.from_config(
    [
        {"function": "code.all_passed", "weight": 0.6, "gate": 1},
        {"function": "code.pass_rate", "weight": 0.3, "gate": 1},
        {"function": "code.lint", "weight": 0.1},
    ]
)
FUNCTION: Mapping[str, Any] = {
    "id": "a",
    "messages": [
        {"role": "user", "content": "Write `total(numbers)`: the sum of `numbers`. `total([1, 2])` returns `3`."}
    ],
    "reference_answer": {
        "function": "total",
        "cases": [
            {"args": [[1, 2]], "expected": 3},
            {"args": [[]], "expected": 0},
            {"args": [[4, 5, 6]], "expected": 15},
            {"args": [["a"]], "raises": "TypeError"},
        ],
        "solution": (
            "def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number\n"
            "    return result\n"
        ),
    },
}
TESTED: Mapping[str, Any] = {
    "id": "b",
    "messages": [{"role": "user", "content": "Write `last(items)`."}],
    "reference_answer": {
        "tests": "assert last([1, 2]) == 2\nassert last('ab') == 'b'\nassert raises('IndexError', last, [])",
        "solution": "def helper(items):\n    return items[-1]\n\n\ndef last(items):\n    return helper(items)\n",
    },
}
PROGRAM: Mapping[str, Any] = {
    "id": "c",
    "messages": [{"role": "user", "content": "Read a number and print its square."}],
    "reference_answer": {
        "cases": [{"stdin": "5\n", "expected": "25\n"}, {"stdin": "6\n", "expected": "36\n"}],
        "solution": "number = int(input())\nprint(number * number)\n",
    },
}
RECORDS = [
    pytest.param(FUNCTION, TESTED, id="cases"),
    pytest.param(TESTED, PROGRAM, id="tests"),
    pytest.param(PROGRAM, FUNCTION, id="program"),
]


def _graded(record: Mapping[str, Any], other: Mapping[str, Any]) -> list[tuple[Candidate, float]]:
    written = list(family.write(record, other))
    items = [
        {
            "id": str(i),
            "messages": [*record["messages"], {"role": "assistant", "content": candidate.response}],
            "metadata": {"reference_answer": record["reference_answer"]},
        }
        for i, candidate in enumerate(written)
    ]
    scores = RUBRIC.grade(items)
    assert [score.error for score in scores] == [None] * len(written)
    return [(candidate, score.reward) for candidate, score in zip(written, scores, strict=True)]


@pytest.mark.parametrize(("record", "other"), RECORDS)
def test_every_response_is_worth_what_it_says(record: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    for candidate, reward in _graded(record, other):
        if candidate.worth in (Worth.RIGHT, Worth.VARIANT) or candidate.dresses_right:
            assert reward == 1.0, candidate
        elif candidate.worth is not Worth.OPEN:
            assert reward <= 0.25, candidate


@pytest.mark.parametrize(("record", "other"), RECORDS)
def test_the_first_response_is_the_right_one_and_no_two_are_equal(
    record: Mapping[str, Any], other: Mapping[str, Any]
) -> None:
    written = list(family.write(record, other))

    assert (written[0].strategy, written[0].worth) == (strategies.WORKED, Worth.RIGHT)
    assert len({candidate.response for candidate in written}) == len(written)


def test_equal_solutions_lend_each_other_no_wrong_answer() -> None:
    names = [candidate.strategy for candidate in family.write(FUNCTION, FUNCTION)]

    assert strategies.ANOTHER_ANSWER not in names


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        pytest.param("42", "record r: reference_answer.solution: NoneType; expected Python", id="no object"),
        pytest.param({"tests": "assert f()"}, "record r: reference_answer.solution: NoneType", id="no solution"),
        pytest.param(
            {"solution": "def f("}, "record r: reference_answer.solution: '(' was never closed", id="no Python"
        ),
    ],
)
def test_a_record_without_a_solution_is_named(reference: Any, message: str) -> None:
    with pytest.raises(RecordError) as error:
        list(family.write({"id": "r", "messages": [], "reference_answer": reference}, FUNCTION))

    assert message in str(error.value)


@pytest.mark.parametrize(
    ("source", "renamed"),
    [
        pytest.param("def f(n):\n    total = n\n    return total\n", "total_value", id="a variable"),
        pytest.param("def f(n):\n    return [m for m in n]\n", "m_value", id="in a comprehension"),
        pytest.param("def f(n):\n    n = n + 1\n    return n\n", "n + 1", id="an argument stays"),
        pytest.param("class A:\n    x = 1\n", "x = 1", id="classes stay"),
        pytest.param("def f():\n    global g\n    g = 1\n", "g = 1", id="globals stay"),
        pytest.param("import math\n\ndef f(n):\n    return math.floor(n)\n", "math.floor", id="modules stay"),
    ],
)
def test_renaming_leaves_what_others_can_see(source: str, renamed: str) -> None:
    assert renamed in _code_edits.renamed(source)


def test_a_recursive_function_is_off_once_and_not_at_every_level() -> None:
    names: dict[str, Any] = {}
    source = "def even(n):\n    return True if n == 0 else not even(n - 1)\n"

    exec(_code_edits.off_by_one(source, "even"), names)  # noqa: S102 - our own program

    assert [names["even"](n) for n in range(4)] == [False, True, False, True]
