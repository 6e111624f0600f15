"""The text of a record: what the model reads, and what it is expected to answer."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from zlib import crc32

from ..chat_record import content_text

_WRITTEN: Final = ("solution", "query", "calls", "fields", "rationale")
"""Under which names reference answers hold what a response is to hold, too."""

_DECISIVE: Final = ("solution", "query", "calls", "fields")
_LEADS_NUMBER: Final = frozenset("0123456789-+.$")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_EXACT: Final = 1e15


def prompt_text(record: Mapping[str, Any]) -> str:
    """All messages, in order."""
    messages = record["messages"]
    if len(messages) == 1 and isinstance(content := messages[0]["content"], str):
        return content
    return "\n\n".join(content_text(message.get("content")) for message in messages)


def answer_text(reference: object, final: str | None) -> str:
    r"""A reference answer as the model would write it; what it is in an object that has no answer of its own, as JSON.

    Args:
        final: What ``reference_text`` says of it.

    >>> answer_text({"final_answer": "5", "solution": "2 + 3 = 5"}, "5")
    '2 + 3 = 5\n5'
    """
    if reference is None or isinstance(reference, str):
        return reference or ""
    given = [reference[name] for name in _WRITTEN if name in reference] if isinstance(reference, Mapping) else []
    said = [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in given]
    return "\n".join([*said, final] if final else said) or json.dumps(reference, ensure_ascii=False)


def answer_key(reference: object, final: str | None) -> int:
    """A hash of 32 bits that answers have in common if they say the same, whatever is noted beside it.

    Args:
        final: What ``reference_text`` says of it.

    >>> answer_key({"final_answer": "1,200"}, "1,200") == answer_key("1200.0", "1200.0")
    True
    """
    text = final or _decisive(reference)
    said = _number(text) if text[:1] in _LEADS_NUMBER else None
    return crc32((said or " ".join(text.casefold().split())).encode("utf-8", "surrogatepass"))


def _decisive(reference: object) -> str:
    """What in an object decides whether two answers are the same, as text."""
    if isinstance(reference, Mapping):
        reference = next((reference[name] for name in _DECISIVE if name in reference), reference)
    return reference.strip() if isinstance(reference, str) else json.dumps(reference, sort_keys=True)


def _number(text: str) -> str | None:
    """The number that a text is, in one spelling; None if it is none or too long to be exact."""
    try:
        number = float(_THOUSANDS.sub("", text.removeprefix("$")))
    except ValueError:
        return None
    return repr(number) if abs(number) < _EXACT else None
