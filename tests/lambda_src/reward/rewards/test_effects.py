"""What calls do to a state, and what they cannot do."""

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._structured import effects as _effects
from lambda_src.reward.rewards._structured.calls import ToolCall
from lambda_src.reward.rewards._structured.effects import EffectError
from lambda_src.reward.rewards._structured.state import RefusedError

STATE: dict[str, Any] = {
    "flights": {"LX1": {"seats": 3, "price": 9.5}, "a.b": {"seats": 1}},
    "bookings": [{"id": 1, "to": "Oslo"}, {"id": 2, "to": "Graz"}, {"id": 3, "to": "Oslo"}],
    "count": 0,
    "open": True,
}


def after(effect: Any, arguments: dict[str, Any] | None = None, when: Any = ()) -> Any:
    declared = [{"tool": "do", "effect": effect, "when": list(when)}]
    return _effects.applied(STATE, ToolCall("do", arguments or {}), _effects.read(declared)["do"])


@pytest.mark.parametrize(
    ("effect", "arguments", "changed"),
    [
        pytest.param({"set": {"path": "count", "value": 5}}, {}, {"count": 5}, id="set"),
        pytest.param({"set": {"path": "name", "value": "$who"}}, {"who": "Ana"}, {"name": "Ana"}, id="set what is new"),
        pytest.param({"set": {"path": "$key", "value": "$$5"}}, {"key": "price"}, {"price": "$5"}, id="a dollar"),
        pytest.param(
            {"set": {"path": ["bookings", {"id": "$id"}, "to"], "value": "Brno"}},
            {"id": 2},
            {"bookings": [STATE["bookings"][0], {"id": 2, "to": "Brno"}, STATE["bookings"][2]]},
            id="set in an element",
        ),
        pytest.param(
            {"set": {"path": ["bookings", {"to": "Oslo"}], "value": None}},
            {},
            {"bookings": [None, *STATE["bookings"][1:]]},
            id="set the first element that fits",
        ),
        pytest.param(
            {"append": {"path": "bookings", "value": {"id": "$id", "to": ["$to", "$via"]}}},
            {"id": 4, "to": {"city": "Lyon"}},
            {"bookings": [*STATE["bookings"], {"id": 4, "to": [{"city": "Lyon"}]}]},
            id="append, without what was not given",
        ),
        pytest.param({"remove": {"path": "open"}}, {}, {"open": None}, id="remove"),
        pytest.param(
            {"remove": {"path": ["bookings", {"id": 1}]}},
            {},
            {"bookings": STATE["bookings"][1:]},
            id="remove an element",
        ),
        pytest.param(
            {"remove": {"path": "bookings", "where": {"to": "$to"}}},
            {"to": "Oslo"},
            {"bookings": [STATE["bookings"][1]]},
            id="remove all that fit",
        ),
        pytest.param({"increment": {"path": "count", "by": "$n"}}, {"n": 2}, {"count": 2}, id="increment"),
        pytest.param(
            {"decrement": {"path": "flights.$flight.price", "by": 9.4}},
            {"flight": "LX1"},
            {"flights": STATE["flights"] | {"LX1": {"seats": 3, "price": 0.1}}},
            id="decrement without the noise of binary",
        ),
        pytest.param(
            {"decrement": {"path": "flights.$flight.seats", "by": 1}},
            {"flight": "a.b"},
            {"flights": STATE["flights"] | {"a.b": {"seats": 0}}},
            id="a dot in an argument is a dot",
        ),
        pytest.param(
            [{"increment": {"path": "count", "by": 1}}, {"increment": {"path": "count", "by": 1}}],
            {},
            {"count": 2},
            id="two",
        ),
    ],
)
def test_steps_change_the_state(effect: Any, arguments: dict[str, Any], changed: dict[str, Any]) -> None:
    before = copy.deepcopy(STATE)
    expected = {key: value for key, value in (STATE | changed).items() if not (key == "open" and "open" in changed)}

    assert after(effect, arguments) == expected
    assert before == STATE


