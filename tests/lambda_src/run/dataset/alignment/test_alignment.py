from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lambda_src.reward.rubric import Rubric
from lambda_src.run.dataset.alignment import AlignmentSurvey
from lambda_src.run.dataset.similarity import folded
from lambda_src.run.dataset.text import prompt_text

NAMES = {part: f"{part}.jsonl" for part in ("train", "validation")}
STRICT_MATHS = [{"function": "maths.final_answer", "weight": 1, "options": {"prose": False}}]
JSON_ONLY = [{"function": "extraction.exact", "weight": 3}, {"function": "extraction.only_json", "weight": 1}]
LINTED_CODE = [{"function": "code.all_passed", "weight": 1, "gate": 1}, {"function": "code.lint", "weight": 1}]


def sums(count: int, request: str = "") -> list[dict[str, Any]]:
    return [
        record(f"{n} + {n}? {request}", {"final_answer": str(2 * n), "solution": f"{n} + {n} = {2 * n}"})
        for n in range(1, count + 1)
    ]


def record(prompt: str, reference: Any, **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], "reference_answer": reference} | fields


def survey(
    entries: Sequence[Mapping[str, Any]], train: Sequence[dict[str, Any]], *others: dict[str, Any]
) -> AlignmentSurvey:
    seen = AlignmentSurvey(Rubric.from_config(entries))
    for part, records in (("train", train), ("validation", others)):
        for line, each in enumerate(records, start=1):
            seen.observe(part, line, folded(prompt_text(each)), each)
    return seen


def asked(seen: AlignmentSurvey) -> dict[str, float]:
    return {each.wants: each.asked for each in seen.alignment()}


def test_a_marker_that_the_grader_wants_and_no_prompt_asks_for_is_found() -> None:
    seen = survey(STRICT_MATHS, sums(100))

    (finding,) = seen.findings(NAMES)
    (alignment,) = seen.alignment()

    assert (alignment.lost, alignment.asked) == (1.0, 0.0)
    assert finding.message == (
        "train.jsonl line 1: messages ask for #### before the final answer in 0% of 100 prompts, not in that of this "
        "line; a right answer without it loses 100% of its reward; expected prompts that ask for it, with a sentence "
        'such as "Put the final answer after ####."'
    )


def test_prompts_that_ask_for_it_are_counted_wherever_they_stand_in_the_file() -> None:
    seen = survey(STRICT_MATHS, [*sums(60), *sums(140, "Put the final answer after ####.")], *sums(50))

    assert asked(seen) == {"#### before the final answer": 0.7}
    assert list(seen.findings(NAMES)) == []


def test_the_first_prompt_that_does_not_ask_is_named() -> None:
    (finding,) = survey(STRICT_MATHS, [*sums(3, "Answer after ####."), *sums(100)]).findings(NAMES)

    assert finding.line == 4


def test_a_grader_that_reads_any_form_wants_none() -> None:
    assert survey([{"function": "maths.final_answer", "weight": 1}], sums(100)).alignment() == ()


@pytest.mark.parametrize(
    ("request_", "share"),
    [
        pytest.param("Put the answer into \\boxed{}.", 1.0, id="a box"),
        pytest.param("Write <answer>...</answer>.", 1.0, id="tags"),
        pytest.param("State the RESULT: at the end.", 1.0, id="the project's own marker"),
        pytest.param("Think step by step.", 0.0, id="none"),
    ],
)
def test_where_the_grader_finds_the_answer_in_several_ways_any_of_them_is_enough(request_: str, share: float) -> None:
    entries = [{"function": "maths.final_answer", "weight": 1, "options": {"prose": False, "marker": "Result:"}}]

    assert asked(survey(entries, sums(90, request_))) == {"#### before the final answer": share}


@pytest.mark.parametrize(
    ("request_", "wants"),
    [
        pytest.param("", {"the answer as JSON": 0.0, "nothing around the answer": 0.0}, id="nothing is asked"),
        pytest.param("Answer in JSON.", {"the answer as JSON": 1.0, "nothing around the answer": 0.0}, id="JSON"),
        pytest.param(
            'Write {"total": ...} and nothing else.',
            {"the answer as JSON": 1.0, "nothing around the answer": 1.0},
            id="by example",
        ),
    ],
)
def test_json_and_nothing_around_it_are_two_things(request_: str, wants: dict[str, float]) -> None:
    records = [record(f"The total is {n}. {request_}", {"total": n, "city": "Oslo"}) for n in range(80)]

    seen = survey(JSON_ONLY, records)

    assert asked(seen) == wants
    assert [finding.rule for finding in seen.findings(NAMES)] == ["form-not-asked"] * list(wants.values()).count(0.0)


def test_code_is_tried_by_what_needs_no_sandbox() -> None:
    solution = "def double(n):\n    return 2 * n\n"
    records = [
        record(
            f"Write a function that doubles, task {n}.",
            {"function": "double", "cases": [], "solution": f"{solution}\n\nX = {n}\n"},
        )
        for n in range(70)
    ]

    assert asked(survey(LINTED_CODE, records)) == {"the answer in a ```python block": 0.0}


def test_tool_calls_are_tried_without_their_tags_and_as_prose() -> None:
    tools = [{"type": "function", "function": {"name": "ring", "parameters": {"type": "object", "properties": {}}}}]
    calls = [{"name": "ring", "arguments": {"at": f"{n}:00"}} for n in range(70)]
    records = [record(f"Ring at {n}.", {"calls": [call]}, tools=tools) for n, call in enumerate(calls)]

    assert asked(survey([{"function": "tools.calls", "weight": 1}], records)) == {"the answer as JSON": 0.0}


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(
            [{"function": "judge.score", "weight": 1, "options": {"rubric": "summarisation", "model": "any"}}],
            id="judges alone",
        ),
        pytest.param([{"function": "code.all_passed", "weight": 1}], id="a sandbox alone"),
        pytest.param([{"function": "sql.result", "weight": 1}], id="references that the grader cannot read"),
    ],
)
def test_what_cannot_be_tried_here_is_left_out(entries: Sequence[Mapping[str, Any]]) -> None:
    assert survey(entries, sums(100)).alignment() == ()


def test_a_gate_without_weight_is_tried_where_only_judges_pay() -> None:
    entries = [
        {"function": "extraction.fields", "gate": 1},
        {"function": "judge.score", "weight": 1, "options": {"rubric": "moderation", "model": "any"}},
    ]
    references = (
        {"fields": {"label": "spam"}, "rationale": "It sells."},
        {"fields": {"label": "ok"}, "rationale": "It asks."},
    )

    seen = survey(entries, [record(f"Message {n}.", references[n % 2]) for n in range(70)])

    assert asked(seen) == {"the answer as JSON": 0.0}


def test_without_a_grader_nothing_is_wanted() -> None:
    seen = AlignmentSurvey(None)
    seen.observe("train", 1, b"why?", record("Why?", "42"))

    assert (seen.alignment(), list(seen.findings(NAMES))) == ((), [])


def test_a_dataset_of_one_record_cannot_be_tried() -> None:
    assert survey(STRICT_MATHS, sums(1)).alignment() == ()
