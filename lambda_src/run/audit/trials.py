"""What the audit asks the grader: responses of known worth, as Bedrock would send them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from ...reward.rubric import Rubric
from ...reward.telemetry import PREFLIGHT_ID
from ..candidates import Candidate, Worth, candidates
from ..chat_record import item
from .result import Example

_EXCERPT: Final = 120  # characters of a response
_LENDERS: Final = 3  # records that are asked for another answer, one after the other


@dataclass(frozen=True, slots=True)
class Trial:
    """A response to a record, and the payload item it is sent as."""

    record: str
    candidate: Candidate
    item: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.item["id"])


@dataclass(frozen=True, slots=True)
class Graded:
    """A response and what the grader gave for it.

    Attributes:
        error: Why it could not be graded, where the grader says so.
        input_tokens: What judges read for it, where the grader says so.
        output_tokens: What they wrote.
    """

    trial: Trial
    reward: float
    error: str = ""
    input_tokens: float | None = None
    output_tokens: float | None = None

    @property
    def candidate(self) -> Candidate:
        return self.trial.candidate

    @property
    def tokens(self) -> tuple[float, float] | None:
        """What judges read and wrote for it; None where none was asked."""
        if self.input_tokens is None and self.output_tokens is None:
            return None
        return self.input_tokens or 0.0, self.output_tokens or 0.0

    def example(self, expected: str) -> Example:
        """This response as one that breaks a rule."""
        excerpt = " ".join(self.candidate.response[: 4 * _EXCERPT].split())
        shown = excerpt if len(excerpt) <= _EXCERPT else f"{excerpt[: _EXCERPT - 3]}..."
        return Example(self.trial.record, self.candidate.strategy, self.reward, expected, shown, self.error)


@dataclass(slots=True)
class Trials:
    """The trials of every record that can be read, and the records that cannot."""

    by_record: list[list[Trial]] = field(default_factory=list)
    unreadable: list[Example] = field(default_factory=list)

    @property
    def referenced(self) -> int:
        """How many of the records say what is right."""
        return sum(any(one.candidate.worth is Worth.RIGHT for one in of_record) for of_record in self.by_record)


def spaced(records: Sequence[Mapping[str, Any]], count: int) -> list[tuple[int, Mapping[str, Any]]]:
    """Up to ``count`` of the records with their places, evenly spaced.

    >>> [place for place, _ in spaced([{}] * 10, 4)]
    [0, 2, 5, 7]
    """
    places = range(len(records)) if len(records) <= count else [i * len(records) // count for i in range(count)]
    return [(place, records[place]) for place in places]


def trials(rubric: Rubric, records: Sequence[Mapping[str, Any]], count: int) -> Trials:
    """Responses to ``count`` of the records; the others only lend their answers."""
    found = Trials()
    for place, record in spaced(records, count):
        name = str(record.get("id") or f"#{place}")
        try:
            written = _written(rubric, record, [*records[place + 1 :], *records[:place]])
        except (LookupError, TypeError, ValueError) as error:
            expected = "a reference answer that the rubric reads"
            found.unreadable.append(Example(name, "", None, expected, error=str(error)))
        else:
            found.by_record.append([_trial(record, one, f"{place}/{n}", name) for n, one in enumerate(written)])
    return found


def _written(rubric: Rubric, record: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """The record's responses; an unreadable record that was to lend its answer is passed over."""
    for start in range(_LENDERS - 1):
        with suppress(LookupError, TypeError, ValueError):
            return candidates(rubric, record, others[start:])
    return candidates(rubric, record, others[_LENDERS - 1 :] or others)


def _trial(record: Mapping[str, Any], candidate: Candidate, place: str, name: str) -> Trial:
    # the id says nothing of the worth
    return Trial(name, candidate, item(record, f"{PREFLIGHT_ID}{place}", candidate.response))
