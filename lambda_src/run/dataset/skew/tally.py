"""Counts of values that a record's properties take, as long as these are few."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...chat_record import STANDARD_FIELDS

LABEL: Final = "label"
ROLE_ORDER: Final = "role order"
MOST_VALUES: Final = 50
"""Of a property that divides a dataset; more are free text, or numbers."""

ABSENT: Final = "(absent)"

_MOST_LENGTH: Final = 64  # characters of a value
_MOST_FIELDS: Final = 3  # of an answer that is a label; one of more is an extract


class Tally:
    """The properties of the records of one part.

    Attributes:
        records: How many there are.
    """

    def __init__(self) -> None:
        self.records = 0
        self._of: dict[str, Counter[str]] = {}
        self._free: set[str] = set()

    def observe(self, record: Mapping[str, Any], final: str | None) -> None:
        """Take a record into account, and its final answer as text."""
        self.records += 1
        self._count(ROLE_ORDER, " ".join([message["role"] for message in record["messages"]]))
        for name, value in labels(record.get("reference_answer"), final):
            self._count(name, value)
        for name, value in record.items():
            if name not in STANDARD_FIELDS:
                self._count(name, value)

    def counts(self) -> dict[str, Counter[str]]:
        """By property, how many records have which value; without those of too many values."""
        return {name: counts + Counter({ABSENT: self.records - counts.total()}) for name, counts in self._of.items()}

    def _count(self, name: str, value: object) -> None:
        if name in self._free:
            return
        if not isinstance(value, str):
            if not isinstance(value, bool | int):
                return
            value = str(value)
        counts = self._of.get(name)
        if counts is None:
            counts = self._of[name] = Counter()
        counts[value] += 1
        if len(counts) > MOST_VALUES or len(value) > _MOST_LENGTH:
            self._free.add(name)
            del self._of[name]


def labels(reference: object, final: str | None) -> Iterator[tuple[str, object]]:
    """What of a reference answer may be a label: the answer itself, or its fields.

    >>> list(labels({"fields": {"label": "scam"}, "rationale": "It asks for a password."}, None))
    [('reference_answer.fields.label', 'scam')]
    """
    if final is not None:
        yield LABEL, final
    elif isinstance(reference, Mapping):
        fields = reference.get("fields", reference)
        if isinstance(fields, Mapping) and len(fields) <= (1 if fields is reference else _MOST_FIELDS):
            path = "reference_answer" if fields is reference else "reference_answer.fields"
            for name, value in fields.items():
                yield f"{path}.{name}", value
