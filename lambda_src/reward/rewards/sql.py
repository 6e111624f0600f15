"""Rewards for tasks whose answer is a query: it is asked, and what it returns is compared; its text never is.

A record has ``reference_answer: {"query": ...}``; its tables are made by ``schema`` (or ``setup``), and filled by
``rows`` and ``rows_2`` (rows by table) or by ``setups`` (one script per database). Each is a database of its own in
SQLite's dialect, and a response must be right on all of them. What counts as the response's query is told in
``_sql.text``, what a query may do in ``_sql.database``.

Against gaming: a result that is written into the query (``SELECT 3``) is right on one database at most, and a query
that looks at no table is none; so give every record two databases with different results. Only the last block counts,
and only if it holds one statement. Rows are counted as often as they come, so listing everything is no answer.
``executes`` and ``read_only`` know nothing of the question: keep their weights small.

    reward:
      - {function: sql.result, weight: 0.8}
      - {function: sql.rows, weight: 0.1}
      - {function: sql.executes, weight: 0.1}
      - {function: sql.read_only, penalty: 0.2}
"""

from ..rollout import Rollout
from ._sql.database import Answer
from ._sql.task import task_of
from ._sql.text import find


def result(rollout: Rollout, *, tolerance: float = 0.0, column_names: bool = False) -> float:
    r"""1.0 if the query returns what the reference query returns, on every database of the record.

    Rows are a multiset; where the reference sorts at its outermost level their order counts, rows that it does not
    tell apart excepted. Columns count in their order. A number is the same as a text never, and as another number if
    they agree in nine digits.

    Args:
        tolerance: Largest difference of two numbers.
        column_names: Whether columns must be called as the reference calls them, in any case.

    >>> fields = {"schema": "CREATE TABLE t (a INTEGER)", "rows": {"t": [[1], [2]]}, "rows_2": {"t": [[5]]}}
    >>> fields |= {"reference_answer": {"query": "SELECT SUM(a) FROM t"}}
    >>> result(Rollout("a", "```sql\nselect total(a) as s from t\n```", fields=fields))
    1.0
    >>> result(Rollout("a", "```sql\nSELECT 3 FROM t LIMIT 1\n```", fields=fields))
    0.0
    """
    task, answers = task_of(rollout), _answers(rollout)
    return float(
        len(answers) == len(task.databases)
        and all(
            expected.is_same(answer.rows, tolerance) and (not column_names or _alike(expected.answer, answer))
            for expected, answer in zip(task.databases, answers, strict=True)
        )
    )


def rows(rollout: Rollout, *, tolerance: float = 0.0) -> float:
    """Share of the rows that are right: twice the common rows over those expected and those given (F1).

    Of several databases the worst counts, so that rows written into the query do not pay; nor does listing every row,
    of which only a share is right. Order does not count.

    Args:
        tolerance: As for ``result``.

    >>> fields = {"setup": "CREATE TABLE t AS SELECT 1 AS a UNION SELECT 2 UNION SELECT 3"}
    >>> fields |= {"reference_answer": "SELECT a FROM t WHERE a > 1"}
    >>> rows(Rollout("a", "SELECT a FROM t", fields=fields))
    0.8
    """
    task, answers = task_of(rollout), _answers(rollout)
    if len(answers) < len(task.databases):
        return 0.0
    return min(one.share(answer.rows, tolerance) for one, answer in zip(task.databases, answers, strict=True))


def executes(rollout: Rollout) -> float:
    """1.0 if the query runs on every database, right or wrong; one that reads no table where it should does not.

    >>> fields = {"setup": "CREATE TABLE t AS SELECT 1 AS a", "reference_answer": "SELECT a FROM t"}
    >>> executes(Rollout("a", "SELECT b FROM t", fields=fields))
    0.0
    """
    return float(len(_answers(rollout)) == len(task_of(rollout).databases))


def read_only(rollout: Rollout) -> float:
    """1.0 if there is one statement that asks for nothing but to read the record's tables; made to be a penalty.

    It costs changing data, looking at the database itself and functions without bounds. A query that fails for another
    reason, a column that does not exist for instance, still only reads.

    >>> fields = {"setup": "CREATE TABLE t AS SELECT 1 AS a", "reference_answer": "SELECT a FROM t"}
    >>> [read_only(Rollout("a", query, fields=fields)) for query in ("DELETE FROM t", "SELECT b FROM t")]
    [0.0, 1.0]
    """
    task, query = task_of(rollout), find(rollout.response)
    return float(bool(query.text) and not query.refusal and not any(answer.is_denied for answer in task.answers(query)))


def parsed(rollout: Rollout) -> bool:
    """Whether the response holds one query."""
    query = find(rollout.response)
    return bool(query.text) and not query.refusal


def _answers(rollout: Rollout) -> list[Answer]:
    """What the response's query returns on each database; fewer if it does not run on all of them."""
    task, query = task_of(rollout), find(rollout.response)
    if not query.text or query.refusal:
        return []
    return [answer for answer in task.answers(query) if not answer.problem]


def _alike(one: Answer, other: Answer) -> bool:
    return [name.casefold() for name in one.names] == [name.casefold() for name in other.names]
