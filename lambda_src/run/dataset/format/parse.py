"""One line as JSON, and everything that readers of JSON would disagree about.

RFC 8259 (https://www.rfc-editor.org/rfc/rfc8259) leaves open what repeated keys, half surrogate pairs and numbers
beyond 64 bits mean; Bedrock's reader and the grader's need not agree on them, hence errors.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ..finding import Finding, Place
from ..limits import MAX_BYTES, MAX_DEPTH
from ..record import Record
from .wording import below, kind, short

BOM: Final = b"\xef\xbb\xbf"
SPACE: Final = b" \t\r\n"  # what JSON allows between values
_SPACES: Final = SPACE.decode()
_ONE: Final = "one JSON object on the line"
_BETWEEN: Final = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


def parse(line: bytes, place: Place) -> tuple[Record | None, list[Finding]]:
    """The record of a line, None where it holds none, and what is wrong with the line as JSON.

    >>> parse(b'{"id": 1, "id": 2}', Place("a.jsonl", 7))[1][0].message
    'a.jsonl line 7: id is repeated in one object; expected keys that differ'
    """
    if len(line) > MAX_BYTES:
        expected = f"at most {MAX_BYTES:,}, what Lambda takes in one request to the grader"
        return None, [place.error("line-too-long", f"is longer than {MAX_BYTES:,} bytes", expected=expected)]
    try:
        text = line.decode().strip(_SPACES)
    except UnicodeDecodeError as error:
        found = f"has byte 0x{line[error.start]:02x} at offset {error.start:,}, which is not UTF-8"
        return None, [place.error("invalid-utf8", found, expected="UTF-8")]
    if not text:
        return None, [place.error("blank-line", "is blank", expected=_ONE)]
    try:
        return _parse(text, place)
    except json.JSONDecodeError as error:
        return None, [_syntax(error, text, place)]
    except RecursionError:
        found = f"has more than {MAX_DEPTH} objects and lists in each other"
        return None, [place.error("nested-too-deep", found, expected=f"at most {MAX_DEPTH}")]


def objects(text: str) -> list[str] | None:
    """The JSON objects of a text that holds nothing else, commas between and after them aside; None for any other.

    >>> objects('{"a": 1}, {"b": 2},')
    ['{"a": 1}', '{"b": 2}']
    """
    found, at = [], 0
    while at < len(text):
        try:
            value, end = _MARKING.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, dict):
            return None
        found.append(text[at:end])
        at = _end_of_gap(text, end)
    return found


def is_shallow(value: Any) -> bool:
    """Whether at most 100 objects and lists are in each other; level by level, so that none is too deep for it."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            each
            for holder in level
            for each in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(each, dict | list)
        ]
        if not level:
            return True
    return False


class _Repeating(dict[str, Any]):
    """An object in which keys are repeated."""

    repeated: tuple[str, ...] = ()


class _Constant(float):
    """NaN or an infinity by name, which Python's reader takes and JSON has not."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    marked = _Repeating(value)
    marked.repeated = tuple(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return marked


def _integer(digits: str) -> float:
    try:
        return int(digits)
    except ValueError:  # more digits than Python converts, 4,300
        return math.inf


_MARKING: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_Constant)


def _parse(text: str, place: Place) -> tuple[Record | None, list[Finding]]:
    value, end = _MARKING.raw_decode(text)
    findings = []
    if end < len(text):
        if _end_of_gap(text, end) < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
        findings.append(place.error("trailing-comma", "ends with a comma", expected=f"{_ONE} and nothing else"))
    if not isinstance(value, dict):
        return None, [*findings, place.error("not-an-object", f"is {kind(value)}", expected="an object, the record")]
    if not is_shallow(value):
        raise RecursionError
    return value, [*findings, *_doubts(value, place, "")]


def _end_of_gap(text: str, start: int) -> int:
    gap = _BETWEEN.match(text, start)
    return gap.end() if gap else start


def _syntax(error: json.JSONDecodeError, text: str, place: Place) -> Finding:
    several = objects(text) if error.msg == "Extra data" else None
    if several is not None:
        return place.error("several-records-on-line", f"holds {len(several):,} objects", expected=_ONE)
    found = f"is not valid JSON ({error.msg} at character {error.pos + 1:,})"
    return place.error("invalid-json", found, expected=_ONE)


def _doubts(value: Any, place: Place, field: str) -> Iterator[Finding]:
    """What readers disagree about in a value of at most 100 levels."""
    if isinstance(value, dict):
        yield from _doubts_of_keys(value, place, field)
        for key, each in value.items():
            yield from _doubts(each, place, below(field, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _doubts(each, place, f"{field}[{index}]")
    elif isinstance(value, str) and _has_surrogate(value):
        yield _surrogate(place, field)
    elif isinstance(value, _Constant):
        yield place.error("not-a-json-number", f"is {short(value)}", expected="a number that JSON has", field=field)
    elif isinstance(value, float) and math.isinf(value):
        yield place.error("number-too-large", "is too large", expected="a number of 64 bits", field=field)


def _doubts_of_keys(value: dict[str, Any], place: Place, field: str) -> Iterator[Finding]:
    for key in value.repeated if isinstance(value, _Repeating) else ():
        found = "is repeated in one object"
        yield place.error("key-repeated", found, expected="keys that differ", field=below(field, key))
    for key in value:
        if _has_surrogate(key):
            yield _surrogate(place, below(field, short(key)))


def _surrogate(place: Place, field: str) -> Finding:
    return place.error("lone-surrogate", "has half of a \\u pair", expected="both halves", field=field)


def _has_surrogate(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
