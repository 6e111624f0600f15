r"""The query of a response, and what its text alone says about it.

The last fenced block that is labelled ``sql``, or not labelled at all, counts; without one, what begins with a line's
first ``SELECT`` or ``WITH``. Every character is read a fixed number of times.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise, zip_longest
from math import prod
from typing import Final, NamedTuple

MOST_CHARACTERS: Final = 10_000
"""Of a query."""
MOST_EXPANSIONS: Final = 128
"""Copies of common table expressions; SQLite makes one for each mention, and one of each inside of it."""

_FENCE: Final = re.compile(r"^[ \t]*+(?:```|~~~)[ \t]*+([^\n`]*+)$", re.MULTILINE)
_LABELS: Final = ("", "sql", "sqlite", "sqlite3")
_LINE: Final = re.compile(r"^[ \t]*+(?:SELECT|WITH)\b", re.MULTILINE | re.IGNORECASE)
_WORD: Final = re.compile(r"(?<![\w'\"])(?:SELECT|WITH)\b")
_TOKEN: Final = re.compile(
    r"""
    (?P<blank>\s++|--[^\n]*+|/\*.*?(?:\*/|\Z))
    |'(?:[^']++|'')*+(?:'|\Z)
    |"(?:[^"]++|"")*+(?:"|\Z)|`[^`]*+(?:`|\Z)|\[[^\[\]]*+\]
    |[^\W\d][\w$]*+|[0-9][\w.]*+|.
    """,
    re.VERBOSE | re.DOTALL,
)
_READS: Final = ("SELECT", "WITH")
_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_STATEMENTS: Final = (*_WRITES, *_READS, "CREATE", "DROP", "ALTER", "ATTACH", "PRAGMA", "VACUUM", "EXPLAIN")


class Query(NamedTuple):
    """What a response wants to ask the database.

    Attributes:
        text: One statement without what follows it; empty if there is none.
        refusal: Why it is not to be asked; empty if it may be.
        is_ordered: Whether the order of its rows is part of what it asks for.
    """

    text: str = ""
    refusal: str = ""
    is_ordered: bool = False


class _Token(NamedTuple):
    """A word, name, literal or sign; brackets have the depth of what they stand in."""

    text: str
    word: str
    depth: int
    end: int


@lru_cache(maxsize=64)  # several reward functions ask for each response
def find(response: str) -> Query:
    r"""The query that a response answers with.

    >>> find("Joined:\n```sql\nSELECT name FROM t ORDER BY id;\n```").text
    'SELECT name FROM t ORDER BY id'
    >>> find("DROP TABLE t"), find("SELECT 1; DROP TABLE t").refusal
    (Query(text='', refusal='', is_ordered=False), 'several statements')
    """
    fences = _fenced(response)
    if fences is not None:
        return read(fences)
    begin = _LINE.search(response) or _WORD.search(response)
    if begin is None:
        return Query()
    start = begin.start()
    if response[start - 1 : start] == "`":
        return read(response[start:].partition("`")[0])
    return read(response[start:], is_prose=True)


def read(sql: str, *, is_prose: bool = False) -> Query:
    """What the text of a query says about it.

    Args:
        is_prose: Whether more may follow the statement, as long as it is no other one.
    """
    sql = sql.strip()
    if not sql:
        return Query()
    if len(sql) > MOST_CHARACTERS:
        return Query(sql[:MOST_CHARACTERS], f"more than {MOST_CHARACTERS:,} characters")
    tokens = list(_tokens(sql))
    end = next((i for i, token in enumerate(tokens) if token.text == ";"), len(tokens))
    statement = tokens[:end]
    if not statement:
        return Query()
    refusal = "several statements" if _goes_on(tokens[end:], is_prose=is_prose) else _refusal(statement)
    return Query(sql[: statement[-1].end], refusal, _is_ordered(statement))


def with_ties_sorted(query: str, columns: int) -> list[str]:
    """The query with rows that it leaves in any order sorted up, and down; empty if it neither sorts nor limits.

    Args:
        columns: Of its result.

    >>> with_ties_sorted("SELECT a, b FROM t ORDER BY a LIMIT 3", 2)[1]
    'SELECT a, b FROM t ORDER BY a, 1 DESC, 2 DESC LIMIT 3'
    """
    tokens = list(_tokens(query))
    limit = next((token for token in tokens if token.word == "LIMIT" and token.depth == 0), None)
    is_ordered = _is_ordered(tokens)
    if not is_ordered and limit is None:
        return []
    place = limit.end - len(limit.text) if limit else len(query)
    head, tail = query[:place].rstrip(), query[place:]
    join = "," if is_ordered else " ORDER BY"
    terms = (", ".join(f"{i} {way}" for i in range(1, columns + 1)) for way in ("ASC", "DESC"))
    return [f"{head}{join} {each} {tail}".strip() for each in terms]


def _fenced(response: str) -> str | None:
    """The content of the last block; None if there is none."""
    blocks: deque[str] = deque(maxlen=1)
    opening: re.Match[str] | None = None
    for fence in _FENCE.finditer(response):
        if opening is None:
            opening = fence
        elif not fence[1].strip():
            if opening[1].strip().lower() in _LABELS:
                blocks.append(response[opening.end() : fence.start()])
            opening = None
    if opening is not None and opening[1].strip().lower() in _LABELS:  # cut off, or closed by nothing
        blocks.append(response[opening.end() :])
    return blocks[0] if blocks else None


def _goes_on(rest: list[_Token], *, is_prose: bool) -> bool:
    """Whether a second statement follows a first one's semicolon."""
    if not is_prose:
        return any(token.text != ";" for token in rest)
    return any(a.text == ";" and b.text in _STATEMENTS for a, b in pairwise(rest))


def _refusal(statement: list[_Token]) -> str:
    if statement[0].word not in _READS:
        return "no SELECT"
    for token, after in zip_longest(statement, statement[1:]):
        if token.word in _WRITES and token.depth == 0 and (after is None or after.text != "("):
            return f"{token.word} writes"
        if token.word == "'NOW'":
            return "asks for the time"
    if _expansions(statement) > MOST_EXPANSIONS:
        return "too many mentions of common table expressions"
    return ""


def _is_ordered(statement: list[_Token]) -> bool:
    return any(a.word == "ORDER" and b.word == "BY" and a.depth == 0 for a, b in pairwise(statement))


def _expansions(statement: list[_Token]) -> int:
    """At most how many copies SQLite makes of one common table expression."""
    defined = set(_defined(statement))
    if not defined:
        return 1
    mentions = Counter(
        _bare(token) for token, after in zip_longest(statement, statement[1:]) if after is None or after.text != "."
    )
    return prod(max(mentions[name] - 1, 1) for name in defined)


def _defined(statement: list[_Token]) -> Iterator[str]:
    """Names of common table expressions: ``name AS (``, ``name (columns) AS MATERIALIZED (``."""
    for i, (token, after) in enumerate(pairwise(statement)):
        if i == 0 or token.word != "AS" or after.word not in ("(", "NOT", "MATERIALIZED"):
            continue
        name = i - 1
        if statement[name].text == ")":
            depth = statement[name].depth
            name = next((j - 1 for j in range(name - 1, 0, -1) if statement[j].depth == depth), 0)
        yield _bare(statement[name])


def _bare(token: _Token) -> str:
    return token.text.strip("\"'`[]").lower()


def _tokens(sql: str) -> Iterator[_Token]:
    depth = 0
    for match in _TOKEN.finditer(sql):
        if match.lastgroup == "blank":
            continue
        depth -= match[0] == ")"
        yield _Token(match[0], match[0].upper(), depth, match.end())
        depth += match[0] == "("
