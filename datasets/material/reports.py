"""Reports with their summaries: what ``make_summaries`` writes into records.

A kind of report is a set of slots and of sentences around them. A report is one draw of the slots, one wording of each
fact in order, and some details that a good summary leaves out.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
MONTHS: Final = ("January", "February", "March", "April", "May", "June", "September", "October", "November")
PEOPLE: Final = (
    "Ines Carvalho", "Tomas Berg", "Priya Nair", "Lena Vogt", "Omar Haddad", "Marta Kowalska", "Jonas Lind",
    "Aisha Bello", "Pavel Novak", "Clara Rossi", "Yuki Mori", "Daniel Okoye", "Sofia Lang", "Hugo Marchand",
    "Nadia Petrova", "Emil Hansen", "Rosa Delgado", "Samir Aziz", "Greta Holm", "Peter Walsh",
)  # fmt: skip
_DETAILS: Final = 6  # in each report

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report.

    Attributes:
        slots: What each slot may hold. A name such as ``"cause/remedy"`` is drawn as one tuple for two slots.
        derived: Slots that follow from the others.
        facts: In order; of each, its wordings.
        details: Sentences without weight. ``{few}`` and ``{some}`` are numbers of their own.
        summary: Sentences of the reference; of each, its wordings.
    """

    name: str
    slots: Mapping[str, Sequence[Any]]
    derived: Callable[[Values, random.Random], Values]
    facts: Sequence[Sequence[str]]
    details: Sequence[str]
    summary: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Report:
    kind: str
    text: str
    summary: str


def write(kind: Kind, rng: random.Random) -> Report:
    """A report of this kind."""
    values = _drawn(kind, rng)
    facts = [rng.choice(wordings).format(**values) for wordings in kind.facts]
    for detail in rng.sample(list(kind.details), _DETAILS):
        numbers = {"few": rng.randint(2, 9), "some": rng.randint(11, 48), "someone": rng.choice(PEOPLE)}
        facts.insert(rng.randint(1, len(facts) - 1), detail.format(**values | numbers))
    summary = [rng.choice(wordings).format(**values) for wordings in kind.summary]
    return Report(kind.name, _joined(facts), _joined(summary))


def clock(minutes: int) -> str:
    """Time of day.

    >>> clock(9 * 60 + 5)
    '9:05'
    """
    return f"{minutes // 60 % 24}:{minutes % 60:02d}"


def date(rng: random.Random) -> str:
    return f"{rng.randint(1, 28)} {rng.choice(MONTHS)}"


def _drawn(kind: Kind, rng: random.Random) -> Values:
    person, other = rng.sample(PEOPLE, 2)
    values: Values = {"day": rng.choice(DAYS), "person": person, "other": other, "deadline": date(rng)}
    for names, choices in kind.slots.items():
        drawn = rng.choice(choices)
        values |= {names: drawn} if "/" not in names else dict(zip(names.split("/"), drawn, strict=True))
    return values | kind.derived(values, rng)


def _joined(sentences: Sequence[str]) -> str:
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)
