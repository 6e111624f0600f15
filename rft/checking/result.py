"""What a check came to: one verdict over the records and the grader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lambda_src.run.audit import Audit, Verdict
from lambda_src.run.dataset.finding import Severity
from rft.views import dataset_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """Everything that was found.

    Attributes:
        title: What was checked: project and stage, or a file.
        dataset: ``dataset_limits.document``.
        audit: None where there was no grader to try.
        repair: ``check_fix.cleaned``, where a cleaned copy was made; the copy is what was checked then.
        probe: What ``rft probe`` had written, where it was handed in.
        pins: The project file's ``dataset``, of what was read from S3.
        strict: Whether warnings count as errors do.
    """

    title: str
    dataset: Mapping[str, Any]
    audit: Audit | None = None
    repair: Mapping[str, Any] | None = None
    probe: Mapping[str, Any] | None = None
    pins: Mapping[str, Any] | None = None
    strict: bool = False

    @property
    def broken(self) -> list[str]:
        """The rules that forbid training."""
        groups = dataset_findings.groups(self.dataset)
        errors = [group.rule for group in groups if self.strict or group.severity is Severity.ERROR]
        failed = [result.rule for result in self._rules if result.failed or (self.strict and result.warnings)]
        return list(dict.fromkeys([*errors, *failed]))

    @property
    def passed(self) -> bool:
        return not self.broken

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if not self.passed:
            return f"Not sound: {', '.join(self.broken)}"
        return f"Sound ({'; '.join(self.remarks)})" if self.remarks else "Sound"

    @property
    def remarks(self) -> list[str]:
        """What does not forbid training and is worth a look."""
        return list(self._remarks())

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "passed": self.passed,
            "broken": self.broken,
            "remarks": self.remarks,
            "dataset": self.dataset,
            "audit": None if self.audit is None else self.audit.to_json(),
            "repair": self.repair,
            "probe": self.probe,
            "pins": self.pins,
        }

    @property
    def _rules(self) -> tuple[Any, ...]:
        return () if self.audit is None else self.audit.rules

    def _remarks(self) -> Iterator[str]:
        warnings = sum(group.count for group in dataset_findings.groups(self.dataset))
        if warnings:
            yield f"{warnings:,} warning{'s' * (warnings > 1)} about the records"
        for verdict in (Verdict.WAIVED, Verdict.NOT_TRIED):
            if names := [result.rule for result in self._rules if result.verdict is verdict]:
                yield f"{verdict}: {', '.join(names)}"
