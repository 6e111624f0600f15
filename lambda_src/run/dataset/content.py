"""What a dataset's records say together, which no single one shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .distribution import Distribution
from .finding import Findings


@dataclass(frozen=True, slots=True)
class Lengths:
    """Estimated tokens of each record's prompt and of its reference answer as text."""

    prompt: Distribution = field(default_factory=Distribution)
    reference: Distribution = field(default_factory=Distribution)

    def to_json(self) -> dict[str, Any]:
        return {"prompt": self.prompt.to_json(), "reference": self.reference.to_json()}


@dataclass(frozen=True, slots=True)
class Similar:
    """Records with the same or nearly the same prompt.

    Attributes:
        exact: Records whose prompt an earlier one has too, in any file.
        near: Records whose prompt is nearly that of an earlier one.
        groups: Sizes of the groups of equal or nearly equal prompts -> how many such groups; groups of one left out.
        leaked: Records of validation or test whose prompt (nearly) is in the training file.
        largest: Share of the training records, in [0, 1], in the largest cluster of alike prompts.
    """

    exact: int = 0
    near: int = 0
    groups: Mapping[int, int] = field(default_factory=dict)
    leaked: int = 0
    largest: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "exact": self.exact,
            "near": self.near,
            "groups": {str(size): number for size, number in sorted(self.groups.items())},
            "leaked": self.leaked,
            "largest": round(self.largest, 4),
        }


@dataclass(frozen=True, slots=True)
class Shares:
    """How the training records divide by one of their properties.

    Attributes:
        name: A field of the record, or ``language``, ``label``, ``role order`` ...
        shares: The most frequent values and their share, in [0, 1], the largest first.
        distinct: How many values there are in all.
    """

    name: str
    shares: Mapping[str, float]
    distinct: int

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "distinct": self.distinct, "shares": dict(self.shares)}


@dataclass(frozen=True, slots=True)
class Alignment:
    """Something the grader wants of a response's form, and whether the prompts ask for it.

    Attributes:
        wants: In words, such as ``#### before the final answer``.
        lost: What a right answer without it loses of its reward, in [0, 1], on the records tried.
        asked: Share of the prompts, in [0, 1], that mention it.
    """

    wants: str
    lost: float
    asked: float

    def to_json(self) -> dict[str, Any]:
        return {"wants": self.wants, "lost": round(self.lost, 4), "asked": round(self.asked, 4)}


@dataclass(frozen=True, slots=True)
class Content:
    """Everything about the dataset as a whole.

    Attributes:
        lengths: By part: ``train``, ``validation``, ``test``.
        findings: Warnings, and errors where something forbids training.
    """

    lengths: Mapping[str, Lengths] = field(default_factory=dict)
    similar: Similar = field(default_factory=Similar)
    shares: Sequence[Shares] = ()
    alignment: Sequence[Alignment] = ()
    findings: Findings = field(default_factory=Findings)

    def to_json(self) -> dict[str, Any]:
        return {
            "lengths": {part: lengths.to_json() for part, lengths in self.lengths.items()},
            "similar": self.similar.to_json(),
            "shares": [shares.to_json() for shares in self.shares],
            "alignment": [alignment.to_json() for alignment in self.alignment],
            "findings": self.findings.to_json(),
        }
