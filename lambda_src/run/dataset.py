"""Checks a dataset of Bedrock chat records (JSON Lines) and says everything that is wrong with it.

Format and limits: https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html
(100 to 20,000 records; the best-practices article stops at 10,000, hence the warning).
Every record must carry a ``reference_answer``, which the service only recommends: without it no rule can grade.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

MIN_RECORDS = 100
MAX_RECORDS = 20_000
WARN_RECORDS = 10_000
MAX_FINDINGS = 20  # said in full; the rest are only counted
SAMPLE = 32  # records at most

RESERVED_ID = "preflight/"
_ROLES = ("system", "developer", "user", "assistant", "tool")
_BOM = b"\xef\xbb\xbf"

Record = dict[str, Any]


class DatasetError(ValueError):
    """A dataset that Bedrock or the grader could not use; lists the findings."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one file.

    Attributes:
        count: Lines that hold something, valid or not.
        errors: The first findings that forbid training.
        error_count: All of them, also those not listed.
        warnings: Findings that do not forbid it.
        sample: Up to 32 valid records, evenly spaced over the file.
    """

    name: str
    count: int
    errors: tuple[str, ...]
    error_count: int
    warnings: tuple[str, ...]
    sample: tuple[Record, ...]

    def require(self) -> "Report":
        """This report, if it holds no error.

        Raises:
            DatasetError: With the listed errors, one per line.
        """
        if self.error_count:
            more = self.error_count - len(self.errors)
            lines = [*self.errors, *([f"... and {more:,} more"] if more else [])]
            plural = "s" if self.error_count > 1 else ""
            raise DatasetError(f"{self.name}: {self.error_count:,} problem{plural}\n  " + "\n  ".join(lines))
        return self


def check(source: Path | Iterable[bytes | str], name: str, *, min_records: int = MIN_RECORDS) -> Report:
    """Check every record of a file, or of its lines, in one pass.

    Args:
        source: A path, or lines with or without their line ends.
        name: How findings call the file, e.g. ``train.jsonl``.
        min_records: 100 for training data; the service documents none for validation data.

    Raises:
        DatasetError: The file cannot be read at all.

    >>> check(['{"messages": []}'], "train.jsonl", min_records=1).errors[0]
    'train.jsonl line 1: messages is empty; expected at least one message with role user'
    """
    state = _State(name)
    with _lines(source, name) as lines:
        for number, line in enumerate(lines, start=1):
            state.line(number, line.encode() if isinstance(line, str) else line)
    return state.report(min_records)


@contextmanager
def _lines(source: Path | Iterable[bytes | str], name: str) -> Iterator[Iterable[bytes | str]]:
    if not isinstance(source, Path):
        yield source
        return
    try:
        file = source.open("rb")
    except OSError as error:
        raise DatasetError(
            f"{name}: {source} cannot be read ({error.strerror}); expected a file of JSON lines"
        ) from error
    with file:
        yield file


class _RecordError(ValueError):
    """What is wrong with one record."""


@dataclass(slots=True)
class _State:
    name: str
    count: int = 0
    errors: list[str] = field(default_factory=list)
    error_count: int = 0
    crlf: int = 0
    ids: dict[str, int] = field(default_factory=dict)
    sample: list[Record] = field(default_factory=list)
    stride: int = 1

    def line(self, number: int, line: bytes) -> None:
        self.crlf += line.endswith(b"\r\n")
        self.count += bool(line.strip())
        try:
            record = _parse(number, line)
            _check_record(record)
            self._check_id(number, record)
        except _RecordError as error:
            self._error(f"{self.name} line {number}: {error}")
        else:
            self._keep(record)

    def report(self, min_records: int) -> Report:
        if not min_records <= self.count <= MAX_RECORDS:
            self._error(f"{self.name}: {self.count:,} records; expected {min_records:,} to {MAX_RECORDS:,}")
        return Report(
            self.name, self.count, tuple(self.errors), self.error_count, tuple(self._warnings()), tuple(self.sample)
        )

    def _warnings(self) -> Iterator[str]:
        if WARN_RECORDS < self.count <= MAX_RECORDS:
            yield f"{self.name}: {self.count:,} records; more than {WARN_RECORDS:,} seldom help"
        if self.crlf:
            yield f"{self.name}: {self.crlf:,} lines end in CRLF; expected LF"

    def _error(self, message: str) -> None:
        self.error_count += 1
        if len(self.errors) < MAX_FINDINGS:
            self.errors.append(message)

    def _check_id(self, number: int, record: Record) -> None:
        identity = record.get("id")
        if identity is None:
            return
        if not isinstance(identity, str) or not identity:
            raise _RecordError(f"id is {_short(identity)}; expected a string that is not empty, or no id")
        if identity.startswith(RESERVED_ID):
            raise _RecordError(f"id {_short(identity)} starts with {RESERVED_ID}, the mark of the audit's own items")
        first = self.ids.setdefault(identity, number)
        if first != number:
            raise _RecordError(f"id {_short(identity)} is that of line {first} too; expected unique ids")

    def _keep(self, record: Record) -> None:
        """Sample without knowing the length: when full, keep every other record and half the pace."""
        if (self.count - 1) % self.stride:
            return
        if len(self.sample) == SAMPLE:
            self.sample = self.sample[::2]
            self.stride *= 2
        if (self.count - 1) % self.stride == 0:
            self.sample.append(record)


def _parse(number: int, line: bytes) -> Record:
    if number == 1 and line.startswith(_BOM):
        raise _RecordError("starts with a byte order mark; expected UTF-8 without one")
    if not line.strip():
        raise _RecordError("is blank; expected one JSON object per line")
    try:
        record = json.loads(line, parse_constant=_reject_constant)
    except (ValueError, RecursionError) as error:
        raise _RecordError(f"is not valid JSON ({error}); expected one JSON object per line") from error
    if not isinstance(record, dict):
        raise _RecordError(f"is a JSON {_kind(record)}; expected an object with messages and reference_answer")
    return record


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_record(record: Record) -> None:
    if "messages" not in record:
        raise _RecordError(f"no messages; every record needs a list of them (found {list(record)})")
    messages = record["messages"]
    if not isinstance(messages, list):
        raise _RecordError(f"messages is a {_kind(messages)}; expected a list of objects with role and content")
    if not messages:
        raise _RecordError("messages is empty; expected at least one message with role user")
    for index, message in enumerate(messages):
        _check_message(index, message)
    roles = [message["role"] for message in messages]
    if "user" not in roles:
        raise _RecordError(f"messages has no role user (found {roles}); expected at least one")
    if roles[-1] == "assistant":
        raise _RecordError("the last message has role assistant; expected the prompt alone")
    _check_reference(record)


def _check_message(index: int, message: Any) -> None:
    where = f"messages[{index}]"
    if not isinstance(message, Mapping):
        raise _RecordError(f"{where} is a {_kind(message)}; expected an object with role and content")
    role = message.get("role")
    if role not in _ROLES:
        raise _RecordError(f"{where}.role is {_short(role)}; expected one of {', '.join(_ROLES)}")
    if role == "system" and index:
        raise _RecordError(f"{where}.role is system; expected it as the first message only")
    if not _has_text(message.get("content")):
        raise _RecordError(f"{where}.content is {_short(message.get('content'))}; expected text")


def _has_text(content: Any) -> bool:
    if isinstance(content, str):
        return bool(content.strip())
    return (
        isinstance(content, list)
        and bool(content)
        and all(isinstance(block, Mapping) and _is_filled(block.get("text")) for block in content)
    )


def _is_filled(text: Any) -> bool:
    return isinstance(text, str) and bool(text.strip())


def _check_reference(record: Record) -> None:
    if "reference_answer" not in record:
        raise _RecordError(f"no reference_answer; every record needs one, a string or an object (found {list(record)})")
    reference = record["reference_answer"]
    if not (_is_filled(reference) or (isinstance(reference, Mapping) and reference)):
        raise _RecordError(f"reference_answer is {_short(reference)}; expected a string or an object that is not empty")


def _kind(value: Any) -> str:
    names = {dict: "object", list: "list", str: "string", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")


def _short(value: Any) -> str:
    text = "missing" if value is None else json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004
