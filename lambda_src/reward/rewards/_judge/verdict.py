"""Reading a judge's answer: strictly, because a verdict that is guessed trains the model on the guess.

What the judge says outside the tool's call (or, with a JSON schema, around its one JSON object) is not read at all, so
that a score quoted from a response counts for nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .prompt import TOOL
from .rubric import REASONING

_ENDS_WELL: Final = ("tool_use", "end_turn", "stop_sequence")
_MOST_REASONING: Final = 600  # characters kept


class UnreadableVerdictError(ValueError):
    """The judge's answer is none; says what is wrong and what is expected."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge decided.

    Attributes:
        answers: A mark by criterion, or who is better under ``verdict``.
        input_tokens: Of all tries that it took; so are ``output_tokens``.
    """

    answers: Mapping[str, int | str]
    reasoning: str
    input_tokens: int = 0
    output_tokens: int = 0


def allowed_answers(request: Mapping[str, Any]) -> dict[str, Sequence[int | str]]:
    """The fields that a request asks for, and the values that each may have."""
    if "toolConfig" in request:
        schema = request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]
    else:
        schema = json.loads(request["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"])
    return {name: field["enum"] for name, field in schema["properties"].items() if name != REASONING}


def read(request: Mapping[str, Any], answer: Mapping[str, Any]) -> Verdict:
    """The verdict in Converse's answer to a request.

    Raises:
        UnreadableVerdictError: There is none that is whole.
    """
    reason = answer.get("stopReason")
    if reason not in _ENDS_WELL:
        raise UnreadableVerdictError(f"the judge stopped with {reason}; expected one of {', '.join(_ENDS_WELL)}")
    content = answer.get("output", {}).get("message", {}).get("content", [])
    given = _tool_input(content) if "toolConfig" in request else _json_text(content)
    reasoning = given.get(REASONING)
    if not isinstance(reasoning, str):
        raise UnreadableVerdictError(f"{REASONING} is {_short(reasoning)}; expected a text")
    answers = {name: _value(name, given.get(name), allowed) for name, allowed in allowed_answers(request).items()}
    return Verdict(answers, reasoning.strip()[:_MOST_REASONING])


def used_tokens(answer: Mapping[str, Any]) -> tuple[int, int]:
    """Input and output tokens that an answer took."""
    usage = answer.get("usage", {})
    return int(usage.get("inputTokens", 0)), int(usage.get("outputTokens", 0))


def _tool_input(content: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    calls = [block["toolUse"] for block in content if "toolUse" in block]
    if len(calls) != 1 or calls[0].get("name") != TOOL:
        names = [call.get("name") for call in calls]
        raise UnreadableVerdictError(f"the judge called {names or 'no tool'}; expected {TOOL}, once")
    given = calls[0].get("input")
    if not isinstance(given, Mapping):
        raise UnreadableVerdictError(f"the tool's input is {_short(given)}; expected an object")
    return given


def _json_text(content: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    texts = [block["text"] for block in content if "text" in block]
    if len(texts) != 1:
        raise UnreadableVerdictError(f"the judge wrote {len(texts)} texts; expected one JSON object")
    try:
        given = json.loads(texts[0], parse_constant=_no_number, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise UnreadableVerdictError(f"the judge wrote {_short(texts[0])}: {error}; expected one JSON object") from None
    if not isinstance(given, Mapping):
        raise UnreadableVerdictError(f"the judge wrote {_short(given)}; expected one JSON object")
    return given


def _value(name: str, value: Any, allowed: Sequence[int | str]) -> int | str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or value not in allowed:
        raise UnreadableVerdictError(f"{name} is {_short(value)}; expected one of {', '.join(map(str, allowed))}")
    chosen: int | str = value
    return chosen


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) < len(pairs):
        raise ValueError(f"a key is there twice in {list(given)}")
    return given


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - characters
