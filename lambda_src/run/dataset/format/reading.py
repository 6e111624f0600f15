"""One pass over a file: its records as bytes, its size and its digest."""

import hashlib
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from ..limits import MAX_BYTES
from ..record import DatasetError
from .layout import Layout, elements, foreign, layout

_BLOCK = 1 << 20  # bytes held at a time, besides a line of at most 6 MB


class Reading:
    """Reads a file, or lines from elsewhere, once.

    Args:
        source: A path; a binary stream; or lines with or without their ends. Lines without count as ended by LF.
        name: How errors call it.

    Attributes:
        layout: How the records lie in it.
        foreign: What it is where it is no UTF-8 text, such as ``gzip``; None for text.
        unread: The line from which on records could not be told apart; None where all could.
        bytes: Size of what was read.
        open_end: Whether the last line has no end.
    """

    def __init__(self, source: Path | Iterable[bytes | str], name: str) -> None:
        self._source = source
        self._name = name
        self._digest = hashlib.sha256()
        self.layout = Layout.LINES
        self.foreign: str | None = None
        self.unread: int | None = None
        self.bytes = 0
        self.open_end = False

    @property
    def sha256(self) -> str:
        """Of what was read, as 64 hex digits."""
        return self._digest.hexdigest()

    def records(self) -> Iterator[tuple[int, bytes]]:
        """Each line, or each record where records are not lines, with the number of the line it begins on.

        Of a line that is longer than 6 MB the beginning is given, a little more than those 6 MB.

        Raises:
            DatasetError: The file cannot be read.
        """
        blocks = self._measured()
        first = next(blocks, b"")
        self.foreign = foreign(first)
        if self.foreign is not None:
            for _ in blocks:
                pass
            return
        self.layout = layout(first)
        every = chain([first], blocks)
        yield from _lines(every) if self.layout is Layout.LINES else elements(every, self._stop)

    def _stop(self, line: int) -> None:
        self.unread = line

    def _measured(self) -> Iterator[bytes]:
        for block in self._blocks():
            self._digest.update(block)
            self.bytes += len(block)
            self.open_end = not block.endswith(b"\n")
            yield block

    def _blocks(self) -> Iterator[bytes]:
        if isinstance(self._source, Path):
            try:
                with self._source.open("rb") as file:
                    yield from _read(file)
            except OSError as error:
                raise DatasetError(
                    f"{self._name}: {self._source} cannot be read ({error.strerror}); expected a file of JSON lines"
                ) from error
        elif isinstance(self._source, io.IOBase):
            yield from _read(self._source)
        else:
            yield from _joined(self._source)


def _read(stream: io.IOBase) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _joined(lines: Iterable[bytes | str]) -> Iterator[bytes]:
    """Lines as blocks, an LF before each whose predecessor had none."""
    block, size, ended = list[bytes](), 0, True
    for each in lines:
        line = each.encode(errors="surrogatepass") if isinstance(each, str) else each
        if not ended:
            block.append(b"\n")
        block.append(line)
        size += len(line)
        ended = line.endswith(b"\n")
        if size >= _BLOCK:
            yield b"".join(block)
            block, size = [], 0
    yield b"".join(block)


def _lines(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    number, rest, over_long = 0, b"", False
    for block in blocks:
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        if over_long and lines:  # the end of what was given already
            del lines[0]
            over_long = False
        if over_long:
            rest = b""
        for line in lines:
            number += 1
            yield number, line
        if len(rest) > MAX_BYTES:
            number += 1
            yield number, rest
            rest, over_long = b"", True
    if rest:
        yield number + 1, rest
