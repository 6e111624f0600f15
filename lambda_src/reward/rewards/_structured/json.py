r"""The JSON value of a response, read strictly.

The last fenced ``json`` block counts; without one, the last object (or array of objects) that stands in no other;
without that, the last array of anything else. A value that is opened and never closed makes the response malformed:
what is whole inside of it is not what was meant.

Strict means what RFC 8259 asks for and Python's parser does not: no NaN or Infinity, no number beyond a double, no
duplicate names. Depth and size are bounded and every character is read a fixed number of times, so that no response
can keep the grader busy.
"""

import json
import math
import re
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NoReturn

_DEEPEST: Final = 64
_MOST_PARTS: Final = 4_000  # commas and opening brackets of one value
_MOST_BRACKETS: Final = 8_000  # of one response; each is a step of the search
_MOST_DIGITS: Final = 100  # of an integer; more turn arithmetic on it into work

_LABELLED: Final = re.compile(r"```[ \t]*json[a-z0-9]*\s*+(?=[{\[])", re.IGNORECASE)
_UNLABELLED: Final = re.compile(r"```[ \t]*+\n\s*+(?=[{\[])")
_FENCE_END: Final = re.compile(r"\s*(?:```|\Z)")

_OPENING: Final = re.compile(r"[{\[]")
_UP_TO_BRACKET: Final = re.compile(r'(?:[^"{}\[\]]++|"(?:[^"\\\n]++|\\.)*+")*+')
_OPEN_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\\n]++|\\.)*+|[{}\[\]]')
_OBJECT_LIKE: Final = re.compile(r"(?:\[\s{0,99}+){0,64}+\{\s{0,99}+[\"}]")
_ARRAY_LIKE: Final = re.compile(r"\[\s{0,99}+[\[\]\"\-0-9tfn]")
_CLOSING: Final = {"{": "}", "[": "]"}

Span = tuple[int, int | None]


class JsonError(ValueError):
    """Text that is no JSON, or more of it than is read."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a response holds.

    Attributes:
        value: An object or array; None if there is none.
        is_malformed: There is something that was to be one, and is not JSON.
        is_alone: Nothing but the value and its fence is said.
    """

    value: Any = None
    is_malformed: bool = False
    is_alone: bool = False


_NOTHING: Final = Found()
_MALFORMED: Final = Found(is_malformed=True)


@lru_cache(maxsize=64)  # several reward functions ask for each response
def find(text: str) -> Found:
    r"""The value that a text answers with.

    >>> find('Here:\n```json\n{"total": 18.0}\n```')
    Found(value={'total': 18.0}, is_malformed=False, is_alone=False)
    >>> find('It is {"lines": [{"sku": 1}], "total"').is_malformed
    True
    """
    for opening in (_LABELLED, _UNLABELLED):
        fences = deque(opening.finditer(text), maxlen=1)
        if fences:
            return _fenced(text, fences[0])
    return _outermost(text)


def loads(text: str) -> Any:
    """The value of a whole text.

    Raises:
        JsonError: It is no strict JSON, or too deep or too large.

    >>> loads('[1, 1.5, true]')
    [1, 1.5, True]
    """
    value, end = _decoded(text, len(text) - len(text.lstrip()))
    if text[end:].strip():
        raise JsonError(f"something follows the value at character {end}")
    return value


def _fenced(text: str, fence: re.Match[str]) -> Found:
    try:
        value, end = _decoded(text, fence.end())
    except JsonError:
        return _MALFORMED
    closing = _FENCE_END.match(text, end)
    if closing is None:
        return _MALFORMED
    return Found(value, is_alone=not text[: fence.start()].strip() and not text[closing.end() :].strip())


def _outermost(text: str) -> Found:
    whole = text.strip()
    if whole[:1] == "{" and whole[-1:] == "}":  # most answers; what follows takes five times as long
        with suppress(JsonError):
            return Found(loads(whole), is_alone=True)
    spans = _spans(text)
    if spans is None:
        return _MALFORMED
    for pattern in (_OBJECT_LIKE, _ARRAY_LIKE):
        for start, end in reversed(spans):
            if pattern.match(text, start):
                return _read(text, start, end)
    return _NOTHING


def _read(text: str, start: int, end: int | None) -> Found:
    if end is None:
        return _MALFORMED
    try:
        value = loads(text[start:end])
    except JsonError:
        return _MALFORMED
    return Found(value, is_alone=not text[:start].strip() and not text[end:].strip())


def _spans(text: str) -> list[Span] | None:
    """Where brackets open and close that stand in no others; the end is None where they do not close.

    None for more brackets than are read.
    """
    spans: list[Span] = []
    open_: list[int] = []
    position = 0
    for _ in range(_MOST_BRACKETS):
        position = _next_bracket(text, position, is_inside=bool(open_))
        if position == len(text) or len(open_) > _DEEPEST:
            _abandon(text, spans, open_)
            return spans
        if text[position] in "{[":
            open_.append(position)
        elif text[position] == _CLOSING[text[open_[-1]]]:
            _add(spans, open_.pop(), position + 1)
        else:
            _abandon(text, spans, open_)
        position = _OPEN_STRING_OR_BRACKET.match(text, position).end()  # type: ignore[union-attr]  # one of both is here
    return None


def _next_bracket(text: str, position: int, *, is_inside: bool) -> int:
    """Where the next bracket stands, or a string that does not end, or the end of the text.

    Args:
        is_inside: Whether any bracket is open: in prose only those that open count, and a quote opens no string.
    """
    if is_inside:
        return _UP_TO_BRACKET.match(text, position).end()  # type: ignore[union-attr]  # matches nothing at least
    opening = _OPENING.search(text, position)
    return opening.start() if opening else len(text)


def _add(spans: list[Span], start: int, end: int | None) -> None:
    while spans and spans[-1][0] > start:
        spans.pop()
    spans.append((start, end))


def _abandon(text: str, spans: list[Span], open_: list[int]) -> None:
    """Give up on what is open; the first of it that looks like JSON is malformed, the rest is prose."""
    like_json = (start for start in open_ if _OBJECT_LIKE.match(text, start) or _ARRAY_LIKE.match(text, start))
    start = next(like_json, None)
    if start is not None:
        _add(spans, start, None)
    open_.clear()


def _decoded(text: str, start: int) -> tuple[Any, int]:
    parts = text.count(",", start) + text.count("{", start) + text.count("[", start)
    if parts > _MOST_PARTS:
        raise JsonError(f"{parts} commas and brackets; expected at most {_MOST_PARTS}")
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise JsonError(str(error)) from None
    if parts > _DEEPEST and _is_deep(value):
        raise JsonError(f"expected at most {_DEEPEST} levels")
    return value, end


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST + 1):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonError("a name stands twice in one object")
    return members


def _integer(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise JsonError(f"a number of {len(digits)} digits; expected at most {_MOST_DIGITS}")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise JsonError(f"{digits[:20]} is beyond a double")
    return value


def _constant(name: str) -> NoReturn:
    raise JsonError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_integer, parse_constant=_constant
)
