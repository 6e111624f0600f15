"""The findings of a dataset report, one group for each rule, the errors first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lambda_src.run.dataset.finding import Finding, Severity
from rft.views.figures import is_number, section_of

_FIELDS = ("rule", "file", "problem", "expected", "line", "field")


@dataclass(slots=True)
class Group:
    """What breaks one rule.

    Attributes:
        count: All of it, also what is not listed.
        findings: The first of it.
    """

    rule: str
    severity: Severity
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def expected(self) -> str:
        """What is expected in place of all that is listed; empty where that is not the same, or only said once."""
        every = {finding.expected for finding in self.findings}
        return every.pop() if len(every) == 1 and len(self.findings) > 1 else ""

    @property
    def messages(self) -> list[str]:
        """What is listed, one sentence each; what all of it shares is left to ``expected``."""
        shared = f"; expected {self.expected}" if self.expected else ""
        return [finding.message.removesuffix(shared) for finding in self.findings]


def groups(dataset: Mapping[str, Any]) -> list[Group]:
    """All findings, of the files and of the content.

    Args:
        dataset: ``DatasetReport.to_json``, or as much of it as a run's record keeps.
    """
    found: dict[tuple[Severity, str], Group] = {}
    for findings in _findings(dataset):
        shown = Counter[str]()
        for finding in map(_finding, findings.get("shown") or ()):
            group = found.setdefault((finding.severity, finding.rule), Group(finding.rule, finding.severity))
            group.findings.append(finding)
            group.count += 1
            shown[finding.rule] += 1
        for rule, count in section_of(findings, "counts").items():
            if count > shown[rule]:
                severity = Severity.ERROR if (Severity.ERROR, rule) in found else Severity.WARNING
                found.setdefault((severity, rule), Group(rule, severity)).count += int(count) - shown[rule]
    return sorted(found.values(), key=lambda group: (group.severity is not Severity.ERROR, -group.count))


def counts(file: Mapping[str, Any]) -> tuple[int, int]:
    """Errors and warnings of one file, whether its findings are listed or only counted."""
    if is_number(file.get("errors")) or is_number(file.get("warnings")):
        return int(file.get("errors") or 0), int(file.get("warnings") or 0)
    every = groups({"files": [file]})
    errors = sum(group.count for group in every if group.severity is Severity.ERROR)
    return errors, sum(group.count for group in every) - errors


def verdict(dataset: Mapping[str, Any]) -> str:
    """How many findings there are, in words.

    >>> verdict({})
    'nothing found'
    """
    every = groups(dataset)
    errors = sum(group.count for group in every if group.severity is Severity.ERROR)
    numbers = (("error", errors), ("warning", sum(group.count for group in every) - errors))
    return ", ".join(f"{n:,} {name}{'s' * (n > 1)}" for name, n in numbers if n) or "nothing found"


def _findings(dataset: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    files: Sequence[Mapping[str, Any]] = dataset.get("files") or ()
    for owner in (*files, section_of(dataset, "content")):
        yield section_of(owner, "findings")


def _finding(one: Mapping[str, Any]) -> Finding:
    given = {name: one[name] for name in _FIELDS if one.get(name) is not None}
    severity = Severity.ERROR if one.get("severity") == Severity.ERROR else Severity.WARNING
    return Finding(severity=severity, **({"rule": "?", "file": "?", "problem": "?", "expected": "?"} | given))
