"""What counts as the JSON value of a response."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._structured import json as _json
from lambda_src.reward.rewards._structured.json import JsonError, find, loads

_repeatable = settings(deadline=None, database=None, derandomize=True, max_examples=60)

LONG = 100_000  # characters
UNITS = {
    "arrays opened": "[",
    "objects opened": "{",
    "objects in objects": '{"a":',
    "arrays in objects": '{"a":[',
    "pairs": "{}",
    "small objects": '{"a":1},',
    "quotes": '"',
    "quotes in brackets": '{"',
    "escaped quotes": '\\"',
    "strings that never end": '{"\\',
    "strings cut by lines": '{\n"',
    "mismatched brackets": "{ ]",
    "closing brackets": "]}",
    "members": '{"a":1,',
    "fences": "```json\n{",
    "fences without labels": "```\n[",
    "fences of nothing": "``` \n",
    "spaces": " ",
    "digits": "9",
    "null bytes": "\0",
    "prose": "a{b}c [d] ",
}
STARTS = ("", "{", "[", '{"a": ', '{"a":"', "```json\n", '```json\n{"a":"', "[ " * 64)


def nested(levels: int) -> str:
    return "[" * levels + "1" + "]" * levels


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('{"a": 1}', {"a": 1}, id="alone"),
        pytest.param('\n {"a": 1} \n', {"a": 1}, id="in white space"),
        pytest.param('```json\n{"a": 1}\n```', {"a": 1}, id="fenced"),
        pytest.param('```JSON {"a": 1}```', {"a": 1}, id="fenced on one line"),
        pytest.param('```\n{"a": 1}\n```', {"a": 1}, id="fenced without a label"),
        pytest.param('```json\n{"a": "```"}\n```', {"a": "```"}, id="a fence in a text"),
        pytest.param('```json\n{"a": 1}\n```\nNo:\n```json\n{"a": 2}\n```', {"a": 2}, id="the last fence counts"),
        pytest.param('```json\n{"a": 1}\n```\nThis is not {"a": 2}.', {"a": 1}, id="a fence before what is not fenced"),
        pytest.param('```python\nprint({})\n```\n{"a": 1}', {"a": 1}, id="code is no answer"),
        pytest.param('Sure: {"a": 1}. Bye!', {"a": 1}, id="in prose"),
        pytest.param('{"a": 1}\n{"a": 2}', {"a": 2}, id="the last value counts"),
        pytest.param('{"a": {"b": {"c": 1}}}', {"a": {"b": {"c": 1}}}, id="the outermost value counts"),
        pytest.param('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}], id="array of objects"),
        pytest.param('See [1]: {"a": 1} as in [2].', {"a": 1}, id="citations are no answer beside an object"),
        pytest.param("The sizes are [1, 2].", [1, 2], id="array alone"),
        pytest.param('With {x} and {y}: {"a": 1}, not {z}.', {"a": 1}, id="braces of prose"),
        pytest.param('Use { for 5" pipes.\n{"a": 1}', {"a": 1}, id="a brace and a quote of prose"),
        pytest.param('He said "use {"a": 1}" then.', {"a": 1}, id="in quotes"),
        pytest.param('{"a": "}"}', {"a": "}"}, id="a brace in a text"),
        pytest.param(r'{"a": "\"}"}', {"a": '"}'}, id="an escaped quote in a text"),
        pytest.param(r'{"a": "\u00e9"}', {"a": "é"}, id="escaped letters"),
        pytest.param("{}", {}, id="empty object"),
        pytest.param(nested(64), json.loads(nested(64)), id="as deep as is read"),
    ],
)
def test_the_value_is_found(text: str, value: object) -> None:
    assert find(text).value == value
    assert not find(text).is_malformed


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": 1', id="cut off"),
        pytest.param('{"a": {"b": 1}, "c": ', id="cut off behind an inner value"),
        pytest.param('[{"a": 1}, {"a"', id="cut off in an array"),
        pytest.param('{"a": 1} {"b": 2', id="cut off behind a whole value"),
        pytest.param('```json\n{"a": 1', id="cut off in a fence"),
        pytest.param('{"a": 1}\n```json\n{"a": 1,}\n```', id="the fence counts even if it is broken"),
        pytest.param('{"a": 1,}', id="comma too many"),
        pytest.param('{"a": 1 "b": 2}', id="comma missing"),
        pytest.param('{"a": 1] ', id="wrong bracket"),
        pytest.param("{\"a\": '1'}", id="single quotes inside"),
        pytest.param('{"a": 1} // done\n{"a": "x\ny"}', id="line break in a text"),
        pytest.param('{"a": NaN}', id="not a number"),
        pytest.param('{"a": -Infinity}', id="infinity"),
        pytest.param('{"a": 1e999}', id="number beyond a double"),
        pytest.param('{"a": 01}', id="leading zero"),
        pytest.param('{"a": 1, "a": 2}', id="duplicate name"),
        pytest.param('{"a": {"b": 1, "b": 1}}', id="duplicate name inside"),
        pytest.param('{"a": ' + "9" * 101 + "}", id="number of 101 digits"),
        pytest.param('{"a": ' + "9" * 5_000 + "}", id="number of 5,000 digits"),
        pytest.param(nested(66), id="too deep"),
        pytest.param("[" * LONG, id="100,000 brackets"),
        pytest.param("[" + "1," * 20_000 + "1]", id="too many parts"),
        pytest.param('{"a": {}} ' * 5_000, id="too many brackets"),
    ],
)
def test_what_is_no_strict_json_is_malformed(text: str) -> None:
    assert find(text) == _json.Found(is_malformed=True)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("There is none.", id="prose"),
        pytest.param("{'a': 1}", id="Python's spelling"),
        pytest.param("It is {x}.", id="braces of prose"),
        pytest.param("42", id="a number is no object"),
        pytest.param('"a"', id="a text is no object"),
    ],
)
def test_what_is_not_even_meant_to_be_json_is_nothing(text: str) -> None:
    assert find(text) == _json.Found()


@pytest.mark.parametrize(
    ("text", "is_alone"),
    [
        pytest.param('{"a": 1}', True, id="bare"),
        pytest.param(' ```json\n{"a": 1}\n```\n', True, id="fenced"),
        pytest.param('```\n{"a": 1}\n```', True, id="fenced without a label"),
        pytest.param('Sure: {"a": 1}', False, id="word before"),
        pytest.param('{"a": 1}.', False, id="full stop behind"),
        pytest.param('{"a": 1}\n{"a": 1}', False, id="twice"),
        pytest.param('```json\n{"a": 1}\n```\nBye', False, id="word behind the fence"),
        pytest.param('```json\n{"a": 1}\n```\n```json\n{"a": 1}\n```', False, id="two fences"),
        pytest.param('{"a": 1', False, id="malformed"),
    ],
)
def test_a_value_is_alone_only_without_a_word_beside_it(text: str, is_alone: bool) -> None:
    assert find(text).is_alone is is_alone


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_hostile_text_is_answered(start: str, unit: str) -> None:
    text = (start + unit * LONG)[:LONG]
    _json.find.cache_clear()

    assert find(text).value is None or not find(text).is_malformed


@given(st.text(alphabet='{}[]":,\\n1 a`', max_size=60))
@_repeatable
def test_any_text_gives_a_value_or_says_why_not(text: str) -> None:
    found = find(text)

    assert found.value is None or isinstance(found.value, dict | list)
    assert found.value is None or not found.is_malformed


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), _VALUES, max_size=4))
@_repeatable
def test_every_object_is_found_in_prose_and_in_a_fence(value: dict[str, object]) -> None:
    assert find(f"So:\n{json.dumps(value)}\nThat is it.").value == value
    assert find(f"So:\n```json\n{json.dumps(value, indent=1, ensure_ascii=False)}\n```\nBye").value == value


@pytest.mark.parametrize("text", ["", "1 2", "{} {}", "nul", '{"a": 1}x'])
def test_a_whole_text_that_is_more_or_less_than_json_is_refused(text: str) -> None:
    with pytest.raises(JsonError):
        loads(text)


def test_numbers_keep_their_kind() -> None:
    whole, decimal = loads("[18, 18.0]")

    assert isinstance(whole, int)
    assert isinstance(decimal, float)
    assert math.isfinite(decimal)
