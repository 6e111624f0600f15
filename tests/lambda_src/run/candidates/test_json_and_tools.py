"""What the candidates of the families extraction, tools and agent earn from a rubric of their family."""

import json
from typing import Any

import pytest

from lambda_src.reward.rollout import RecordError
from lambda_src.reward.rubric import Rubric
from lambda_src.run.candidates import Candidate, Worth, agent, candidates, extraction, strategies, tools

EXTRACTION = Rubric.from_config(
    [
        {"function": "extraction.fields", "weight": 0.6, "gate": 0.5},
        {"function": "extraction.exact", "weight": 0.4},
        {"function": "extraction.invented", "penalty": 0.2},
    ]
)
TOOLS = Rubric.from_config(
    [{"function": "tools.calls", "weight": 0.5, "gate": 0.5}, {"function": "tools.end_state", "weight": 0.5}]
)
AGENT = Rubric.from_config(
    [
        {"function": "agent.end_state", "weight": 0.6, "gate": 1.0},
        {"function": "agent.final_answer", "weight": 0.3},
        {"function": "agent.steps_valid", "weight": 0.1},
        {"function": "agent.no_loop", "penalty": 0.2},
    ]
)
MESSAGES = [{"role": "user", "content": "Two lamps at 9.50 for Ana, and 30 more words."}]
INVOICE = {
    "id": "i1",
    "messages": MESSAGES,
    "schema": {"type": "object", "required": ["to"], "properties": {"to": {"type": "string"}}},
    "reference_answer": {"fields": {"to": "Ana", "lines": [{"item": "lamp", "count": 2}], "sum": 19.0, "paid": False}},
}
OTHER_INVOICE = {**INVOICE, "id": "i2", "reference_answer": {"to": "Bo", "lines": [], "sum": 3}}
BOX = [
    {"name": "look", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}},
    {
        "name": "add",
        "parameters": {
            "type": "object",
            "properties": {"count": {"type": "integer", "default": 1}, "sku": {"type": "string"}},
            "required": ["sku"],
        },
    },
    {"name": "drop", "parameters": {"type": "object", "properties": {"sku": {"enum": ["A1"]}}, "required": ["sku"]}},
]
ADD = {"name": "add", "arguments": {"count": 2, "sku": "A1"}}
SHOP: dict[str, Any] = {
    "id": "s1",
    "messages": MESSAGES,
    "tools": BOX,
    "effects": [
        {"tool": "add", "effect": {"append": {"path": "cart", "value": {"sku": "$sku", "count": "$count"}}}},
        {"tool": "look", "effect": {"append": {"path": "seen", "value": "$at"}}},
    ],
    "state": {"cart": [], "seen": []},
    "reference_answer": {
        "calls": [{"name": "look", "arguments": {"at": "A"}}, ADD],
        "final": "2 lamps are in the cart",
    },
}
OTHER_SHOP = {
    **SHOP,
    "id": "s2",
    "reference_answer": {"calls": [{"name": "drop", "arguments": {"sku": "A1"}}], "final": "Gone"},
}
ONE_CALL = {**SHOP, "id": "s3", "reference_answer": {"calls": [ADD], "final": 19}}
SILENT = {**SHOP, "id": "s4", "reference_answer": {"calls": []}}

CASES = [
    pytest.param(EXTRACTION, INVOICE, OTHER_INVOICE, id="extraction"),
    pytest.param(EXTRACTION, OTHER_INVOICE, INVOICE, id="extraction of little"),
    pytest.param(TOOLS, SHOP, OTHER_SHOP, id="tools"),
    pytest.param(TOOLS, OTHER_SHOP, SHOP, id="tools without an effect"),
    pytest.param(TOOLS, ONE_CALL, SHOP, id="tools, one call"),
    pytest.param(TOOLS, SILENT, SHOP, id="tools, no call"),
    pytest.param(AGENT, SHOP, OTHER_SHOP, id="agent"),
    pytest.param(AGENT, ONE_CALL, SHOP, id="agent with a number"),
]


def earned(rubric: Rubric, record: dict[str, Any], other: dict[str, Any]) -> list[tuple[Candidate, float]]:
    written = candidates(rubric, record, [other])
    items = [
        {
            "id": str(n),
            "messages": [*record["messages"], {"role": "assistant", "content": candidate.response}],
            "metadata": {key: value for key, value in record.items() if key not in ("id", "messages")},
        }
        for n, candidate in enumerate(written)
    ]
    scores = rubric.grade(items)
    assert [score.error for score in scores if score.error] == []
    return [(candidate, score.reward) for candidate, score in zip(written, scores, strict=True)]


