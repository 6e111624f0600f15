"""Responses to a record that is answered by calling tools."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...reward.rewards._structured.calls import ToolCall
from . import _call_forms, _json_forms, generic, strategies
from .candidate import Candidate, Worth

FENCED_LIST: Final = "one fenced list"
OPENAI: Final = "OpenAI's form"
ARGUMENT_ORDER: Final = "other argument order"
CALL_ORDER: Final = "other order of calls"
MISSING: Final = "missing call"
MISSING_ARGUMENT: Final = "missing argument"
UNKNOWN_TOOL: Final = "unknown tool"
SURPLUS: Final = "surplus call"
CLAIMED: Final = "success claimed"
TOOLS_ECHOED: Final = "tools echoed"
NO_ARGUMENTS: Final = "calls without arguments"

_INTENT: Final = "I will take care of this right away."
_CLAIM: Final = 'Done! Everything you asked for has been carried out successfully. {"status": "success", "error": null}'
_NO_CALL: Final = "None of the tools fits this request, so there is nothing to call."


def write(record: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Candidate]:
    """Responses of every kind to a record; the first is the right answer.

    Raises:
        RecordError: The reference of one of the two has no calls.
    """
    calls, others = _call_forms.expected_calls(record), _call_forms.expected_calls(other)
    if not calls:
        yield from _to_be_silent(record, others)
        return
    near = list(_call_forms.near_misses(calls))
    right, wrong = _call_forms.tagged(calls), _call_forms.tagged(near[0] if near else others)
    yield Candidate(strategies.TERSE, Worth.RIGHT, right)
    yield from _variants(record, calls, right)
    for miss in near:
        yield Candidate(strategies.NEAR_MISS, Worth.WRONG, _call_forms.tagged(miss))
    yield from _wrong(record, calls, others)
    yield from generic.silent(record)
    yield from generic.dressed(right, wrong)
    yield from _exploits(record, calls)


def _variants(record: Mapping[str, Any], calls: _call_forms.Calls, right: str) -> Iterator[Candidate]:
    yield Candidate(strategies.WORKED, Worth.VARIANT, f"{_INTENT}\n{right}")
    yield Candidate(FENCED_LIST, Worth.VARIANT, f"{_INTENT}\n{_json_forms.fenced(_call_forms.listed(calls))}")
    yield Candidate(OPENAI, Worth.VARIANT, _call_forms.openai(calls))
    yield Candidate(ARGUMENT_ORDER, Worth.VARIANT, _call_forms.tagged(_call_forms.reordered(calls)))
    if len(calls) > 1 and not _call_forms.is_ordered(record):
        yield Candidate(CALL_ORDER, Worth.OPEN, _call_forms.tagged(calls[::-1]))  # a state may still depend on it


def _wrong(record: Mapping[str, Any], calls: _call_forms.Calls, others: _call_forms.Calls) -> Iterator[Candidate]:
    if others and tuple(others) != tuple(calls):
        yield Candidate(strategies.ANOTHER_ANSWER, Worth.WRONG, _call_forms.tagged(others))
    if len(calls) > 1:
        yield Candidate(MISSING, Worth.WRONG, _call_forms.tagged(calls[:-1]))
    *rest, last = calls
    yield Candidate(UNKNOWN_TOOL, Worth.WRONG, _call_forms.tagged([*rest, ToolCall(f"{last.name}_2", last.arguments)]))
    if fewer := _call_forms.without_argument(record, last):
        yield Candidate(MISSING_ARGUMENT, Worth.WRONG, _call_forms.tagged([*rest, fewer]))
    for broken in _call_forms.malformed(calls):
        yield Candidate(strategies.MALFORMED, Worth.WRONG, broken)


def _exploits(record: Mapping[str, Any], calls: _call_forms.Calls) -> Iterator[Candidate]:
    yield Candidate(strategies.EMPTY_FORMAT, Worth.EXPLOIT, '{"tool_calls": []}')
    yield Candidate(CLAIMED, Worth.EXPLOIT, _CLAIM)
    bare = [ToolCall(call.name, {}) for call in calls if call.arguments]
    if bare:
        yield Candidate(NO_ARGUMENTS, Worth.EXPLOIT, _call_forms.tagged(bare))
    everything = _call_forms.every_tool(record, calls)
    if len(everything) > len(calls):
        surplus = _call_forms.tagged(everything[: len(calls) + 1])
        yield Candidate(SURPLUS, Worth.EXPLOIT, surplus, dresses_right=True)
        yield Candidate(strategies.EVERYTHING_LISTED, Worth.EXPLOIT, _call_forms.tagged(everything), dresses_right=True)
    if echoed := _call_forms.tools_text(record):
        yield Candidate(TOOLS_ECHOED, Worth.EXPLOIT, echoed)


def _to_be_silent(record: Mapping[str, Any], others: _call_forms.Calls) -> Iterator[Candidate]:
    """Where nothing is to be called, any answer in words is as right as the next, a refusal included."""
    yield Candidate(strategies.TERSE, Worth.RIGHT, _NO_CALL)
    yield Candidate(strategies.EMPTY, Worth.WRONG, "")
    if others:
        yield Candidate(strategies.ANOTHER_ANSWER, Worth.WRONG, _call_forms.tagged(others))
    if everything := _call_forms.every_tool(record, ()):
        yield Candidate(strategies.EVERYTHING_LISTED, Worth.EXPLOIT, _call_forms.tagged(everything))
