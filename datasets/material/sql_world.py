"""What the worlds of ``datasets/sql`` are made of: tables, their rows, and questions about them."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

Rows = dict[str, list[list[Any]]]
"""By table, in the order of its columns."""

FIRST_NAMES: Final = (
    *("Ada", "Ben", "Carla", "David", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mona"),
    *("Noah", "Olga", "Pavel", "Rosa", "Samir", "Tilda", "Umut", "Vera", "Wim", "Yara", "Zeno"),
)
LAST_NAMES: Final = ("Adler", "Berg", "Costa", "Dahl", "Eden", "Falk", "Gomez", "Hahn", "Ito", "Jansen", "Kaya", "Lund")


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the query that answers it.

    Attributes:
        kind: What it takes: ``filter``, ``aggregate``, ``join``, ``group``, ``order`` or ``nested``.
        ask: In words; ``{name}`` stands for a value.
        query: In SQLite's dialect, with the same names.
        values: What each name can stand for: a list, or ``table.column`` for what stands there.
        alternatives: Other queries for the same.
    """

    kind: str
    ask: str
    query: str
    values: Mapping[str, Sequence[Any] | str]
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """A few tables and what can be asked about them.

    Attributes:
        tables: Columns by table, each with its type and what it refers to.
        rows: Fills the tables.
    """

    name: str
    tables: Mapping[str, Sequence[str]]
    rows: Callable[[random.Random], Rows]
    questions: Sequence[Question]

    @property
    def schema(self) -> str:
        """The statements that make the tables."""
        return "\n".join(
            f"CREATE TABLE {table} (\n  " + ",\n  ".join(columns) + "\n);" for table, columns in self.tables.items()
        )

    def column(self, rows: Rows, name: str) -> list[Any]:
        """The values of ``table.column``, each once, in order."""
        table, column = name.split(".")
        place = [each.split()[0] for each in self.tables[table]].index(column)
        return sorted({row[place] for row in rows[table]})


def people(rng: random.Random, count: int) -> list[str]:
    """Names, none of them twice."""
    return [f"{name} {rng.choice(LAST_NAMES)}" for name in rng.sample(FIRST_NAMES, count)]


def day(rng: random.Random, year: int = 2025) -> str:
    """A date of a year, as ISO 8601 writes it."""
    return (date(year, 1, 1) + timedelta(days=rng.randrange(365))).isoformat()


def spread(rng: random.Random, ids: Sequence[Any], count: int) -> list[Any]:
    """Ids for the rows of another table; some come often and some not at all."""
    weights = [rng.choice((0, 1, 2, 4)) for _ in ids]
    return rng.choices(ids, weights if any(weights) else None, k=count)
