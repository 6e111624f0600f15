"""In which forms calls of tools are read."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.reward.rewards._structured import calls as _calls
from lambda_src.reward.rewards._structured.calls import Calls, ToolCall, find

A = {"name": "add", "arguments": {"sku": "A1", "quantity": 2}}
NOW = {"name": "now", "arguments": {}}
CALL_A, CALL_NOW = ToolCall("add", {"sku": "A1", "quantity": 2}), ToolCall("now", {})


def tag(value: object) -> str:
    return f"<tool_call>{json.dumps(value)}</tool_call>"


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        pytest.param(tag(A), (CALL_A,), id="tag"),
        pytest.param(f"I will.\n{tag(A)}\nand\n{tag(NOW)}\n", (CALL_A, CALL_NOW), id="tags in prose"),
        pytest.param(tag([A, NOW]), (CALL_A, CALL_NOW), id="list in a tag"),
        pytest.param(f"<tool_call>\n{json.dumps(A, indent=2)}\n</tool_call>", (CALL_A,), id="indented"),
        pytest.param(json.dumps(A), (CALL_A,), id="object"),
        pytest.param(json.dumps([A, NOW]), (CALL_A, CALL_NOW), id="list"),
        pytest.param(f"Sure:\n```json\n{json.dumps([A])}\n```", (CALL_A,), id="fenced list"),
        pytest.param(json.dumps({"tool_calls": [A]}), (CALL_A,), id="under tool_calls"),
        pytest.param(
            json.dumps({"tool_calls": [{"id": "1", "type": "function", "function": A}]}), (CALL_A,), id="OpenAI's form"
        ),
        pytest.param(
            json.dumps({"type": "function", "function": {"name": "add", "arguments": json.dumps(A["arguments"])}}),
            (CALL_A,),
            id="arguments as text",
        ),
        pytest.param(tag(A) + json.dumps(NOW), (CALL_A,), id="tags before anything else"),
        pytest.param('{"tool_calls": []}', (), id="no calls"),
        pytest.param("I would rather not.", (), id="prose"),
        pytest.param('{"answer": 42}', (), id="other JSON"),
        pytest.param("", (), id="empty"),
    ],
)
def test_calls_are_found(text: str, calls: tuple[ToolCall, ...]) -> None:
    assert find(text) == Calls(calls)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<tool_call>add(sku='A1')</tool_call>", id="Python's spelling"),
        pytest.param("<tool_call></tool_call>", id="empty tag"),
        pytest.param(tag(A)[: -len("</tool_call>")], id="tag left open"),
        pytest.param("</tool_call>" + tag(A), id="closing tag alone"),
        pytest.param(f"<tool_call>{tag(A)}</tool_call>", id="tag in a tag"),
        pytest.param(tag(A) + "<tool_call>{</tool_call>", id="one of two malformed"),
        pytest.param(tag({"name": "add"}), id="no arguments"),
        pytest.param(tag({"name": 5, "arguments": {}}), id="name that is no text"),
        pytest.param(tag({"name": "add", "arguments": ["A1"]}), id="arguments that are no object"),
        pytest.param(tag({"name": "add", "arguments": "{"}), id="arguments cut off"),
        pytest.param(tag({"name": "add", "arguments": '{"a": NaN}'}), id="not a number"),
        pytest.param(tag({"name": "add", "arguments": {}} | {"function": "add"} | {"name": None}), id="no name"),
        pytest.param('{"tool_calls": 1}', id="tool_calls that are no list"),
        pytest.param(json.dumps(A)[:-1], id="object cut off"),
        pytest.param(json.dumps([A, 1]), id="list of other things"),
        pytest.param(tag(NOW) * 33, id="too many"),
        pytest.param(json.dumps([NOW] * 33), id="too many in a list"),
        pytest.param("<tool_call>" * 9_000, id="tags opened"),
        pytest.param("<tool_call>" + "[" * 99_000, id="brackets"),
    ],
)
def test_what_was_to_be_a_call_and_is_none_is_malformed(text: str) -> None:
    assert find(text) == Calls(is_malformed=True)


@given(st.lists(st.sampled_from(["<tool_call>", "</tool_call>", '{"name": "a", "arguments": {}}', "{", '"', "x"])))
@settings(deadline=None, database=None, derandomize=True)
def test_any_text_gives_calls_or_none(pieces: list[str]) -> None:
    found = _calls.find("".join(pieces))

    assert not (found.calls and found.is_malformed)
