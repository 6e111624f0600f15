"""Queries made of another query: the same in other words, and nearly the same."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

_QUOTED: Final = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
_WORD: Final = re.compile(rf"{_QUOTED}|[A-Za-z_]\w*")
_BLANK: Final = re.compile(rf"{_QUOTED}|\s+")
_CLAUSE: Final = re.compile(rf"{_QUOTED}|\s+(?=(?:FROM|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|JOIN|LEFT JOIN)\b)")
_UNTIL_CLAUSE: Final = r".*?(?=\s(?:GROUP BY|HAVING|ORDER BY|LIMIT)\b|\)|\Z)"

_EDITS: Final[Sequence[tuple[str, str]]] = (
    (rf"\s+WHERE\b{_UNTIL_CLAUSE}", ""),
    (rf"\s+HAVING\b{_UNTIL_CLAUSE}", ""),
    (r"\bSUM\(", "MAX("),
    (r"\bAVG\(", "MIN("),
    (r"\bMAX\(", "MIN("),
    (r"\bMIN\(", "MAX("),
    (r"\bCOUNT\(", "1 + COUNT("),
    (r" DESC\b", ""),
    (r"(ORDER BY [\w.]+)(?! DESC)(?=[,\s]|\Z)", r"\1 DESC"),
    (r" DISTINCT\b", ""),
    (r" (?:>=|>) ", " < "),
    (r" (?:<=|<) ", " > "),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\Z", "\nLIMIT 1"),
)


def restated(query: str, *, is_ordered: bool) -> Iterator[tuple[str, str]]:
    """The query in other words, each with the name of the way.

    >>> dict(restated("SELECT Name FROM t WHERE a = 'X'", is_ordered=True))["lower case"]
    "select name from t where a = 'X'"
    """
    yield "lower case", _outside_quotes(_WORD, str.lower, query)
    yield "one line", _outside_quotes(_BLANK, lambda _: " ", query)
    yield "clauses on lines", _outside_quotes(_CLAUSE, lambda _: "\n", query)
    yield "closing semicolon", f"{query};"
    yield "comments", f"-- by the tables above\n{query} /* as asked */"
    if not is_ordered:  # an order within a subquery is not one of the result
        yield "derived table", f"SELECT * FROM (\n{query}\n) AS answer"  # noqa: S608 - written, not run
        yield "common table expression", f"WITH answer AS (\n{query}\n)\nSELECT * FROM answer"


def near_misses(query: str) -> Iterator[str]:
    """Queries that differ in one place; some may return the same all the same.

    >>> next(near_misses("SELECT name FROM t WHERE a > 1 ORDER BY name"))
    'SELECT name FROM t ORDER BY name'
    """
    for pattern, replacement in _EDITS:
        edited = re.sub(pattern, replacement, query, count=1, flags=re.DOTALL)
        if edited != query:
            yield edited


def constant(rows: Sequence[Sequence[Any]], table: str) -> str:
    """A query that returns these rows whatever the tables hold, and still looks at one of them.

    >>> print(constant([(1, "it's"), (2, None)], "t"))
    SELECT * FROM (VALUES (1, 'it''s'), (2, NULL)) WHERE (SELECT COUNT(*) FROM "t") >= 0
    """
    values = ", ".join(f"({', '.join(map(_literal, row))})" for row in rows)
    return f'SELECT * FROM (VALUES {values}) WHERE (SELECT COUNT(*) FROM "{table}") >= 0'  # noqa: S608 - as above


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return repr(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"


def _outside_quotes(pattern: re.Pattern[str], change: Callable[[str], str], query: str) -> str:
    return pattern.sub(lambda match: match[0] if match[0][0] in "'\"" else change(match[0]), query)
