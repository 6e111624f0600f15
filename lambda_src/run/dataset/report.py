"""What was found in a dataset."""

from dataclasses import dataclass
from typing import Any

from .content import Content
from .finding import Findings, Severity
from .record import DatasetError, Record


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file.

    Attributes:
        part: ``train``, ``validation`` or ``test``.
        name: How findings call the file.
        count: Lines that hold something, valid or not.
        sha256: Of the file's bytes, 64 hex digits.
        bytes: Size of the file.
        findings: Of this file alone.
        sample: Up to 32 valid records, evenly spaced over the file.
    """

    part: str
    name: str
    count: int
    sha256: str
    bytes: int
    findings: Findings
    sample: tuple[Record, ...]

    @property
    def error_count(self) -> int:
        return self.findings.count(Severity.ERROR)

    def require(self) -> "FileReport":
        """This report, if it holds no error.

        Raises:
            DatasetError: With the shown errors, one per line.
        """
        require(self.name, self.findings)
        return self

    def to_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "name": self.name,
            "records": self.count,
            "bytes": self.bytes,
            "sha256": self.sha256,
            "findings": self.findings.to_json(),
        }


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """All files of a dataset, and what they are together."""

    files: tuple[FileReport, ...]
    content: Content

    def __getitem__(self, part: str) -> FileReport:
        return next(file for file in self.files if file.part == part)

    def count(self, part: str) -> int:
        """Records of a part; 0 where there is no such file."""
        return next((file.count for file in self.files if file.part == part), 0)

    @property
    def findings(self) -> Findings:
        """Those of all files and of the content, in one."""
        every = Findings()
        for one in (*(file.findings for file in self.files), self.content.findings):
            every.merge(one)
        return every

    @property
    def error_count(self) -> int:
        return self.findings.count(Severity.ERROR)

    def require(self) -> "DatasetReport":
        """This report, if it holds no error.

        Raises:
            DatasetError: With the shown errors, one per line.
        """
        require(", ".join(file.name for file in self.files), self.findings)
        return self

    def to_json(self) -> dict[str, Any]:
        return {"files": [file.to_json() for file in self.files], "content": self.content.to_json()}


def require(name: str, findings: Findings) -> None:
    """Raises DatasetError where there is an error among the findings."""
    count = findings.count(Severity.ERROR)
    if not count:
        return
    lines = [finding.message for finding in findings.of(Severity.ERROR)]
    hidden = [(rule, more) for severity, rule, more in findings.hidden() if severity is Severity.ERROR]
    lines += [f"... and {more:,} more of {rule}" for rule, more in hidden]
    plural = "s" if count > 1 else ""
    raise DatasetError(f"{name}: {count:,} problem{plural}\n  " + "\n  ".join(lines))
