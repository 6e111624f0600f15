"""Calls of tools as responses write them, and calls that are nearly right."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...reward.rewards._structured import tasks as _tasks
from ...reward.rewards._structured.calls import ToolCall
from ...reward.rewards._structured.toolbox import Toolbox
from ...reward.rollout import RecordError, Rollout
from . import _json_forms

Calls = Sequence[ToolCall]


def expected_calls(record: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    """The calls of a record's reference.

    Raises:
        RecordError: It has none.
    """
    calls = _tasks.expected_of(_rollout(record)).calls
    if calls is None:
        raise RecordError(f"record {record.get('id')}: reference_answer has no calls; expected a list of them")
    return calls


def is_ordered(record: Mapping[str, Any]) -> bool:
    """Whether the order of the reference's calls matters."""
    return _tasks.expected_of(_rollout(record)).is_ordered


def tagged(calls: Calls) -> str:
    """Each call in a tag of its own.

    >>> tagged([ToolCall("now", {})])
    '<tool_call>{"name": "now", "arguments": {}}</tool_call>'
    """
    return "\n".join(f"<tool_call>{json.dumps(_plain(call))}</tool_call>" for call in calls)


def listed(calls: Calls) -> str:
    """All calls in one JSON list."""
    return json.dumps([_plain(call) for call in calls], indent=2)


def openai(calls: Calls) -> str:
    """All calls as OpenAI's API returns them, arguments as texts."""
    entries = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.arguments)},
        }
        for number, call in enumerate(calls, start=1)
    ]
    return json.dumps({"tool_calls": entries})


def reordered(calls: Calls) -> list[ToolCall]:
    """The calls with their arguments in reverse order."""
    return [ToolCall(call.name, _json_forms.reordered(dict(call.arguments))) for call in calls]


def near_misses(calls: Calls) -> Iterator[tuple[ToolCall, ...]]:
    """The calls with one argument off: the first of the first call, and the last of the last."""
    for n, end in ((0, 0), (len(calls) - 1, -1)):
        leaves = list(_json_forms.leaves(dict(calls[n].arguments)))
        path, leaf = leaves[end]
        if path:
            arguments = _json_forms.with_leaf(dict(calls[n].arguments), path, _json_forms.other_leaf(leaf))
            yield (*calls[:n], ToolCall(calls[n].name, arguments), *calls[n + 1 :])


def every_tool(record: Mapping[str, Any], calls: Calls) -> list[ToolCall]:
    """The calls, and one of every other tool with arguments made up; empty where the record declares no tools."""
    called = {call.name for call in calls}
    tools = _tools(record)
    others = [ToolCall(name, _made_up(tool.parameters)) for name, tool in tools.items() if name not in called]
    return [*calls, *others] if tools else []


def without_argument(record: Mapping[str, Any], call: ToolCall) -> ToolCall | None:
    """The call without one argument of those that have no default; None if it has none of them."""
    tools = _tools(record)
    defaults = tools[call.name].completed({}) if call.name in tools else {}
    name = next((name for name in call.arguments if name not in defaults), None)
    if name is None:
        return None
    return ToolCall(call.name, {key: value for key, value in call.arguments.items() if key != name})


def tools_text(record: Mapping[str, Any]) -> str | None:
    """The declared tools as text."""
    tools = record.get("tools")
    return tools if isinstance(tools, str) or not tools else json.dumps(tools)


def malformed(calls: Calls) -> Iterator[str]:
    """Calls that look like some and are none."""
    for broken in _json_forms.malformed(_plain(calls[0])):
        yield f"<tool_call>{broken}</tool_call>"
    yield tagged(calls).removesuffix("</tool_call>")


def _tools(record: Mapping[str, Any]) -> Toolbox:
    """Tools that the record declares; those of a project are not known here."""
    return _tasks.tools_of(_rollout(record), None) if record.get("tools") else {}


def _plain(call: ToolCall) -> dict[str, Any]:
    return {"name": call.name, "arguments": dict(call.arguments)}


def _made_up(parameters: Any) -> dict[str, Any]:
    """Arguments as a schema wants them, as far as its types tell."""
    properties = parameters.get("properties", {}) if isinstance(parameters, dict) else {}
    return {name: _value(schema) for name, schema in properties.items() if isinstance(schema, dict)}


def _value(schema: Mapping[str, Any]) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    least = schema.get("minimum", 1)
    return {"integer": least, "number": least, "boolean": True, "array": [], "object": {}}.get(
        str(schema.get("type")), "any"
    )


def _rollout(record: Mapping[str, Any]) -> Rollout:
    return Rollout(str(record.get("id")), "", fields=record)
