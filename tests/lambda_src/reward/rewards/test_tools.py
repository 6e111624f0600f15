"""Which responses a rubric for tools pays, row by row."""

import json
from typing import Any

import pytest

from lambda_src.reward.rewards import tools
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.reward.rubric import Rubric, RubricError

TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 1}


def function(name: str, **properties: Any) -> dict[str, Any]:
    required = [key for key, schema in properties.items() if "default" not in schema]
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"type": "function", "function": {"name": name, "description": name, "parameters": schema}}


TOOLS = [
    function("search", to=TEXT, date={**TEXT, "format": "date"}),
    function("book", flight=TEXT, seats={**COUNT, "default": 1}),
    function("cancel", booking=TEXT),
    function("note", text=TEXT),
]
EFFECTS: list[dict[str, Any]] = [
    {
        "tool": "book",
        "when": {"at_least": {"path": "flights.$flight", "value": "$seats"}},
        "effect": [
            {"append": {"path": "bookings", "value": {"flight": "$flight", "seats": "$seats"}}},
            {"decrement": {"path": "flights.$flight", "by": "$seats"}},
        ],
    },
    {"tool": "cancel", "effect": {"remove": {"path": "bookings", "where": {"id": "$booking"}}}},
]
STATE: dict[str, Any] = {"flights": {"LX1": 2, "LX2": 9}, "bookings": [{"id": "B1"}]}
END = {"flights": {"LX1": 0, "LX2": 9}, "bookings": [{"flight": "LX1", "seats": 2}]}


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


CANCEL, BOOK, SEARCH = (
    call("cancel", booking="B1"),
    call("book", flight="LX1", seats=2),
    call("search", to="Oslo", date="2026-05-04"),
)
REFERENCE = {"calls": [CANCEL, BOOK], "ordered": True, "state": END}
UNORDERED = REFERENCE | {"ordered": False}
RECORD = {"tools": TOOLS, "effects": EFFECTS, "state": STATE}


def rollout(response: Any, reference: Any = None, **fields: Any) -> Rollout:
    text = (
        response if isinstance(response, str) else "".join(f"<tool_call>{json.dumps(c)}</tool_call>" for c in response)
    )
    return Rollout(
        "r1", text, fields={**RECORD, "reference_answer": REFERENCE if reference is None else reference, **fields}
    )


FUNCTIONS = ("parses", "known", "valid", "calls", "exact", "end_state")


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "response",
    [
        pytest.param([CANCEL, BOOK], id="tags"),
        pytest.param(json.dumps([CANCEL, BOOK]), id="list"),
        pytest.param([CANCEL, call("book", seats=2.0, flight="LX1")], id="other spelling"),
        pytest.param(f"Done:\n```json\n{json.dumps({'tool_calls': [CANCEL, BOOK]})}\n```", id="in prose"),
    ],
)
def test_the_right_calls_are_paid_in_full_in_any_form(name: str, response: Any) -> None:
    assert getattr(tools, name)(rollout(response)) == 1.0


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"tools": json.dumps(TOOLS)}, id="tools as text"),
        pytest.param({"tools": [tool["function"] for tool in TOOLS]}, id="bare functions"),
        pytest.param({"effects": json.dumps(EFFECTS), "state": json.dumps(STATE)}, id="effects and state as text"),
        pytest.param({"reference_answer": json.dumps(REFERENCE)}, id="reference as text"),
        pytest.param({"reference_answer": {"text": json.dumps(REFERENCE)}}, id="reference as wrapped text"),
        pytest.param({"reference_answer": {"calls": [CANCEL, BOOK], "ordered": True}}, id="end worked out"),
        pytest.param({"reference_answer": {"tool_calls": []} | REFERENCE}, id="more in the reference"),
    ],
)
def test_records_are_read_in_every_form(name: str, fields: dict[str, Any]) -> None:
    assert getattr(tools, name)(rollout([CANCEL, BOOK], **fields)) == 1.0


