"""Databases in memory that answer queries nobody has read before.

What a query may do is decided by SQLite itself, through its authorizer, and by an allow list of functions. How long it
may take is counted in steps of SQLite's virtual machine, which are the same on every machine; processor time is the
second limit, for steps that are expensive. https://www.sqlite.org/security.html
"""

import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from .rows import Row

_EVERY: Final = 100  # steps between two looks at the limits
_FUNCTIONS: Final = frozenset(
    """
    abs acos acosh asin asinh atan atan2 atanh avg ceil ceiling char coalesce concat concat_ws cos cosh count
    cume_dist date datetime degrees dense_rank exp first_value floor glob group_concat hex if ifnull iif instr json
    json_array json_array_length json_each json_extract json_group_array json_group_object json_insert json_object
    json_patch json_quote json_remove json_replace json_set json_tree json_type json_valid julianday lag last_value
    lead length like likelihood likely ln log log10 log2 lower ltrim max median min mod nth_value ntile nullif
    octet_length percent_rank pi pow power quote radians rank replace round row_number rtrim sign sin sinh soundex
    sqrt strftime string_agg substr substring subtype sum tan tanh time timediff total trim trunc typeof unicode
    unixepoch unlikely upper -> ->>
    """.split()  # noqa: SIM905 - one name a line would fill two screens
)
"""Without those that make texts of any size, depend on chance or the clock, or look outside of the data."""
_ACTIONS: Final = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE)
_SHORTEST_LIMIT: Final = 2_000  # bytes of a text
_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 40_000,  # bytes
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 20,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,  # bytes
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 0,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 10_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
_FAILURES: Final = (sqlite3.Error, sqlite3.Warning, MemoryError, OverflowError, ValueError)


class Budget(NamedTuple):
    """What a query may use.

    Attributes:
        steps: Of SQLite's virtual machine.
        seconds: Of processor time.
        rows: That it returns.
    """

    steps: int
    seconds: float
    rows: int


class Answer(NamedTuple):
    """What came of a query.

    Attributes:
        names: Of the columns.
        problem: Why there are no rows to be had; empty if there are, even if there are none.
        is_denied: The query asked for something that it may not do.
        reads: Whether it looks at any table.
        steps: Taken, about.
        seconds: Of processor time.
    """

    rows: Sequence[Row] = ()
    names: tuple[str, ...] = ()
    problem: str = ""
    is_denied: bool = False
    reads: bool = False
    steps: int = 0
    seconds: float = 0.0


class DatabaseError(ValueError):
    """A database cannot be made."""


class Database:
    """One database; queries can read it and nothing else."""

    def __init__(self, script: str, rows: Mapping[str, Sequence[Sequence[Any]]] | None = None) -> None:
        """Make and fill it.

        Args:
            script: Statements that make the tables, and fill them where ``rows`` does not.
            rows: By table, in the order of its columns.

        Raises:
            DatabaseError: A statement or a row fails.
        """
        self._lock = threading.Lock()
        self._reads = self._is_denied = False
        self._tables: frozenset[str] = frozenset()
        self._left = 0
        self._until = 0.0
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=0
        )
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # a script writes no files
        try:
            self._connection.executescript(script)
            for table, of_table in (rows or {}).items():
                self._insert(table, of_table)
            self._tables, self._hidden = self._names()
        except _FAILURES as error:
            raise DatabaseError(f"{type(error).__name__}: {error}") from None
        self._restrict(len(script) + sum(len(str(cells)) for of_table in (rows or {}).values() for cells in of_table))

    def answer(self, query: str, budget: Budget) -> Answer:
        """Ask a query."""
        with self._lock:
            self._reads = self._is_denied = False
            self._left = max(budget.steps // _EVERY, 1)
            started = time.thread_time()
            self._until = started + budget.seconds
            try:
                cursor = self._connection.execute(query)
                rows = cursor.fetchmany(budget.rows + 1)
                names = tuple(column[0] for column in cursor.description or ())
                cursor.close()
            except _FAILURES as error:
                return Answer(problem=f"{type(error).__name__}: {error}", is_denied=self._is_denied)
            if len(rows) > budget.rows:
                return Answer(problem=f"more than {budget.rows} rows")
            steps = (max(budget.steps // _EVERY, 1) - self._left) * _EVERY
            return Answer(rows, names, reads=self._reads, steps=steps, seconds=time.thread_time() - started)

    def answer_reversed(self, query: str, budget: Budget) -> Answer:
        """As ``answer``, tables being read from their ends where the query says nothing of it."""
        with self._lock:
            self._reverse(True)
        try:
            return self.answer(query, budget)
        finally:
            with self._lock:
                self._reverse(False)

    def tables(self) -> list[str]:
        """Names of the tables, in order."""
        return sorted(self._tables)

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            name, places = table.replace('"', '""'), ", ".join("?" * len(rows[0]))
            self._connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', rows)  # noqa: S608 - quoted

    def _names(self) -> tuple[frozenset[str], frozenset[str]]:
        """The tables, and what SQLite itself offers beside them, that for JSON left out."""
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        modules = self._connection.execute("SELECT name FROM pragma_module_list").fetchall()
        return frozenset(name for (name,) in tables), frozenset(name for (name,) in modules) - {
            "json_each",
            "json_tree",
        }

    def _restrict(self, characters: int) -> None:
        for limit, value in _LIMITS.items():
            self._connection.setlimit(limit, value)
        self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(4 * characters, _SHORTEST_LIMIT))
        self._connection.set_authorizer(self._authorize)
        self._connection.set_progress_handler(self._is_spent, _EVERY)

    def _reverse(self, is_reversed: bool) -> None:
        self._connection.set_authorizer(None)
        self._connection.execute(f"PRAGMA reverse_unordered_selects = {int(is_reversed)}")
        self._connection.set_authorizer(self._authorize)

    def _authorize(self, action: int, one: str | None, other: str | None, *_: str | None) -> int:
        if action == sqlite3.SQLITE_READ:
            self._reads |= one in self._tables
            allowed = one is None or not (one.startswith(("sqlite_", "pragma_")) or one in self._hidden)
        elif action == sqlite3.SQLITE_FUNCTION:
            allowed = other in _FUNCTIONS
        else:
            allowed = action in _ACTIONS
        self._is_denied |= not allowed
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY

    def _is_spent(self) -> bool:
        self._left -= 1
        return self._left <= 0 or time.thread_time() > self._until
