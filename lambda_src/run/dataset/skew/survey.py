"""How a dataset divides, seen record by record."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...chat_record import content_text
from ..content import Shares
from ..finding import Finding, Place
from ..spaced import Spaced
from .alike import largest_cluster
from .languages import languages
from .shares import LANGUAGE, LEAST_RECORDS, difference, shares_of, skew
from .tally import Tally

_TRAIN: Final = "train"
_PROMPTS: Final = 200  # of a part, at most, whose kind and language are told
_CHARACTERS: Final = 8_000  # of each
_MOST_ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Skew:
    """How the training records divide.

    Attributes:
        shares: By property.
        largest: Share of the records, in [0, 1], in the largest cluster of alike prompts.
        findings: What is too much of one kind, and how other parts differ from the training records.
    """

    shares: tuple[Shares, ...]
    largest: float
    findings: tuple[Finding, ...]


class SkewSurvey:
    """How the records of each part divide."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._prompts: dict[str, Spaced[str]] = {}

    def observe(self, part: str, record: Mapping[str, Any], final: str | None) -> None:
        """Take a record into account, and its final answer as text."""
        tally = self._tallies.get(part)
        if tally is None:
            tally = self._tallies[part] = Tally()
            self._prompts[part] = Spaced(_PROMPTS)
        tally.observe(record, final)
        if self._prompts[part].wants():
            self._prompts[part].keep(_of_user(record)[:_CHARACTERS])

    def skew(self, names: Mapping[str, str]) -> Skew:
        """What was seen.

        Args:
            names: What findings call each part's file.
        """
        if _TRAIN not in self._tallies:
            return Skew((), 0.0, ())
        counts = {part: self._counts(part) for part in self._tallies}
        divided = [shares_of(name, values) for name, values in counts[_TRAIN].items()]
        shares = tuple(each for each in divided if each is not None)
        largest = largest_cluster(self._prompts[_TRAIN].kept)
        records, place = self._tallies[_TRAIN].records, Place(names[_TRAIN])
        findings = [finding for each in shares for finding in skew(each, records, place)]
        findings += _of_kinds(largest, records, place)
        for part in list(counts)[1:]:
            findings += _differences(shares, counts[_TRAIN], counts[part], Place(names[part]))
        return Skew(shares, largest, tuple(findings))

    def _counts(self, part: str) -> dict[str, Counter[str]]:
        return self._tallies[part].counts() | {LANGUAGE: languages(self._prompts[part].kept)}


def _of_user(record: Mapping[str, Any]) -> str:
    return "\n".join(content_text(message["content"]) for message in record["messages"] if message["role"] == "user")


def _of_kinds(largest: float, records: int, place: Place) -> Iterator[Finding]:
    if largest > _MOST_ALIKE and records >= LEAST_RECORDS:
        yield place.warning(
            "prompts-alike",
            f"are of one kind in {largest:.0%} of the records: the same text but for numbers and a few words",
            expected=f"no kind in more than {_MOST_ALIKE:.0%}, unless production sees little else",
            field="messages",
        )


def _differences(
    shares: tuple[Shares, ...], train: Mapping[str, Counter[str]], other: Mapping[str, Counter[str]], place: Place
) -> Iterator[Finding]:
    for each in shares:
        if each.name in other:
            yield from difference(each.name, train[each.name], other[each.name], place)
