"""A copy of a dataset file in which everything is put right that can be without knowing what its author meant."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from .changes import Action, Change, Changes
from .finding import Finding, Place, Severity
from .format import quick
from .format.clean import clean
from .format.fields import check_record
from .format.layout import Layout
from .format.mend import OwnIds, Seen, without_empty_system, written_like
from .format.parse import parse
from .format.reading import Reading
from .record import DatasetError, Record

_HERE: Final = Place("")  # what is said of a record is not shown, only counted by rule


def repair(source: Path, target: Path, *, references: bool = True) -> list[Change]:
    """Write a cleaned copy of a file.

    Mended is what is around records (byte order mark, CRLF, space, blank lines, arrays, records over several lines or
    several on one), exact copies of records, empty system messages, and ids that repeat: the later record gets a number
    after its id. Left out are lines that no reader could use, such as those that are not JSON. All other records are
    kept, byte for byte, and said to be still wrong where they are: an answered prompt, a missing reference answer or a
    repeated key is for their author to decide.

    Args:
        source: The file; it is only read.
        target: Where the copy goes, in one step when it is complete; nothing may be there.
        references: Whether a record without ``reference_answer`` is wrong.

    Returns:
        What was done, by rule, each with the lines it was done to.

    Raises:
        DatasetError: The source cannot be read, is no text or is an array that breaks off; the target exists or cannot
            be written. Nothing is written then.
    """
    if os.path.lexists(target):
        raise DatasetError(f"{target} exists; expected a name that is free, for the copy of {source}")
    taken = {identity for _, line in _cleaned(source, Changes()) if (identity := _id_of(_read(line)[0])) is not None}
    changes = Changes()
    mending = _Mending(OwnIds(taken), changes, references=references)
    with _written(source, target) as copy:
        for number, line in _cleaned(source, changes):
            mended = mending.mend(number, line)
            if mended is not None:
                copy.write(mended + b"\n")
    return changes.all()


def _read(line: bytes) -> tuple[Record | None, list[Finding]]:
    record = quick.read(line)
    return parse(line, _HERE) if record is None else (record, [])


def _id_of(record: Record | None) -> str | None:
    identity = None if record is None else record.get("id")
    return identity if isinstance(identity, str) and identity.strip() else None


def _cleaned(source: Path, changes: Changes) -> Iterator[tuple[int, bytes]]:
    reading, number = Reading(source, source.name), 0
    for number, raw in reading.records():
        lines, rules = clean(raw, number, reading.layout)
        for rule in rules:
            changes.add(Action.MENDED, rule, number)
        for line in lines:
            yield number, line
    if reading.foreign is not None:
        raise DatasetError(f"{source} is {reading.foreign}; expected JSON lines in UTF-8, not compressed")
    if reading.unread is not None:
        raise DatasetError(
            f"{source} cannot be read on from the record that begins in line {reading.unread:,}; expected JSON"
        )
    if number and reading.open_end and reading.layout is Layout.LINES:
        changes.add(Action.MENDED, "final-newline", number)


@contextmanager
def _written(source: Path, target: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that takes its name at the end, and is gone after an error."""
    try:
        file = tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False)  # noqa: SIM115
        try:
            with file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(source, file.name)
            Path(file.name).replace(target)
        except BaseException:
            Path(file.name).unlink()
            raise
    except OSError as error:
        raise DatasetError(f"{target} cannot be written ({error.strerror}); expected a folder with room") from error


class _Mending:
    """Mends records one after the other."""

    def __init__(self, ids: OwnIds, changes: Changes, *, references: bool) -> None:
        self._ids = ids
        self._changes = changes
        self._references = references
        self._records = Seen()

    def mend(self, number: int, line: bytes) -> bytes | None:
        """A record's line as it goes into the copy; None where it does not."""
        record, doubts = _read(line)
        if record is None:
            self._note(Action.LEFT_OUT, number, doubts)
            return None
        if doubts:  # nothing is changed in a record that readers understand differently
            identity = _id_of(record)
            repeats = identity is not None and self._ids.of(identity) != identity
            again = [_HERE.error("id-repeated", "is repeated", expected="unique ids", field="id")] if repeats else []
            self._note(Action.STILL_WRONG, number, [*doubts, *self._check(record), *again])
            return line
        mended = self._mended(number, record)
        if mended is None:
            return None
        self._note(Action.STILL_WRONG, number, self._check(mended))
        return line if mended is record else written_like(line, record, mended)

    def _mended(self, number: int, record: Record) -> Record | None:
        mended = without_empty_system(record)
        if mended is not record:
            self._changes.add(Action.MENDED, "system-empty", number)
        if self._records.add(mended):
            self._changes.add(Action.MENDED, "record-repeated", number)
            return None
        identity = _id_of(mended)
        if identity is not None and (own := self._ids.of(identity)) != identity:
            self._changes.add(Action.MENDED, "id-repeated", number)
            return mended | {"id": own}
        return mended

    def _check(self, record: Record) -> Iterator[Finding]:
        return check_record(record, _HERE, references=self._references)

    def _note(self, action: Action, number: int, findings: Iterable[Finding]) -> None:
        rules = (finding.rule for finding in findings if finding.severity is Severity.ERROR)
        for rule in dict.fromkeys(rules):
            self._changes.add(action, rule, number)
