"""Which transcripts a rubric for agents pays, row by row."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards import agent
from lambda_src.reward.rewards._structured import transcript as _transcript
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, RubricError

TOOLS = [
    {"name": "look", "parameters": {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]}},
    {"name": "add", "parameters": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}},
]
RECORD: dict[str, Any] = {
    "tools": TOOLS,
    "effects": [{"tool": "add", "effect": {"append": {"path": "cart", "value": "$sku"}}}],
    "state": {"cart": []},
    "reference_answer": {
        "calls": [{"name": "look", "arguments": {"at": "A"}}, {"name": "add", "arguments": {"sku": "A1"}}],
        "state": {"cart": ["A1"]},
        "final": "A1 is in your cart",
    },
}


def call(name: str, **arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def observation(text: str = "ok") -> str:
    return f"<observation>{text}</observation>"


LOOK, ADD = call("look", at="A"), call("add", sku="A1")
FINAL = "<final>A1 is in your cart</final>"
RIGHT = f"I look first.\n{LOOK}\n{observation('A1, A2')}\n{ADD}\n{observation()}\n{FINAL}"


def rollout(response: str, **fields: Any) -> Rollout:
    return Rollout("r1", response, fields={**RECORD, **fields})


@pytest.mark.parametrize(
    "response",
    [
        pytest.param(RIGHT, id="turn by turn"),
        pytest.param(f"{LOOK}{ADD}{FINAL}", id="without observations"),
        pytest.param(f"{ADD}<final>\n  a1 is in your  cart. \n", id="final answer spelled differently and left open"),
        pytest.param(f"{LOOK}{observation(call('add', sku='A2'))}{ADD}{FINAL}", id="a call that was only observed"),
    ],
)
def test_a_run_that_succeeds_is_paid_in_full(response: str) -> None:
    given = rollout(response)

    assert (
        agent.end_state(given) == agent.final_answer(given) == agent.steps_valid(given) == agent.no_loop(given) == 1.0
    )
    assert agent.parsed(given)


@pytest.mark.parametrize(
    ("response", "steps_valid", "end_state", "final_answer"),
    [
        pytest.param(f"{LOOK}{call('add', sku='A2')}{FINAL}", 1, 0, 1, id="wrong call"),
        pytest.param(f"{ADD}{ADD}{FINAL}", 1, 0, 1, id="twice"),
        pytest.param(f"{call('look')}{ADD}{FINAL}", 0.5, 1, 1, id="argument missing"),
        pytest.param(f"{call('gaze', at='A')}{ADD}{FINAL}", 0.5, 1, 1, id="unknown tool"),
        pytest.param(f"<tool_call>add(A1)</tool_call>{ADD}{FINAL}", 0.5, 1, 1, id="malformed call"),
        pytest.param(f"{observation(ADD)}{FINAL}", 0, 0, 1, id="observed without a call"),
        pytest.param(f"{observation('cart: A1')}<final>Done, trust me.</final>", 0, 0, 0, id="success claimed"),
        pytest.param(f"<observation>{ADD}{FINAL}", 0, 0, 0, id="observation that does not end"),
        pytest.param(f"{ADD}", 1, 1, 0, id="no final answer"),
        pytest.param(f"{ADD}<final></final>", 1, 1, 0, id="empty final answer"),
        pytest.param(f"{ADD}<final>A2</final>", 1, 1, 0, id="wrong final answer"),
        pytest.param(f"{ADD}<final>A1 is in your cart, or A2</final>", 1, 1, 0, id="hedge"),
        pytest.param(f"{ADD}<final>A2</final>{FINAL}", 1, 1, 0, id="two final answers"),
        pytest.param(f"{FINAL}{ADD}", 0, 0, 1, id="a call behind the final answer"),
        pytest.param(f"{ADD} A1 is in your cart", 1, 1, 0, id="final answer without its tag"),
        pytest.param(f"{ADD}{observation(FINAL)}", 1, 1, 0, id="final answer that was only observed"),
        pytest.param(call("look", at="A") * 129 + ADD + FINAL, 0, 0, 0, id="more steps than are read"),
        pytest.param("", 0, 0, 0, id="empty"),
        pytest.param("I'm sorry, I can't help with that.", 0, 0, 0, id="refusal"),
    ],
)
def test_each_part_of_a_run_is_paid_for_itself(
    response: str, steps_valid: float, end_state: float, final_answer: float
) -> None:
    given = rollout(response)

    assert agent.steps_valid(given) == steps_valid
    assert agent.end_state(given) == end_state
    assert agent.final_answer(given) == final_answer


@pytest.mark.parametrize(
    ("final", "expected", "value"),
    [
        pytest.param("42", 42, 1.0, id="number"),
        pytest.param("It costs $1,042.50.", 1042.5, 1.0, id="amount in words"),
        pytest.param("-3 degrees", -3, 1.0, id="negative"),
        pytest.param("3 degrees", -3, 0.0, id="sign"),
        pytest.param("42 or 43", 42, 0.0, id="hedge"),
        pytest.param("42.0 EUR", 42, 1.0, id="trailing zero"),
        pytest.param("forty-two", 42, 0.0, id="words"),
        pytest.param("4" * 900, 42, 0.0, id="digits"),
        pytest.param('"Oslo."', "oslo", 1.0, id="marks around a text"),
        pytest.param("Oslo or Graz", "Oslo", 0.0, id="text that says more"),
        pytest.param("Bergen", ["Oslo", "Bergen"], 1.0, id="one of several"),
        pytest.param("7", ["seven", 7], 1.0, id="word or number"),
        pytest.param("Oslo" * 300, "Oslo", 0.0, id="far too long"),
    ],
)
def test_final_answers_compare_as_texts_or_numbers(final: str, expected: Any, value: float) -> None:
    given = rollout(f"<final>{final}</final>", reference_answer={"final": expected})

    assert agent.final_answer(given) == value


@pytest.mark.parametrize(
    ("response", "most", "value"),
    [
        pytest.param(RIGHT, 1, 1.0, id="each once"),
        pytest.param(LOOK * 2 + FINAL, 2, 1.0, id="as often as allowed"),
        pytest.param(LOOK * 4 + FINAL, 2, 0.5, id="twice as often"),
        pytest.param(
            '<tool_call>{"arguments": {"at": "A"}, "name": "look"}</tool_call>' + LOOK, 1, 0.5, id="spelled anew"
        ),
        pytest.param("".join(call("look", at=str(n)) for n in range(50)), 1, 1.0, id="other arguments each time"),
        pytest.param(FINAL, 2, 1.0, id="nothing to repeat"),
        pytest.param(LOOK * 200, 2, 0.0, id="more than are read"),
        pytest.param("no calls", 2, 0.0, id="no run at all"),
    ],
)
def test_repeating_a_call_costs_something(response: str, most: int, value: float) -> None:
    assert agent.no_loop(rollout(response), most=most) == value


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        pytest.param("steps_valid", {"tools": None}, "rollout r1: tools: ", id="no tools"),
        pytest.param("end_state", {"state": None}, "rollout r1: no state", id="no state"),
        pytest.param(
            "end_state", {"reference_answer": {"final": 1}}, "expected an object with calls or state", id="no end"
        ),
        pytest.param(
            "final_answer", {"reference_answer": {"calls": []}}, r"reference_answer\.final 'None'", id="no final"
        ),
        pytest.param(
            "final_answer", {"reference_answer": {"final": []}}, "a text, a number or a list", id="none of many"
        ),
        pytest.param("final_answer", {"reference_answer": {"final": True}}, "a text, a number or a list", id="truth"),
    ],
)
def test_a_record_that_cannot_be_graded_is_named(name: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RecordError, match=message):
        getattr(agent, name)(rollout(RIGHT, **fields))


def test_options_are_checked_before_anything_is_graded() -> None:
    with pytest.raises(RubricError, match=r"options\.tools: a\.parameters"):
        Rubric.from_config(
            [{"function": "agent.steps_valid", "weight": 1, "options": {"tools": {"a": {"parameters": {"type": "x"}}}}}]
        )


def test_a_run_that_fails_in_the_end_is_paid_nothing_behind_a_gate() -> None:
    rubric = Rubric.from_config(
        [
            {"function": "agent.end_state", "weight": 0.6, "gate": 1.0},
            {"function": "agent.final_answer", "weight": 0.3},
            {"function": "agent.steps_valid", "weight": 0.1},
            {"function": "agent.no_loop", "penalty": 0.2},
        ]
    )

    assert rubric.score(rollout(RIGHT)).reward == 1.0
    assert rubric.score(rollout(f"{LOOK}{observation('A1 was added')}{FINAL}")).reward == 0.0
    assert rubric.score(rollout(f"{LOOK * 4}{ADD}{FINAL}")).reward == pytest.approx(0.9)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<tool_call>" * 9_000, id="calls opened"),
        pytest.param("<tool_call></tool_call>" * 4_000, id="empty calls"),
        pytest.param("<observation></observation>" * 3_000, id="observations"),
        pytest.param("<final>" * 14_000, id="finals opened"),
        pytest.param("</final>" * 12_000, id="finals closed"),
        pytest.param("<final>" + "9," * 49_000, id="digits in a final"),
        pytest.param("<tool_call>" + "[" * 99_000 + "</tool_call>", id="brackets"),
        pytest.param("<" * 100_000, id="angles"),
    ],
)
def test_hostile_transcripts_get_a_value(text: str) -> None:
    given = rollout(text)
    _transcript.read.cache_clear()

    assert agent.steps_valid(given) == agent.end_state(given) == agent.final_answer(given) == 0.0
    assert 0.0 <= agent.no_loop(given) <= 1.0


_PIECES = ["<tool_call>", "</tool_call>", "<observation>", "</observation>", "<final>", "</final>", LOOK, ADD, "x", "{"]


@given(st.lists(st.sampled_from(_PIECES)))
@settings(deadline=None, database=None, derandomize=True)
def test_any_transcript_gets_a_value(pieces: list[str]) -> None:
    given_ = rollout("".join(pieces))

    values = [f(given_) for f in (agent.steps_valid, agent.end_state, agent.final_answer, agent.no_loop)]

    assert all(0.0 <= value <= 1.0 for value in values)
