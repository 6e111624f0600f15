"""What is around the records of a file, taken away; not a byte of a record is changed."""

from typing import Final

from ..limits import MAX_BYTES
from . import quick
from .layout import Layout
from .parse import BOM, SPACE, objects

_RULE_OF: Final = {Layout.ARRAY: "json-array", Layout.SPREAD: "record-over-lines"}


def clean(raw: bytes, number: int, layout: Layout) -> tuple[list[bytes], list[str]]:
    r"""The records of a line, each without what is around it, and the rules that the line broke.

    Args:
        raw: A line without its LF, or a record over several lines.
        number: Of the line, counted from 1.
        layout: How the records of the file lie in it.

    >>> clean(b'{"id": "a"},  {"id": "b"}\r', 1, Layout.LINES)
    ([b'{"id": "a"}', b'{"id": "b"}'], ['crlf', 'several-records-on-line'])
    """
    line, rules = _bare(raw, number)
    if not line:
        return [], ["blank-line"]
    if layout is not Layout.LINES:
        line = _on_one_line(line)
        rules.append(_RULE_OF[layout])
    if quick.read(line) is not None or len(line) > MAX_BYTES:
        return [line], rules
    records = _records(line)
    if len(records) > 1:
        rules.append("several-records-on-line")
    elif records[0] != line:
        rules.append("trailing-comma")
    return records, rules


def _bare(raw: bytes, number: int) -> tuple[bytes, list[str]]:
    rules = []
    line = raw.removeprefix(BOM) if number == 1 else raw
    if line != raw:
        rules.append("byte-order-mark")
    bare = line.strip(SPACE)
    if line.endswith(b"\r"):
        rules.append("crlf")
    if line.removesuffix(b"\r") != bare:
        rules.append("space-around")
    return bare, rules


def _on_one_line(record: bytes) -> bytes:
    """Valid JSON without its line ends, which can only lie between its parts."""
    parts = [part.strip(SPACE) for part in record.split(b"\n")]
    return b"".join(part + b" " if part.endswith(b",") else part for part in parts).rstrip(SPACE)


def _records(line: bytes) -> list[bytes]:
    try:
        found = objects(line.decode())
    except UnicodeDecodeError:
        return [line]
    return [text.encode() for text in found] if found else [line]