@pytest.mark.parametrize(
    ("response", "known", "valid", "calls", "end_state"),
    [
        pytest.param([CANCEL, call("book", flight="LX2", seats=2)], 1, 1, 5 / 6, 0, id="one argument off"),
        pytest.param([CANCEL, call("book", flight="LX1", seats="2")], 1, 0.5, 5 / 6, 0, id="number as text"),
        pytest.param([CANCEL, call("book", flight="LX1")], 1, 1, 5 / 6, 0, id="default in place of the argument"),
        pytest.param([CANCEL, call("book", flight="LX1", seats=2, x=1)], 1, 0.5, 7 / 8, 0, id="argument invented"),
        pytest.param([BOOK], 1, 1, 1 / 2, 0, id="one call missing"),
        pytest.param([BOOK, CANCEL], 1, 1, 1 / 2, 1, id="in another order"),
        pytest.param([CANCEL, SEARCH, BOOK], 1, 1, 1 / 2, 1, id="one call too many, though it only reads"),
        pytest.param([CANCEL, BOOK, BOOK], 1, 1, 1 / 2, 1, id="twice, though the second is refused"),
        pytest.param([CANCEL, call("reserve", flight="LX1", seats=2)], 0.5, 0.5, 1 / 2, 0, id="unknown tool"),
        pytest.param([SEARCH, call("note", text="x")], 1, 1, 0, 0, id="other tools"),
        pytest.param([CANCEL, BOOK, SEARCH, call("note", text="x")], 1, 1, 0, 1, id="every tool"),
        pytest.param([call("cancel"), call("book")], 1, 0, (1 / 2 + 1 / 3) / 2, 0, id="names alone"),
        pytest.param('{"tool_calls": []}', 0, 0, 0, 0, id="no calls in perfect form"),
        pytest.param("Both are done.", 0, 0, 0, 0, id="success claimed"),
        pytest.param("", 0, 0, 0, 0, id="empty"),
    ],
)
def test_calls_that_are_not_right_are_paid_their_share(
    response: Any, known: float, valid: float, calls: float, end_state: float
) -> None:
    given = rollout(response)

    assert tools.known(given) == known
    assert tools.valid(given) == valid
    assert tools.calls(given) == pytest.approx(calls)
    assert tools.exact(given) == 0.0
    assert tools.end_state(given) == end_state


def test_order_counts_only_where_the_reference_says_so() -> None:
    assert tools.exact(rollout([BOOK, CANCEL])) == 0.0
    assert tools.exact(rollout([BOOK, CANCEL], UNORDERED)) == 1.0
    assert tools.exact(rollout([BOOK, CANCEL], [CANCEL, BOOK])) == 1.0


def test_lists_of_the_state_are_in_order_only_where_the_calls_are() -> None:
    two = [call("book", flight="LX1", seats=1), call("book", flight="LX2", seats=1)]

    assert tools.end_state(rollout(two[::-1], {"calls": two})) == 1.0
    assert tools.end_state(rollout(two[::-1], {"calls": two, "ordered": True})) == 0.0


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "response",
    [
        pytest.param("<tool_call>book(LX1)</tool_call>", id="no JSON"),
        pytest.param(f"<tool_call>{json.dumps(BOOK)}", id="tag left open"),
        pytest.param(
            f"<tool_call>{json.dumps(CANCEL)}</tool_call><tool_call>{{</tool_call>", id="one of two malformed"
        ),
        pytest.param([CANCEL, BOOK, *[SEARCH] * 31], id="more calls than are read"),
        pytest.param("I'm sorry, I can't help with that.", id="refusal"),
        pytest.param(json.dumps(TOOLS), id="tools echoed"),
        pytest.param("<tool_call>" * 9_000, id="tags"),
        pytest.param("[" * 100_000, id="brackets"),
        pytest.param("\0" * 100_000, id="null bytes"),
    ],
)
def test_what_holds_no_calls_earns_nothing(name: str, response: Any) -> None:
    assert getattr(tools, name)(rollout(response)) == 0.0
    assert not tools.parsed(rollout(response))


@pytest.mark.parametrize(
    ("response", "value"),
    [
        pytest.param("None of my tools can do that.", 1.0, id="words"),
        pytest.param("", 0.0, id="empty"),
        pytest.param([SEARCH], 0.0, id="a call"),
        pytest.param("<tool_call>search</tool_call>", 0.0, id="a malformed call"),
    ],
)
@pytest.mark.parametrize("name", ["parses", "calls", "exact"])
def test_where_nothing_is_to_be_called_words_are_the_answer(name: str, response: Any, value: float) -> None:
    given = rollout(response, {"calls": []})

    assert getattr(tools, name)(given) == (1.0 if name == "parses" and response == [SEARCH] else value)
    assert tools.end_state(given) == (1.0 if response == [SEARCH] else value)


def test_a_state_that_does_not_change_is_no_gift() -> None:
    nothing_changes = {"calls": [SEARCH], "state": STATE}

    assert tools.end_state(rollout([SEARCH], nothing_changes)) == 1.0
    assert tools.end_state(rollout("", nothing_changes)) == 0.0
    assert tools.end_state(rollout([call("look", at="it")], nothing_changes)) == 0.0
    assert tools.end_state(rollout([call("book", flight="LX9")], nothing_changes)) == 0.0


def test_a_reference_may_hold_the_end_alone() -> None:
    assert tools.end_state(rollout([CANCEL, BOOK], {"state": END})) == 1.0
    assert tools.end_state(rollout([CANCEL, BOOK], {"state": END, "calls": None})) == 1.0
    assert tools.end_state(rollout([CANCEL], {"state": END})) == 0.0


def test_an_argument_outside_of_its_schema_changes_nothing() -> None:
    more_seats = {
        "state": {"flights": {"LX1": 7, "LX2": 9}, "bookings": [*STATE["bookings"], {"flight": "LX1", "seats": -5}]}
    }

    assert tools.end_state(rollout([call("book", flight="LX1", seats=-5)], more_seats)) == 0.0