@pytest.mark.parametrize(
    ("effect", "arguments"),
    [
        pytest.param({"set": {"path": "users.$who", "value": 1}}, {"who": "Ana"}, id="nothing on the way"),
        pytest.param({"set": {"path": "count", "value": "$n"}}, {}, id="value not given"),
        pytest.param({"set": {"path": "count.$n", "value": 1}}, {"n": "x"}, id="into a number"),
        pytest.param({"set": {"path": "bookings.0", "value": 1}}, {}, id="elements have no index"),
        pytest.param({"append": {"path": "flights", "value": 1}}, {}, id="append to an object"),
        pytest.param({"remove": {"path": "flights.LX9"}}, {}, id="remove nothing"),
        pytest.param({"remove": {"path": "bookings", "where": {"to": "Lyon"}}}, {}, id="remove none that fits"),
        pytest.param({"remove": {"path": "bookings", "where": {"to": "$to"}}}, {}, id="no argument selects nothing"),
        pytest.param({"remove": {"path": "bookings", "where": {"id": True}}}, {}, id="true is not one"),
        pytest.param({"set": {"path": ["bookings", {"id": "$id"}, "to"], "value": 1}}, {}, id="selector not given"),
        pytest.param(
            {"set": {"path": ["bookings", "$it", "to"], "value": 1}}, {"it": {}}, id="an argument is no selector"
        ),
        pytest.param({"increment": {"path": "open", "by": 1}}, {}, id="add to true"),
        pytest.param({"increment": {"path": "count", "by": "$n"}}, {"n": "2"}, id="add a text"),
        pytest.param({"increment": {"path": "count", "by": "$n"}}, {}, id="add nothing"),
        pytest.param(
            [{"set": {"path": "count", "value": 1e308}}, {"increment": {"path": "count", "by": 1e308}}],
            {},
            id="1e999",
        ),
        pytest.param([{"set": {"path": "count", "value": 1}}, {"remove": {"path": "nothing"}}], {}, id="half of it"),
    ],
)
def test_a_step_that_cannot_be_done_refuses_the_call(effect: Any, arguments: dict[str, Any]) -> None:
    before = copy.deepcopy(STATE)

    with pytest.raises(RefusedError):
        after(effect, arguments)

    assert before == STATE


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        pytest.param({"exists": "flights.$flight"}, True, id="there"),
        pytest.param({"exists": ["bookings", {"id": 9}]}, False, id="not there"),
        pytest.param({"absent": "flights.LX9"}, True, id="absent"),
        pytest.param({"absent": "flights.LX1"}, False, id="not absent"),
        pytest.param({"equals": {"path": "open", "value": True}}, True, id="equal"),
        pytest.param({"equals": {"path": "open", "value": 1}}, False, id="equal in value alone"),
        pytest.param({"equals": {"path": "nothing", "value": None}}, False, id="equal to nothing"),
        pytest.param({"at_least": {"path": "flights.$flight.seats", "value": "$seats"}}, True, id="enough"),
        pytest.param({"at_least": {"path": "flights.$flight.seats", "value": 3.5}}, False, id="not enough"),
        pytest.param({"at_least": {"path": "bookings", "value": 1}}, False, id="no number"),
    ],
)
def test_a_call_is_carried_out_only_where_its_conditions_hold(condition: Any, holds: bool) -> None:
    step = {"set": {"path": "count", "value": 1}}

    try:
        changed = after(step, {"flight": "LX1", "seats": 3}, [condition])
    except RefusedError:
        changed = STATE

    assert changed["count"] == int(holds)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        pytest.param("$x", "expected a list", id="text"),
        pytest.param({"a": 1}, "a: 1; expected tool", id="by tool"),
        pytest.param([{"effect": []}], r"\[0\]: .*expected tool", id="no tool"),
        pytest.param([{"tool": "a"}], "expected tool .* and effect", id="no effect"),
        pytest.param([{"tool": "a", "effect": []}] * 2, r"\[1\]: .*each once", id="twice"),
        pytest.param([{"tool": "a", "effect": {"push": {}}}], r"\[0\]\.effect\[0\]: .*one of set, append", id="step"),
        pytest.param([{"tool": "a", "effect": {"set": {"path": "x"}}}], "expected path and value", id="no value"),
        pytest.param([{"tool": "a", "effect": {"set": {"path": 1, "value": 1}}}], "path 1; expected", id="path"),
        pytest.param([{"tool": "a", "effect": {"remove": {"path": "x", "where": 1}}}], "where 1; expected", id="where"),
        pytest.param([{"tool": "a", "effect": [], "when": {"is": "x"}}], r"\.when\[0\]: .*exists", id="condition"),
        pytest.param([{"tool": "a", "effect": [{"set": {}, "append": {}}]}], "an object with one of", id="two in one"),
    ],
)
def test_a_declaration_that_cannot_be_read_is_named(declared: Any, message: str) -> None:
    with pytest.raises(EffectError, match=message):
        _effects.read(declared)


_ARGUMENT = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["LX1", "a.b", "$who", "Oslo", ""])
    | st.just(1e308),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "to"]), inner, max_size=2),
    max_leaves=3,
)


@given(
    st.sampled_from(
        [
            {"set": {"path": "flights.$a.seats", "value": "$b"}},
            {"append": {"path": "$a", "value": {"x": ["$b", "$c"]}}},
            {"remove": {"path": "bookings", "where": {"id": "$a", "to": "$b"}}},
            {"remove": {"path": ["bookings", {"id": "$a"}, "$b"]}},
            {"increment": {"path": "flights.$a.price", "by": "$b"}},
        ]
    ),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), _ARGUMENT),
)
@settings(deadline=None, database=None, derandomize=True, max_examples=200)
def test_no_argument_breaks_the_state_or_the_grader(effect: Any, arguments: dict[str, Any]) -> None:
    before = copy.deepcopy(STATE)

    with suppress(RefusedError):
        after(effect, arguments)

    assert before == STATE