@pytest.mark.parametrize(("rubric", "record", "other"), CASES)
def test_candidates_earn_what_they_are_worth(rubric: Rubric, record: dict[str, Any], other: dict[str, Any]) -> None:
    paid = earned(rubric, record, other)

    assert paid[0][0].worth is Worth.RIGHT
    for candidate, reward in paid:
        if candidate.worth in (Worth.RIGHT, Worth.VARIANT):
            assert reward == 1.0, candidate
        elif candidate.worth is Worth.WRONG:
            assert reward <= 0.75, candidate
        elif candidate.worth is Worth.EXPLOIT and not candidate.dresses_right:
            assert reward < 0.5, candidate


@pytest.mark.parametrize(
    ("rubric", "record", "other", "expected"),
    [
        pytest.param(
            EXTRACTION,
            INVOICE,
            OTHER_INVOICE,
            {
                strategies.NEAR_MISS,
                strategies.ANOTHER_ANSWER,
                strategies.EVERYTHING_LISTED,
                strategies.EMPTY_FORMAT,
                strategies.MALFORMED,
                strategies.PADDED,
                strategies.REPEATED,
                strategies.PROMPT_ECHOED,
                strategies.REFUSAL,
                strategies.EMPTY,
                strategies.FLATTERY,
                strategies.INJECTION,
                extraction.KEY_ORDER,
                extraction.RESPELLED,
                extraction.FENCED,
                extraction.MISSING,
                extraction.INVENTED,
                extraction.SCHEMA_ECHOED,
                extraction.SKELETON,
            },
            id="extraction",
        ),
        pytest.param(
            TOOLS,
            SHOP,
            OTHER_SHOP,
            {
                strategies.NEAR_MISS,
                strategies.ANOTHER_ANSWER,
                strategies.EVERYTHING_LISTED,
                strategies.EMPTY_FORMAT,
                strategies.MALFORMED,
                strategies.REPEATED,
                strategies.INJECTION,
                tools.OPENAI,
                tools.FENCED_LIST,
                tools.CALL_ORDER,
                tools.MISSING,
                tools.MISSING_ARGUMENT,
                tools.UNKNOWN_TOOL,
                tools.SURPLUS,
                tools.TOOLS_ECHOED,
                tools.CLAIMED,
            },
            id="tools",
        ),
        pytest.param(
            AGENT,
            SHOP,
            OTHER_SHOP,
            {
                strategies.NEAR_MISS,
                strategies.EVERYTHING_LISTED,
                strategies.MALFORMED,
                strategies.FLATTERY,
                agent.PLAIN,
                agent.CLAIMED,
                agent.LOOP,
                agent.SEVERAL_FINALS,
                agent.WRONG_FINAL,
                agent.NO_FINAL,
            },
            id="agent",
        ),
    ],
)
def test_a_family_is_tried_in_these_ways(
    rubric: Rubric, record: dict[str, Any], other: dict[str, Any], expected: set[str]
) -> None:
    assert expected <= {candidate.strategy for candidate in candidates(rubric, record, [other])}


def test_an_argument_that_has_a_default_is_not_the_one_left_out() -> None:
    default = {**ONE_CALL, "reference_answer": {"calls": [{"name": "add", "arguments": {"count": 1, "sku": "A1"}}]}}

    (fewer,) = [c.response for c in tools.write(default, SHOP) if c.strategy == tools.MISSING_ARGUMENT]

    assert json.loads(fewer.removeprefix("<tool_call>").removesuffix("</tool_call>"))["arguments"] == {"count": 1}


def test_a_record_that_has_no_schema_or_tools_is_answered_all_the_same() -> None:
    bare = {key: INVOICE[key] for key in ("id", "messages", "reference_answer")}
    bare_shop = {key: SHOP[key] for key in ("id", "messages", "reference_answer")}

    assert extraction.SCHEMA_ECHOED not in {c.strategy for c in extraction.write(bare, OTHER_INVOICE)}
    assert tools.SURPLUS not in {c.strategy for c in tools.write(bare_shop, OTHER_SHOP)}


@pytest.mark.parametrize(
    ("family", "reference"),
    [
        pytest.param(extraction, "42", id="extraction"),
        pytest.param(tools, {"state": {}}, id="tools"),
        pytest.param(agent, {"calls": []}, id="agent"),
    ],
)
def test_a_reference_that_cannot_be_answered_is_named(family: Any, reference: Any) -> None:
    with pytest.raises(RecordError, match="reference_answer"):
        list(family.write({"id": "x", "messages": MESSAGES, "reference_answer": reference}, OTHER_SHOP))
