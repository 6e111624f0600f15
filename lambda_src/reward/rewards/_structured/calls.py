"""The tool calls of a response, in the forms in which models write them.

Either each call (or list of calls) stands in ``<tool_call>...</tool_call>``, or one JSON value holds them all, where
``_structured.json`` finds it: a call, a list of calls, or ``{"tool_calls": [...]}``. A call is an object with ``name``
and ``arguments``, or OpenAI's ``{"type": "function", "function": {"name": ..., "arguments": "{...}"}}``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from . import json as _json
from .json import JsonError, loads

_TAG: Final = re.compile(r"(</?tool_call>)")
_MOST_CALLS: Final = 32  # of one response


class CallError(ValueError):
    """What was to be a call is none."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Calls:
    """What a response calls.

    Attributes:
        calls: In order; none if one of them is malformed.
        is_malformed: It holds what was to be a call and is none, or more calls than are read.
    """

    calls: tuple[ToolCall, ...] = ()
    is_malformed: bool = False


@lru_cache(maxsize=64)  # several reward functions ask for each response
def find(text: str) -> Calls:
    """The calls of a response.

    >>> find('<tool_call>{"name": "add_item", "arguments": {"sku": "A1"}}</tool_call>').calls
    (ToolCall(name='add_item', arguments={'sku': 'A1'}),)
    >>> find("<tool_call>add_item(A1)</tool_call>").is_malformed
    True
    """
    try:
        found = tuple(_tagged(text)) if "<tool_call>" in text else _whole(text)
        if len(found) > _MOST_CALLS:
            raise CallError(f"{len(found)} calls; expected at most {_MOST_CALLS}")
    except CallError:
        return Calls(is_malformed=True)
    return Calls(found)


def read(text: str) -> tuple[ToolCall, ...]:
    """The call or calls that a text consists of.

    Raises:
        CallError: It is no JSON, or holds anything else.
    """
    try:
        return calls_in(loads(text))
    except JsonError as error:
        raise CallError(str(error)) from None


def calls_in(value: Any) -> tuple[ToolCall, ...]:
    """The calls in a JSON value.

    Raises:
        CallError: It holds anything else.
    """
    if isinstance(value, dict) and "tool_calls" in value:
        value = value["tool_calls"]
    if isinstance(value, list):
        return tuple(_call(one) for one in value)
    return (_call(value),)


def _tagged(text: str) -> Iterator[ToolCall]:
    is_open = False
    for piece in _TAG.split(text):
        if piece == "<tool_call>" and not is_open:
            is_open = True
        elif piece == "</tool_call>" and is_open:
            is_open = False
        elif piece in ("<tool_call>", "</tool_call>"):
            raise CallError(f"{piece} stands in another, or alone")
        elif is_open:
            yield from read(piece)
    if is_open:
        raise CallError("a call does not end")


def _whole(text: str) -> tuple[ToolCall, ...]:
    found = _json.find(text)
    if found.is_malformed:
        raise CallError("malformed JSON")
    return calls_in(found.value) if _is_about_calls(found.value) else ()


def _is_about_calls(value: Any) -> bool:
    """Whether a value means to call something; other JSON is an answer in words."""
    if isinstance(value, list):
        return any(map(_is_about_calls, value))
    return isinstance(value, dict) and not value.keys().isdisjoint({"tool_calls", "function", "arguments"})


def _call(value: Any) -> ToolCall:
    if isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
    name = value.get("name") if isinstance(value, dict) else None
    arguments = value.get("arguments") if isinstance(value, dict) else None
    if isinstance(arguments, str):
        try:
            arguments = loads(arguments)
        except JsonError as error:
            raise CallError(f"arguments: {error}") from None
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise CallError(f"{str(value)[:80]}; expected an object with name and arguments")
    return ToolCall(name, arguments)