@pytest.mark.parametrize(
    ("booked", "options"),
    [
        pytest.param({"flight": "lx1", "seats": 2}, {"ignore_case": True}, id="case"),
        pytest.param({"flight": " LX1 ", "seats": 2}, {"ignore_whitespace": True}, id="white space"),
        pytest.param({"flight": "LX1", "seats": 3}, {"number_tolerance": 1.0}, id="tolerance"),
    ],
)
def test_options_forgive_what_they_name(booked: dict[str, Any], options: dict[str, Any]) -> None:
    given = rollout([CANCEL, call("book", **booked)])

    assert tools.exact(given) == 0.0
    assert tools.exact(given, **options) == 1.0
    assert tools.calls(given, **options) == 1.0


def test_a_project_may_declare_tools_and_effects_for_all_records() -> None:
    declared = {tool["function"]["name"]: tool["function"] for tool in TOOLS}
    effects = {effect["tool"]: {key: effect[key] for key in effect if key != "tool"} for effect in EFFECTS}
    rubric = Rubric.from_config(
        [
            {"function": "tools.valid", "weight": 0.5, "options": {"tools": declared}},
            {"function": "tools.end_state", "weight": 0.5, "options": {"tools": declared, "effects": effects}},
        ]
    )

    assert rubric.score(rollout([CANCEL, BOOK], tools=None, effects=None)).reward == 1.0
    assert rubric.score(rollout([BOOK], tools=None, effects=None)).reward == 0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"tools": {}}, r"options\.tools: none", id="no tools"),
        pytest.param({"tools": {"a": {"parameters": {"type": "x"}}}}, r"options\.tools: a\.parameters: ", id="schema"),
        pytest.param({"effects": {"a": {"effect": {"push": {}}}}}, r"options\.effects: a\.effect", id="effect"),
        pytest.param({"effects": {"a": 1}}, r"options\.effects: a: 1; expected", id="no effect at all"),
    ],
)
def test_options_are_checked_before_anything_is_graded(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RubricError, match=message):
        Rubric.from_config([{"function": "tools.end_state", "weight": 1, "options": options}])


@pytest.mark.parametrize(
    ("name", "fields", "message"),
    [
        pytest.param("valid", {"tools": None}, "rollout r1: tools: None; expected a list", id="no tools"),
        pytest.param("valid", {"tools": [{}]}, r"rollout r1: tools: \[0\]: ", id="tool without a name"),
        pytest.param("known", {"tools": [*TOOLS, TOOLS[0]]}, "each once", id="tool twice"),
        pytest.param(
            "valid",
            {"tools": [{"name": "cancel", "parameters": {"type": "x"}}]},
            r"tools: cancel\.parameters",
            id="schema",
        ),
        pytest.param("calls", {"reference_answer": None}, "rollout r1: no reference answer", id="no reference"),
        pytest.param("calls", {"reference_answer": "42"}, "expected an object with calls or state", id="number"),
        pytest.param("calls", {"reference_answer": {"state": END}}, "has no calls", id="state alone"),
        pytest.param(
            "exact", {"reference_answer": [{"name": "a"}]}, r"reference_answer\.calls: ", id="call without arguments"
        ),
        pytest.param("end_state", {"state": None}, "rollout r1: no state; expected a field state", id="no state"),
        pytest.param("end_state", {"state": "{"}, "rollout r1: state: .* is no JSON", id="state that is no JSON"),
        pytest.param("end_state", {"effects": 5}, "rollout r1: effects: 5; expected a list", id="effects"),
        pytest.param(
            "end_state",
            {"reference_answer": [call("book", flight="LX1", seats=3)]},
            r"reference_answer\.calls: book is refused: at_least",
            id="reference that is refused",
        ),
    ],
)
def test_a_record_that_cannot_be_graded_is_named(name: str, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(RecordError, match=message):
        getattr(tools, name)(rollout([CANCEL], **fields))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param({"flight": "x" * 90_000}, id="long text"),
        pytest.param({"flight": {"a": [1] * 3_000}}, id="many values"),
        pytest.param({"flight": json.loads("[" * 60 + "]" * 60)}, id="deep"),
        pytest.param({f"k{n}": n for n in range(3_000)}, id="many arguments"),
        pytest.param({"flight": "../../etc/passwd", "seats": 10**90}, id="huge number"),
        pytest.param({"flight": "__class__", "seats": "{0.__class__}"}, id="Python's names"),
        pytest.param({"flight": "$seats", "seats": 1}, id="name of an argument"),
        pytest.param({"flight": "\ud800", "seats": 1}, id="lone surrogate"),
    ],
)
def test_hostile_arguments_get_a_value(arguments: dict[str, Any]) -> None:
    given = rollout([CANCEL, {"name": "book", "arguments": arguments}])

    assert all(0.0 <= getattr(tools, name)(given) <= 1.0 for name in FUNCTIONS)
    assert tools.end_state(given) == 0.0
