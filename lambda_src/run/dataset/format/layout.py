"""How a file's records lie in it, told from its first block, and how to read those that are not one per line."""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Final

from ..limits import MAX_BYTES
from .parse import BOM, SPACE


class Layout(StrEnum):
    LINES = "lines"
    """A line for each record, as Bedrock wants it."""
    ARRAY = "array"
    """All records in one JSON array."""
    SPREAD = "spread"
    """Each record over several lines."""


_SIGNATURES: Final = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "a zip archive",
    b"PAR1": "Parquet",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"{\x00": "UTF-16",
    b"[\x00": "UTF-16",
    b"\x00{": "UTF-16",
    b"\x00[": "UTF-16",
}

_AROUND: Final = re.compile(r"[\ufeff \t\r\n,\[\]]*")
_NEARLY_OVER: Final = 16  # characters; no literal or escape is longer
_SHAPES: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)  # numbers are not looked at


def foreign(block: bytes) -> str | None:
    """What a file is instead of UTF-8 text, by how it begins; None where it may be text."""
    return next((name for signature, name in _SIGNATURES.items() if block.startswith(signature)), None)


def layout(block: bytes) -> Layout:
    """How the records lie in a file that begins so.

    >>> str(layout(b'[{"id": "a"},')), str(layout(b'{"id": "a"}')), str(layout(b'{"id":' + b'"a"}'))
    ('array', 'lines', 'lines')
    """
    start = block.removeprefix(BOM).lstrip(SPACE)
    text = start.decode(errors="surrogateescape")
    try:
        value, end = _SHAPES.raw_decode(text)
    except ValueError:
        return Layout.ARRAY if start[:1] == b"[" and start[1:].lstrip(SPACE)[:1] in (b"{", b"") else Layout.LINES
    except RecursionError:
        return Layout.LINES
    if isinstance(value, list):
        alone = not text[end:].strip()
        return Layout.ARRAY if alone and any(isinstance(each, dict) for each in value) else Layout.LINES
    return Layout.SPREAD if isinstance(value, dict) and "\n" in text[:end] else Layout.LINES


def elements(blocks: Iterable[bytes], stopped: Callable[[int], object]) -> Iterator[tuple[int, bytes]]:
    """The records of an array, or of objects after each other, each with the line that it begins on.

    Args:
        stopped: Is told the line from which on the file could not be read, if there is one. What begins there is still
            given, and the blocks are read to their end, but nothing of what follows is given.
    """
    remaining = iter(blocks)
    decode = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape").decode
    text, at, line = "", 0, 1
    while True:
        start = _after(text, at)
        line, at = line + text.count("\n", at, start), start
        end, cut_short = _element(text, at)
        if cut_short and len(text) - at <= MAX_BYTES and (block := next(remaining, b"")):
            text, at = text[at:] + decode(block), 0
            continue
        if at < len(text):
            yield line, text[at : end or at + MAX_BYTES + 1].encode(errors="surrogateescape")
            if end is None:
                stopped(line)
        if end is None:
            break
        line, at = line + text.count("\n", at, end), end
    for _ in remaining:
        pass


def _after(text: str, at: int) -> int:
    around = _AROUND.match(text, at)
    return around.end() if around else at


def _element(text: str, at: int) -> tuple[int | None, bool]:
    """Where the value that begins here ends, None if nowhere; and whether more text could give it an end."""
    try:
        _, end = _SHAPES.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return None, error.msg.startswith("Unterminated string") or error.pos >= len(text) - _NEARLY_OVER
    except RecursionError:
        return None, False
    return end, False
