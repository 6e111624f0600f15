"""The records of which nothing can be said, told apart at a glance.

Nearly every line is one: a check of 20,000 lines is little more than parsing them. Both functions may pass over a sound
record, never take one of which ``parse`` and ``check_record`` would say something.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, Final

from ..limits import MAX_BYTES, MAX_DEPTH, RESERVED_ID
from ..record import Record
from .parse import is_shallow


def read(line: bytes) -> Record | None:
    """The record of a line that is JSON beyond doubt; None where ``parse`` has to look."""
    if len(line) > MAX_BYTES:
        return None
    try:
        text = line.decode()
        record, end = _STRICT.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if end != len(text) or type(record) is not dict:
        return None
    if line.count(b"{") + line.count(b"[") > MAX_DEPTH and not is_shallow(record):
        return None
    if b"\\" in line and b"\\ud" in line.lower() and not _is_encodable(record):
        return None
    return record


def is_usual(record: Mapping[str, Any], *, references: bool) -> bool:
    """Whether a record is of the usual form: plain turns, a reference answer, an id or none, no tools."""
    if "tools" in record or "schemaVersion" in record:
        return False
    return (
        _are_usual_turns(record.get("messages"))
        and _is_usual_reference(record.get("reference_answer"), references=references)
        and _is_usual_id(record.get("id"))
    )


def _are_usual_turns(messages: Any) -> bool:
    if type(messages) is not list:
        return False
    asked, role = False, None
    for message in messages:
        if type(message) is not dict or len(message) != 2:  # noqa: PLR2004 - role and content
            return False
        role, content = message.get("role"), message.get("content")
        if type(content) is not str or not content or content.isspace():
            return False
        if role == "user":
            asked = True
        elif role not in _OTHER_ROLES and not (role == "system" and message is messages[0]):
            return False
    return asked and role != "assistant"


def _is_usual_reference(reference: Any, *, references: bool) -> bool:
    if type(reference) is str:
        return bool(reference) and not reference.isspace()
    if type(reference) is dict:
        return bool(reference)
    return reference is None and not references


def _is_usual_id(identity: Any) -> bool:
    if type(identity) is str:
        return bool(identity) and not identity.isspace() and not identity.startswith(RESERVED_ID)
    return identity is None


_OTHER_ROLES: Final = ("assistant", "developer")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key is repeated")
    return value


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_STRICT: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant)


def _is_encodable(record: Record) -> bool:
    try:
        json.dumps(record, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
