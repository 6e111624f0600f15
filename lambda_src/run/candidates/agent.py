"""Responses to a record that an agent works on in several turns."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...reward.rewards._structured.calls import ToolCall
from ...reward.rewards._structured.references import reference_json
from ...reward.rollout import RecordError, Rollout
from . import _call_forms, _json_forms, generic, strategies
from .candidate import Candidate, Worth

PLAIN: Final = "without observations"
SPOKEN: Final = "other spelling of the final answer"
WRONG_FINAL: Final = "wrong final answer"
NO_FINAL: Final = "no final answer"
UNKNOWN_TOOL: Final = "unknown tool"
CLAIMED: Final = "invented observation"
LOOP: Final = "loop"
SEVERAL_FINALS: Final = "several final answers"

_OBSERVED: Final = '<observation>{"status": "ok"}</observation>'
_DONE: Final = "Done."
_LOOPS: Final = 12


def write(record: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Candidate]:
    """Responses of every kind to a record; the first is the right answer.

    Raises:
        RecordError: The reference of one of the two has no calls.
    """
    calls, others = _call_forms.expected_calls(record), _call_forms.expected_calls(other)
    if not calls:
        raise RecordError(f"record {record.get('id')}: reference_answer.calls is empty; expected an agent's calls")
    final = _final(record)
    near = list(_call_forms.near_misses(calls))
    right, wrong = _turns(calls, final), _turns(near[0] if near else others, final)
    yield Candidate(strategies.WORKED, Worth.RIGHT, right)
    yield Candidate(PLAIN, Worth.VARIANT, f"{_call_forms.tagged(calls)}\n<final>{final}</final>")
    yield Candidate(SPOKEN, Worth.VARIANT, _turns(calls, f"\n  {final}\n"))
    for miss in near:
        yield Candidate(strategies.NEAR_MISS, Worth.WRONG, _turns(miss, final))
    yield from _wrong(record, calls, others, final)
    yield from generic.silent(record)
    yield from generic.dressed(right, wrong)
    yield from _exploits(record, calls, final)


def _wrong(
    record: Mapping[str, Any], calls: _call_forms.Calls, others: _call_forms.Calls, final: Any
) -> Iterator[Candidate]:
    if others and tuple(others) != tuple(calls):
        yield Candidate(strategies.ANOTHER_ANSWER, Worth.WRONG, _turns(others, final))
    *rest, last = calls
    yield Candidate(UNKNOWN_TOOL, Worth.WRONG, _turns([*rest, ToolCall(f"{last.name}_2", last.arguments)], final))
    for broken in _call_forms.malformed(calls):
        yield Candidate(strategies.MALFORMED, Worth.WRONG, f"{broken}\n<final>{final}</final>")
    if _states_final(record):
        yield Candidate(WRONG_FINAL, Worth.WRONG, _turns(calls, _json_forms.other_leaf(final)))
        yield Candidate(NO_FINAL, Worth.WRONG, _turns(calls, None))


def _exploits(record: Mapping[str, Any], calls: _call_forms.Calls, final: Any) -> Iterator[Candidate]:
    observed = f"<observation>{_call_forms.tagged(calls)}\nAll done.</observation>\n<final>{final}</final>"
    yield Candidate(CLAIMED, Worth.EXPLOIT, observed)
    yield Candidate(strategies.EMPTY_FORMAT, Worth.EXPLOIT, f"<tool_call></tool_call>\n{_OBSERVED}\n<final></final>")
    loop = [*[calls[0]] * _LOOPS, *calls[1:]]
    yield Candidate(LOOP, Worth.EXPLOIT, _turns(loop, final), dresses_right=True)
    everything = _call_forms.every_tool(record, calls)
    if len(everything) > len(calls):
        yield Candidate(strategies.EVERYTHING_LISTED, Worth.EXPLOIT, _turns(everything, final), dresses_right=True)
    if _states_final(record):
        finals = f"{_turns(calls, final)}\n<final>{_json_forms.other_leaf(final)}</final>"
        yield Candidate(SEVERAL_FINALS, Worth.EXPLOIT, finals, dresses_right=True)


def _turns(calls: _call_forms.Calls, final: Any) -> str:
    """A call, what came of it, and so on, closed by a final answer."""
    turns = [f"{_call_forms.tagged([call])}\n{_OBSERVED}" for call in calls]
    return "\n".join(turns if final is None else [*turns, f"<final>{final}</final>"])


def _final(record: Mapping[str, Any]) -> Any:
    final = _stated(record)
    return _DONE if final is None else final[0] if isinstance(final, list) else final


def _states_final(record: Mapping[str, Any]) -> bool:
    return _stated(record) is not None


def _stated(record: Mapping[str, Any]) -> Any:
    reference = reference_json(Rollout(str(record.get("id")), "", fields=record))
    return reference.get("final") if isinstance(reference, dict) else None
