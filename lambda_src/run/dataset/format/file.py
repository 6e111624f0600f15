"""What is to be said of a file as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from ..finding import Finding, Place
from ..limits import MAX_RECORDS, WARN_RECORDS
from .layout import Layout
from .reading import Reading

_SUFFIX: Final = ".jsonl"
_ONE_EACH: Final = "one JSON object per line, nothing around or between them"


@dataclass(slots=True)
class Around:
    """Lines that hold more than their record.

    Attributes:
        crlf: Those that end in CRLF.
        spaced: Those with space before or after the record.
    """

    crlf: int = 0
    spaced: int = 0

    def note(self, raw: bytes, line: bytes) -> None:
        """Count a line.

        Args:
            raw: As it is in the file, its LF left out.
            line: Without space around it.
        """
        if line:
            self.crlf += raw.endswith(b"\r")
            self.spaced += len(raw.removesuffix(b"\r")) != len(line)


def about_layout(reading: Reading, place: Place) -> Iterator[Finding]:
    """Where records are not lines, said once."""
    if reading.foreign is not None:
        yield place.error("not-jsonl", f"is {reading.foreign}", expected="JSON lines in UTF-8, not compressed")
    elif reading.layout is Layout.ARRAY:
        yield place.error("json-array", "is one JSON array", expected=_ONE_EACH)
    elif reading.layout is Layout.SPREAD:
        yield place.error("record-over-lines", "has records that are spread over lines", expected=_ONE_EACH)
    if reading.unread is not None:
        yield place.error(
            "not-read-on",
            f"could not be read on from the record that begins in line {reading.unread:,}",
            expected="JSON",
        )


def about_file(source: Path | Iterable[bytes | str], around: Around, place: Place) -> Iterator[Finding]:
    """Its name, and what it has around its records."""
    suffix = PurePath(source if isinstance(source, Path) else place.file).suffix
    if suffix != _SUFFIX and (suffix or isinstance(source, Path)):
        yield place.warning("file-suffix", f"has the suffix {suffix!r}", expected=repr(_SUFFIX))
    if around.crlf:
        yield place.warning("crlf", f"{around.crlf:,} lines end in CRLF", expected="LF")
    if around.spaced:
        yield place.warning("space-around", f"{around.spaced:,} lines have space around the record", expected="none")


def about_count(count: int, part: str, least: int, place: Place) -> Iterator[Finding]:
    """Whether there are as many records as the service takes; a test file it never sees."""
    most = MAX_RECORDS if part != "test" else None
    if count < least or (most is not None and count > most):
        expected = f"{least:,} to {most:,}" if most is not None else f"{least:,} or more"
        yield place.error("record-count", f"{count:,} records", expected=expected)
    elif part == "train" and count > WARN_RECORDS:
        yield place.warning(
            "many-records", f"{count:,} records", expected=f"{WARN_RECORDS:,} at most: more seldom help"
        )


def about_counts(train: int, validation: int, place: Place) -> Iterator[Finding]:
    """Whether training and validation together are as many as the service takes; each alone is checked elsewhere."""
    if train <= MAX_RECORDS >= validation and train + validation > MAX_RECORDS:
        found = f"{train:,} training and {validation:,} validation records"
        yield place.error("record-count-in-all", found, expected=f"{MAX_RECORDS:,} at most in both")
