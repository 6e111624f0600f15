"""A record's databases, and what its own query returns on each of them; made once for all responses to the record."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from ...rollout import RecordError, Rollout
from .._structured.memo import last_only
from . import rows as _sql_rows
from .database import Answer, Budget, Database, DatabaseError
from .rows import Row
from .text import Query, read, with_ties_sorted

_MOST_STEPS: Final = 200_000
_MOST_SECONDS: Final = 0.01
_MOST_ROWS: Final = 200
_MARGIN: Final = 20
"""A response may use the limits above, or this many times what the record's own query needs, if that is more."""
_REFERENCE: Final = Budget(steps=5_000_000, seconds=0.5, rows=10_000)
_FIELDS: Final = ("schema", "setup", "rows", "rows_2", "setups")
_EXPECTED: Final = (
    "expected reference_answer {query}, and in schema, setup, rows, rows_2 or setups the databases that it is asked of"
)


class _TaskError(ValueError):
    """What is wrong with a record; the cache below does not know its id."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A database and what the record's query returns on it.

    Attributes:
        ends: Of the stretches of rows whose order is determined; one for all where the query does not sort.
    """

    database: Database
    answer: Answer
    ends: list[int]
    budget: Budget

    def is_same(self, given: Sequence[Row], tolerance: float) -> bool:
        """Whether these rows are the expected ones, in the expected order as far as it is determined."""
        rows = self.answer.rows
        if len(given) != len(rows):
            return False
        if rows == given:
            return True
        stretches = pairwise([0, *self.ends])
        return all(_sql_rows.matched(rows[i:j], given[i:j], tolerance) == j - i for i, j in stretches)

    def share(self, given: Sequence[Row], tolerance: float) -> float:
        """F1 of the rows, whatever their order: 2 * common rows / (expected rows + given rows)."""
        rows = self.answer.rows
        if not given and not rows:
            return 1.0
        return 2 * _sql_rows.matched(rows, given, tolerance) / (len(rows) + len(given))


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """All databases of a record."""

    databases: tuple[Expected, ...]
    query: Query

    def answers(self, query: Query) -> tuple[Answer, ...]:
        """What a query returns on each database, up to the first on which it fails."""
        return _answers(self, query)


@last_only
def task_of(rollout: Rollout) -> Task:
    """The databases of the rollout's record.

    Raises:
        RecordError: They cannot be made, or the record's own query has no result that it determines.
    """
    fields = rollout.fields
    try:
        key = json.dumps([_reference(fields), *(_value(fields.get(name)) for name in _FIELDS)])
        return _task(key)
    except (_TaskError, TypeError, ValueError) as error:
        raise RecordError(f"rollout {rollout.id}: {error}") from None


@lru_cache(maxsize=64)
def _answers(task: Task, query: Query) -> tuple[Answer, ...]:
    found: list[Answer] = []
    for expected in task.databases:
        answer = expected.database.answer(query.text, expected.budget)
        if not answer.problem and expected.answer.reads and not answer.reads:
            answer = Answer(problem="reads no table")
        found.append(answer)
        if answer.problem:
            break
    return tuple(found)


@lru_cache(maxsize=64)  # prompts whose responses arrive in any order
def _task(key: str) -> Task:
    reference, schema, setup, rows, rows_2, setups = json.loads(key)
    query = read(reference)
    if query.refusal or not query.text:
        raise _TaskError(f"reference query {reference!r:.80}: {query.refusal or 'empty'}; expected one SELECT")
    base = "\n".join(_script(part) for part in (schema, setup))
    if not base.strip() and not setups:
        raise _TaskError(f"no tables; {_EXPECTED}")
    return Task(tuple(_expected(query, *made) for made in _databases(base, (rows, rows_2), setups or [])), query)


def _databases(base: str, rows: Sequence[Any], setups: Sequence[Any]) -> Iterator[tuple[str, Database]]:
    sources: list[tuple[str, str, Any]] = [
        (name, base, tables) for name, tables in zip(("rows", "rows_2"), rows, strict=True) if tables is not None
    ]
    sources += [(f"setups[{i}]", f"{base}\n{_script(part)}", None) for i, part in enumerate(setups)]
    for name, script, tables in sources or [("setup", base, None)]:
        if tables is not None and not isinstance(tables, dict):
            raise _TaskError(f"{name}: {tables!r:.80}; expected an object of rows by table")
        try:
            yield name, Database(script, tables)
        except DatabaseError as error:
            raise _TaskError(f"{name}: {error}; {_EXPECTED}") from None


def _expected(query: Query, name: str, database: Database) -> Expected:
    answer = database.answer(query.text, _REFERENCE)
    if answer.problem:
        raise _TaskError(f"{name}: the reference query fails: {answer.problem}")
    ways = [database.answer(text, _REFERENCE) for text in with_ties_sorted(query.text, len(answer.names))]
    others = [way.rows for way in ways] if ways and not any(way.problem for way in ways) else [answer.rows] * 2
    for other in (database.answer_reversed(query.text, _REFERENCE).rows, *others):
        if _sql_rows.matched(answer.rows, other) < max(len(answer.rows), len(other)):
            raise _TaskError(
                f"{name}: the reference query returns other rows when those that it does not sort come in another "
                "order; expected one whose result is determined, with no LIMIT that cuts through a tie"
            )
    ends = _sql_rows.blocks(*others) if query.is_ordered else [len(answer.rows)]
    budget = Budget(
        steps=max(_MOST_STEPS, _MARGIN * answer.steps),
        seconds=max(_MOST_SECONDS, _MARGIN * answer.seconds),
        rows=max(_MOST_ROWS, _MARGIN * len(answer.rows)),
    )
    return Expected(database, answer, ends, budget)


def _reference(fields: Mapping[str, Any]) -> str:
    """The query of a reference answer, which services and tools pass as an object, as its text, or as the query."""
    reference = _value(fields.get("reference_answer"))
    if isinstance(reference, dict):
        wrapped = reference.get("query", _value(reference.get("text")))
        reference = wrapped.get("query") if isinstance(wrapped, dict) else wrapped
    if not isinstance(reference, str) or not reference.strip():
        raise _TaskError(f"reference_answer is {reference!r:.80}; {_EXPECTED}")
    return reference


def _script(part: Any) -> str:
    if part is None or isinstance(part, str):
        return part or ""
    if isinstance(part, list) and all(isinstance(statement, str) for statement in part):
        return ";\n".join(part)
    raise _TaskError(f"{part!r:.80}; expected SQL statements as a text or a list of texts")


def _value(value: Any) -> Any:
    """A field that may be passed as JSON text."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
