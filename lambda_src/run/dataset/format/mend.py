"""What can be put right in a record without knowing what its author meant."""

import hashlib
import json
from collections.abc import Set
from typing import Any, Final

from ..record import Record

_STYLES: Final = tuple(
    json.JSONEncoder(separators=separators, ensure_ascii=ensure_ascii)
    for ensure_ascii in (True, False)
    for separators in ((", ", ": "), (",", ":"))
)


def without_empty_system(record: Record) -> Record:
    """The record without system messages that say nothing; the same object where it has none.

    >>> without_empty_system({"messages": [{"role": "system", "content": " "}, {"role": "user", "content": "Hi"}]})
    {'messages': [{'role': 'user', 'content': 'Hi'}]}
    """
    messages = record.get("messages")
    if not isinstance(messages, list):
        return record
    kept = [message for message in messages if not _is_empty_system(message)]
    return record if len(kept) == len(messages) else record | {"messages": kept}


def _is_empty_system(message: Any) -> bool:
    if not isinstance(message, dict) or message.get("role") != "system":
        return False
    content = message.get("content")
    return content is None or content == [] or (isinstance(content, str) and not content.strip())


def written_like(line: bytes, before: Record, after: Record) -> bytes:
    """A record that was changed, as the program that wrote the line would write it, as far as that can be seen.

    >>> written_like(b'{"id":"a","n":1}', {"id": "a", "n": 1}, {"id": "b", "n": 1})
    b'{"id":"b","n":1}'
    """
    text = line.decode()
    usual = _STYLES[0] if text.isascii() else _STYLES[2]
    return next((style for style in _STYLES if style.encode(before) == text), usual).encode(after).encode()


class Seen:
    """Records as a set: equal are those with the same keys and values, in any order and spelling."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def add(self, record: Record) -> bool:
        """Note a record; true where it has been seen already."""
        text = json.dumps(record, sort_keys=True)
        digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
        seen = digest in self._digests
        self._digests.add(digest)
        return seen


class OwnIds:
    """Gives a record whose id an earlier one has an id of its own.

    Args:
        taken: All ids of the file, as one is not to be given that comes later.

    >>> own = OwnIds({"a", "a-2"})
    >>> own.of("a"), own.of("a"), own.of("a")
    ('a', 'a-3', 'a-4')
    """

    def __init__(self, taken: Set[str]) -> None:
        self._taken = taken
        self._seen: dict[str, int] = {}

    def of(self, identity: str) -> str:
        """The id itself the first time, then with a number after it."""
        number = self._seen.get(identity, 0) + 1
        own = identity
        while number > 1 and (own := f"{identity}-{number}") in self._taken:
            number += 1
        self._seen[identity] = number
        return own
