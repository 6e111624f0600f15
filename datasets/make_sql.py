"""Writes ``datasets/sql``: ``python -m datasets.make_sql``.

The files are a pure function of the seed, so that a rerun gives the same bytes. Each record has two databases, on which
its query returns different rows: a result that is written into a query is right on one of them at most.
"""

import itertools
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from datasets.make_gsm8k_style import write_jsonl
from datasets.material.sql_people import LIBRARY, SCHOOL, STAFF
from datasets.material.sql_trade import CINEMA, FLIGHTS, SHOP
from datasets.material.sql_world import Question, Rows, World
from lambda_src.reward.rewards import sql
from lambda_src.reward.rewards._sql.task import task_of
from lambda_src.reward.rollout import RecordError, Rollout
from lambda_src.run.candidates import _sql_edits

SEED = 34
COUNTS = {"train": 200, "validation": 40, "test": 40}
"""Records of each file; no question appears twice, in one file or in two."""
WORLDS = (SHOP, FLIGHTS, CINEMA, LIBRARY, SCHOOL, STAFF)

_FOLDER = Path(__file__).parent / "sql"
_TRIES = 40  # pairs of databases for one question
_MOST_ROWS = 15
_MOST_COMMON = 0.4
"""Share of the rows that the results on the two databases may have in common."""
_LEAST_MISSES = 2
"""Queries that look nearly like the right one and return something else."""


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = _tasks(random.Random(SEED))  # noqa: S311  # not for security
    for split, count in COUNTS.items():
        write_jsonl(folder / f"{split}.jsonl", [{"id": f"{split}-{n:04d}", **next(tasks)} for n in range(1, count + 1)])


def _tasks(rng: random.Random) -> Iterator[Mapping[str, Any]]:
    """Records without ids; all worlds in turn, and all questions of a world before any of them comes again."""
    return itertools.chain.from_iterable(zip(*(_of_world(world, rng) for world in WORLDS), strict=False))


def _of_world(world: World, rng: random.Random) -> Iterator[Mapping[str, Any]]:
    asked: set[str] = set()
    open_ = list(world.questions)
    while open_:
        for question in rng.sample(open_, len(open_)):
            fresh = (task for task in _tries(world, question, rng) if _prompt(task) not in asked)
            task = next(filter(_is_sound, fresh), None)
            if task is None:
                open_.remove(question)
                continue
            asked.add(_prompt(task))
            yield task


def _tries(world: World, question: Question, rng: random.Random) -> Iterator[Mapping[str, Any]]:
    """Records that ask a question, with other values and databases each."""
    return (_task(world, question, world.rows(rng), world.rows(rng), rng) for _ in range(_TRIES))


def _prompt(task: Mapping[str, Any]) -> str:
    return str(task["messages"][0]["content"])


def _task(world: World, question: Question, rows: Rows, rows_2: Rows, rng: random.Random) -> dict[str, Any]:
    values = {
        name: rng.choice(
            sorted(set(world.column(rows, choices)) & set(world.column(rows_2, choices)))
            if isinstance(choices, str)
            else choices
        )
        for name, choices in question.values.items()
    }
    prompt = (
        f"Tables:\n\n```sql\n{world.schema}\n```\n\n{question.ask.format(**values)}\n\n"
        "Answer with one SQLite query in one ```sql block."
    )
    return {
        "messages": [{"role": "user", "content": prompt}],
        "reference_answer": {
            "query": question.query.format(**values),
            "alternatives": [query.format(**values) for query in question.alternatives],
        },
        "schema": world.schema,
        "rows": rows,
        "rows_2": rows_2,
        "topic": world.name,
        "kind": question.kind,
    }


def _is_sound(task: Mapping[str, Any]) -> bool:
    """Whether the grader can tell a right query from a wrong one."""
    reference = task["reference_answer"]
    try:
        one, other = task_of(_rollout(task, "")).databases
    except RecordError:  # a tie decides about the result
        return False
    if not all(0 < len(each.answer.rows) <= _MOST_ROWS and _says_something(each.answer.rows) for each in (one, other)):
        return False
    if other.share(one.answer.rows, 0.0) > _MOST_COMMON:
        return False
    if any(_value(task, query) < 1.0 for query in reference["alternatives"]):
        raise ValueError(f"{reference['alternatives']} returns something else than {reference['query']}")
    misses = [query for query in _sql_edits.near_misses(reference["query"]) if _value(task, query) < 1.0]
    return len(misses) >= _LEAST_MISSES


def _says_something(rows: Any) -> bool:
    return all(cell is not None for row in rows for cell in row)


def _value(task: Mapping[str, Any], query: str) -> float:
    return sql.result(_rollout(task, query))


def _rollout(task: Mapping[str, Any], query: str) -> Rollout:
    return Rollout("", f"```sql\n{query}\n```", fields=task)


if __name__ == "__main__":
    make()
