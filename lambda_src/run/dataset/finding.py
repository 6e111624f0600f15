"""What is wrong with a dataset, one finding at a time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SHOWN_PER_RULE = 10  # said in full; the rest are only counted


class Severity(StrEnum):
    """Whether a finding forbids training."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what is expected instead.

    Attributes:
        rule: Which rule it breaks, in kebab case, such as ``invalid-json``.
        file: The file as findings call it, such as ``datasets/gsm8k/train.jsonl``.
        problem: What was found, to follow the place it was found at.
        expected: To follow "expected".
        line: Counted from 1; None for the whole file.
        field: Path inside the record, such as ``messages[1].content``; empty for the whole line or file.
    """

    rule: str
    severity: Severity
    file: str
    problem: str
    expected: str
    line: int | None = None
    field: str = ""

    @property
    def message(self) -> str:
        """The finding as one sentence.

        >>> Place("a.jsonl", 2).error("id-repeated", 'is "x", as in line 1', expected="unique ids", field="id").message
        'a.jsonl line 2: id is "x", as in line 1; expected unique ids'
        """
        where = self.file if self.line is None else f"{self.file} line {self.line}"
        what = f"{self.field} {self.problem}" if self.field else self.problem
        return f"{where}: {what}; expected {self.expected}"

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": str(self.severity),
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "problem": self.problem,
            "expected": self.expected,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is found: a file as findings call it, and a line of it, counted from 1."""

    file: str
    line: int | None = None

    def error(self, rule: str, problem: str, *, expected: str, field: str = "") -> Finding:
        return Finding(rule, Severity.ERROR, self.file, problem, expected, self.line, field)

    def warning(self, rule: str, problem: str, *, expected: str, field: str = "") -> Finding:
        return Finding(rule, Severity.WARNING, self.file, problem, expected, self.line, field)


@dataclass(slots=True)
class Findings:
    """Findings as they come: the first of each rule in full, all of them counted."""

    shown: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)

    def add(self, finding: Finding) -> None:
        key = (finding.severity, finding.rule)
        self.counts[key] += 1
        if self.counts[key] <= SHOWN_PER_RULE:
            self.shown.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.add(finding)

    def merge(self, other: "Findings") -> None:
        """Add what another has, also what it does not show."""
        shown = Counter((finding.severity, finding.rule) for finding in self.shown)
        for finding in other.shown:
            key = (finding.severity, finding.rule)
            shown[key] += 1
            if shown[key] <= SHOWN_PER_RULE:
                self.shown.append(finding)
        self.counts.update(other.counts)

    def count(self, severity: Severity) -> int:
        """All findings of one severity, also those not shown."""
        return sum(number for (each, _), number in self.counts.items() if each is severity)

    def of(self, severity: Severity) -> tuple[Finding, ...]:
        """The shown findings of one severity, in the order of the file."""
        return tuple(finding for finding in self.shown if finding.severity is severity)

    def hidden(self) -> Iterator[tuple[Severity, str, int]]:
        """Rules of which more was found than is shown, and how much more."""
        for (severity, rule), number in self.counts.items():
            if number > SHOWN_PER_RULE:
                yield severity, rule, number - SHOWN_PER_RULE

    def to_json(self) -> dict[str, Any]:
        counts = Counter[str]()
        for (_, rule), number in self.counts.items():
            counts[rule] += number
        return {"counts": dict(counts), "shown": [finding.to_json() for finding in self.shown]}
