"""What the audit found, rule by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from .cost import Cost
from .latency import Latency
from .summary import small

_MOST_EXAMPLES: Final = 50  # of one rule, in the full JSON


class Verdict(StrEnum):
    """How a rule ended."""

    PASSED = "passed"
    FAILED = "failed"
    WAIVED = "waived"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Example:
    """A response that breaks a rule.

    Attributes:
        record: Its id, or ``#n`` counted from 0 within the sample where it has none.
        strategy: How the response was made.
        reward: None where there is none, because the record could not be read or the grader gave no answer.
        expected: What the rule asks for, to follow "expected".
        response: Its beginning, on one line.
        error: Why the grader could not grade it; empty where it said nothing.
    """

    record: str
    strategy: str
    reward: float | None
    expected: str
    response: str = ""
    error: str = ""

    @property
    def message(self) -> str:
        """The example as one sentence."""
        who = ", ".join(filter(None, (f"record {self.record}" if self.record else "", self.strategy)))
        earned = f"earns {self.reward:.4g}; " if self.reward is not None else ""
        because = f" ({self.error})" if self.error else ""
        return f"{who}: {earned}expected {self.expected}{because}"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule.

    Attributes:
        reason: The numbers behind the verdict, or why the rule was not tried, or why it is waived.
        measured: The same numbers, by name.
        examples: What breaks the rule, the worst first.
        warnings: What does not break the rule and is worth a look.
    """

    rule: str
    verdict: Verdict
    reason: str
    measured: Mapping[str, float] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, rule: str, *, holds: bool, reason: str, **details: Any) -> "RuleResult":
        """A rule that was tried."""
        return cls(rule, Verdict.PASSED if holds else Verdict.FAILED, reason, **details)

    @classmethod
    def not_tried(cls, rule: str, reason: str) -> "RuleResult":
        return cls(rule, Verdict.NOT_TRIED, reason)

    @property
    def failed(self) -> bool:
        return self.verdict is Verdict.FAILED

    def waived(self, why: str) -> "RuleResult":
        """This result where the project waives the rule."""
        if self.failed:
            return replace(self, verdict=Verdict.WAIVED, reason=f"{self.reason}; waived: {why}")
        if self.verdict is Verdict.PASSED:
            return replace(self, warnings=(*self.warnings, "waived, yet it holds: the waiver can go"))
        return self

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "measured": dict(self.measured),
            "broken": len(self.examples),
            "examples": [asdict(example) for example in self.examples[:_MOST_EXAMPLES]],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class StrategyPay:
    """What one way to respond earns, over all records."""

    strategy: str
    worth: str
    mean: float
    least: float
    most: float
    responses: int


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole audit.

    Attributes:
        records: Sampled ones of which every response was graded.
        responses: Graded for them, repeats aside.
        histogram: For each worth, how many rewards lie in each twentieth of [0, 1].
        latency: None where nothing was timed.
        cost: None where no judge was asked.
        notes: What to know about how it was done, one sentence each.
    """

    rules: tuple[RuleResult, ...]
    records: int = 0
    responses: int = 0
    histogram: Mapping[str, Sequence[int]] = field(default_factory=dict)
    strategies: tuple[StrategyPay, ...] = ()
    latency: Latency | None = None
    cost: Cost | None = None
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        return tuple(result for result in self.rules if result.failed)

    @property
    def passed(self) -> bool:
        """Whether no rule failed; waived ones and those that were not tried do not count."""
        return not self.failed

    def __getitem__(self, rule: str) -> RuleResult:
        return next(result for result in self.rules if result.rule == rule)

    def noted(self, *notes: str) -> "Audit":
        """This audit with further notes."""
        return replace(self, notes=(*self.notes, *notes))

    def complaints(self, examples: int) -> list[str]:
        """The rules that failed, a line each, and their first examples, an indented line each."""
        return [
            line
            for result in self.failed
            for line in (
                f"{result.rule}: {result.reason}",
                *(f"  {example.message}" for example in result.examples[:examples]),
            )
        ]

    def to_json(self) -> dict[str, Any]:
        """Everything."""
        return {
            "passed": self.passed,
            "records": self.records,
            "responses": self.responses,
            "rules": [result.to_json() for result in self.rules],
            "histogram": {worth: list(counts) for worth, counts in self.histogram.items()},
            "strategies": [asdict(pay) for pay in self.strategies],
            "latency": None if self.latency is None else self.latency.to_json(),
            "cost": None if self.cost is None else self.cost.to_json(),
            "notes": list(self.notes),
        }

    def summary(self) -> dict[str, Any]:
        """As much of it as fits into 3 kB of JSON, to travel with a run."""
        return small(self.to_json())
