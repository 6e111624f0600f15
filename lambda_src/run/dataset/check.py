"""Checks a file of Bedrock chat records (JSON Lines) and says everything that is wrong with its format.

https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html (Nova) and
https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data-open-weight.html describe the same format. Every
record must carry a ``reference_answer``, which is not said to be mandatory: without it hardly a rule can grade.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .finding import Finding, Findings, Place, Severity
from .format import quick
from .format.fields import check_record
from .format.file import Around, about_count, about_file, about_layout
from .format.ids import Ids
from .format.parse import BOM, SPACE, parse
from .format.reading import Reading
from .format.reserved import may_hold, reserved_tokens
from .limits import MIN_RECORDS
from .record import Record
from .report import FileReport
from .sample import Sample

Observe = Callable[[str, int, Record], None]
"""Takes each valid record: part, line, record."""


def check(
    source: Path | Iterable[bytes | str],
    name: str,
    *,
    min_records: int = MIN_RECORDS,
    part: str = "train",
    references: bool = True,
) -> FileReport:
    """Check the format of every record in one pass.

    Args:
        source: A path, a binary stream, or lines with or without their ends.
        name: How findings call the file, e.g. ``train.jsonl``.
        min_records: 100 for training data; the service documents none for validation data.
        part: ``train``, ``validation`` or ``test``; the service's upper bound is not for test data.
        references: Whether every record needs a ``reference_answer``.

    Raises:
        DatasetError: The file cannot be read at all.

    >>> check(['{"messages": []}'], "train.jsonl", min_records=1).findings.shown[0].message
    'train.jsonl line 1: messages is empty; expected at least one message of the user'
    """
    return FileCheck(name, part=part, references=references).run(source, min_records=min_records)


class FileCheck:
    """The check of one file.

    Args:
        name: How findings call the file.
        part: ``train``, ``validation`` or ``test``.
        references: Whether every record needs a ``reference_answer``.
        others: The ids of the files that came before.
        observe: Is given every valid record.

    Attributes:
        ids: Those of the file, once it has run.
    """

    def __init__(
        self,
        name: str,
        *,
        part: str,
        references: bool,
        others: Sequence[Ids] = (),
        observe: Observe = lambda part, line, record: None,
    ) -> None:
        self._name = name
        self._part = part
        self._references = references
        self._observe = observe
        self._findings = Findings()
        self._around = Around()
        self._sample = Sample()
        self._count = 0
        self.ids = Ids(name, others)

    def run(self, source: Path | Iterable[bytes | str], *, min_records: int) -> FileReport:
        """Read the source once.

        Raises:
            DatasetError: It cannot be read.
        """
        reading = Reading(source, self._name)
        for number, raw in reading.records():
            self._take(number, raw)
        place, findings = Place(self._name), Findings()
        findings.extend(about_layout(reading, place))
        findings.merge(self._findings)
        findings.extend(about_file(source, self._around, place))
        if reading.foreign is None:
            findings.extend(about_count(self._count, self._part, min_records, place))
        return FileReport(
            part=self._part,
            name=self._name,
            count=self._count,
            sha256=reading.sha256,
            bytes=reading.bytes,
            findings=findings,
            sample=self._sample.records,
        )

    def _take(self, number: int, raw: bytes) -> None:
        line = raw.strip(SPACE)
        if len(line) != len(raw):
            self._around.note(raw, line)
        record, valid = quick.read(line), True
        if record is None or not quick.is_usual(record, references=self._references):
            record, valid = self._look(line, record, Place(self._name, number))
        elif may_hold(line):
            self._findings.extend(reserved_tokens(record["messages"], Place(self._name, number)))
        self._count += bool(line)
        if record is None:
            return
        self._take_id(number, record)
        if valid:
            self._sample.offer(record)
            self._observe(self._part, number, record)

    def _look(self, line: bytes, record: Record | None, place: Place) -> tuple[Record | None, bool]:
        """The record of a line, read already or not, and whether it has no error."""
        found = list[Finding]()
        if record is None:
            if line.startswith(BOM) and place.line == 1:
                self._findings.add(place.error("byte-order-mark", "begins with a byte order mark", expected="none"))
                line = line.removeprefix(BOM).lstrip(SPACE)
            record, found = parse(line, place)
        if record is not None:
            found += check_record(record, place, references=self._references)
        self._findings.extend(found)
        return record, all(finding.severity is not Severity.ERROR for finding in found)

    def _take_id(self, number: int, record: Record) -> None:
        identity = record.get("id")
        if isinstance(identity, str) and self.ids.take(identity, number):
            self._findings.extend(self.ids.findings(identity, Place(self._name, number)))
