"""What the policy can answer to each record, by strategy."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

import numpy as np

from lambda_src.run.candidates import Candidate, Worth, respond
from lambda_src.run.candidates.generic import prompt
from rehearsal.optimiser import Array
from rehearsal.strategist.strategies import STRATEGIES

Record = Mapping[str, Any]

_KIND_FIELDS = ("kind", "topic", "label")
UNFIT = (AttributeError, LookupError, SyntaxError, TypeError, ValueError)
"""What a family raises on a record of another one."""

_BLAMED = 3  # other records that are tried before a record is held to be unfit itself


@dataclass(frozen=True, slots=True, order=True)
class Strategy:
    """A way to respond, the same for every record that has it."""

    name: str
    worth: Worth
    dresses_right: bool


def by_strategy(candidates: Sequence[Candidate]) -> dict[Strategy, str]:
    """Every response by its strategy; those of one name are strategies of their own, since one may pay without others.

    >>> [*by_strategy([Candidate("near miss", Worth.WRONG, "41"), Candidate("near miss", Worth.WRONG, "43")]).values()]
    ['41', '43']
    """
    found: dict[Strategy, str] = {}
    for candidate in candidates:
        names = chain([candidate.strategy], (f"{candidate.strategy} {number}" for number in count(2)))
        strategies = (Strategy(name, candidate.worth, candidate.dresses_right) for name in names)
        found[next(strategy for strategy in strategies if strategy not in found)] = candidate.response
    return found


def candidates(family: str, record: Record, records: Sequence[Record]) -> list[Candidate]:
    """Every response of ``family``, and of ``strategies.STRATEGIES``, to one of ``records``; the first is right.

    Raises:
        UNFIT: The family has no answers to it.
    """
    others = rotated(records, record)
    written = respond(family, record, others)
    other = next(each for each in others if each.get("reference_answer") != record.get("reference_answer"))
    own = (strategy(record, other, written[0].response) for strategy in STRATEGIES)
    return [*written, *(candidate for candidate in own if candidate is not None)]


class Repertoire:
    """The responses of one family of reward functions, and of ``strategies.STRATEGIES``, to every record of a job.

    Attributes:
        strategies: All that any record has, in a fixed order.
        kinds: The kinds of records, in a fixed order; there is at least one.
    """

    def __init__(self, family: str, train: Sequence[Record], validation: Sequence[Record]) -> None:
        """Write the responses to every record once, to know which strategies there are.

        Raises:
            ValueError: The family has no answers to one of the records.
        """
        self.family = family
        self._train = train
        found = {strategy for record in (*train, *validation) for strategy in by_strategy(self.candidates(record))}
        self.strategies = tuple(sorted(found))
        self.kinds = tuple(sorted({kind_of(record) for record in (*train, *validation)}))
        self._index = {strategy: i for i, strategy in enumerate(self.strategies)}

    def candidates(self, record: Record) -> list[Candidate]:
        """Every response to a record; the first is the right one."""
        return candidates(self.family, record, self._train)

    def choices(self, records: Sequence[Record]) -> "Choices":
        """What there is to choose from for each record."""
        kinds = np.array([self.kinds.index(kind_of(record)) for record in records], np.int64)
        responses = [self._numbered(record) for record in records]
        available = [[i in each for i in range(len(self.strategies))] for each in responses]
        return Choices(kinds, np.array(available, np.bool_), responses)

    def _numbered(self, record: Record) -> dict[int, str]:
        return {self._index[each]: response for each, response in by_strategy(self.candidates(record)).items()}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from for some records.

    Attributes:
        kinds: Number of each record's kind.
        available: Whether a strategy has a response to a record, (records, strategies).
        responses: By number of the strategy, for each record.
    """

    kinds: Array
    available: Array
    responses: Sequence[Mapping[int, str]]


def kind_of(record: Record) -> str:
    """What sort of task a record is, where it has a field that says so.

    >>> kind_of({"id": "r1", "topic": "sums", "messages": []})
    'sums'
    """
    return next((str(record[name]) for name in _KIND_FIELDS if isinstance(record.get(name), str)), "")


def rotated(records: Sequence[Record], record: Record) -> list[Record]:
    """All records, from a place on that depends on ``record``: not every record is to be confused with the first."""
    start = zlib.crc32(prompt(record).encode()) % max(len(records), 1)
    return [*records[start:], *records[:start]]


def misfits(family: str, records: Sequence[Record]) -> Iterator[str]:
    """Why a family has no answers to a record, one line for each such record."""
    for number, record in enumerate(records, 1):
        if complaint := _complaint(family, record, rotated(records, record)):
            yield f"record {record.get('id', number)}: {complaint}"


def _complaint(family: str, record: Record, others: Sequence[Record]) -> str | None:
    """Why a family has no answers to a record, unless the other record is to blame."""
    complaints = []
    for start in range(_BLAMED):
        try:
            respond(family, record, others[start:])
        except UNFIT as error:
            complaints.append(f"{type(error).__name__}: {error}")
        else:
            return None
    return complaints[0]
