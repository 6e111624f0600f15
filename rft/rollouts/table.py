"""Rollouts as a table of DuckDB's: SQL about them, and nothing else of the machine in its reach."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import duckdb

from lambda_src.reward.rollout_row import Row
from rft.runs import RunError

COLUMNS: Final[Mapping[str, str]] = {
    "run": "VARCHAR",
    "time": "VARCHAR",
    "batch": "VARCHAR",
    "id": "VARCHAR",
    "prompt_id": "VARCHAR",
    "reward": "DOUBLE",
    "parts": "MAP(VARCHAR, DOUBLE)",
    "parsed": "BOOLEAN",
    "error": "VARCHAR",
    "failed": "VARCHAR",
    "characters": "BIGINT",
    "unfinished": "BOOLEAN",
    "sketch": "BIGINT[]",
    "milliseconds": "DOUBLE",
    "prompt": "VARCHAR",
    "response": "VARCHAR",
    "reasons": "MAP(VARCHAR, VARCHAR)",
    "metrics": "MAP(VARCHAR, DOUBLE)",
    "redacted": "BOOLEAN",
}
"""Fields of ``Row`` in DuckDB's types."""

_LONGEST: Final = 1 << 27  # bytes of a line

Answer = dict[str, Any]
"""One row, by column."""


class Table:
    """The table ``rollouts``, in the order in which they were graded."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection") -> None:
        self._connection = connection

    def ask(self, sql: str, *values: object) -> list[Answer]:
        """The rows that a query answers with.

        Raises:
            RunError: It is no SQL, or wants something else than the table.
        """
        try:
            answer = self._connection.execute(sql, values or None)
            names = [column[0] for column in answer.description or []]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        except duckdb.Error as error:
            columns = ", ".join(COLUMNS)
            raise RunError(f"{error}\nexpected SQL of DuckDB about the table rollouts ({columns})") from None


@contextmanager
def table_of(rows: Sequence[Row]) -> Iterator[Table]:
    """A table of rollouts, in memory; queries reach neither files nor the network."""
    assert set(COLUMNS) == {field.name for field in fields(Row)}  # noqa: S101 - or a column would be missing
    with duckdb.connect() as connection:
        _fill(connection, rows)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield Table(connection)


def _fill(connection: "duckdb.DuckDBPyConnection", rows: Sequence[Row]) -> None:
    # by way of a file: to insert row by row takes a millisecond each
    with TemporaryDirectory(prefix="rft-rollouts-") as folder:
        path = Path(folder) / "rollouts.jsonl"
        with path.open("w", encoding="utf-8", errors="replace") as file:
            file.writelines(json.dumps(row.to_json(), ensure_ascii=False) + "\n" for row in rows)
        connection.read_json(
            str(path), format="newline_delimited", columns=dict(COLUMNS), maximum_object_size=_LONGEST
        ).create("rollouts")
