# ruff: noqa: S608 - hostile queries are what is timed
"""Speed of the families ``sql`` and ``text``, and their agreement: ``python -m benchmarks.sql_and_text``.

Similarity is compared with ``rapidfuzz``, ``rouge-score`` and ``nltk`` where they are installed; they are no part of
the project. The sentences for the detection of languages are our own.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from lambda_src.reward.rewards import sql, text
from lambda_src.reward.rewards._sql import task as _sql_task
from lambda_src.reward.rewards._sql import text as _sql_text
from lambda_src.reward.rewards._text import language as _language
from lambda_src.reward.rewards._text.similarity import METHODS, similarity, words
from lambda_src.reward.rollout import Rollout

SENTENCES = Path(__file__).with_name("language_sentences.jsonl")
SQL_RECORDS = Path(__file__).parents[1] / "datasets" / "sql" / "train.jsonl"
LONG = 100_000  # characters
GROUP = 8  # responses to one prompt
TRIES = 3

HOSTILE_TEXTS = {
    "letter": "a",
    "word": "a ",
    "numbers": "".join(f"{n} " for n in range(20_000)),
    "reference": "the quick brown fox jumps over the lazy dog and runs. ",
    "lines": "\n",
    "sentences": ".\n",
    "markers": "Answer:",
    "prefix": "Ab",
    "accents": "\xe9 ",
    "Chinese": "".join(map(chr, range(0x4E00, 0x4E00 + 3_000))),
    "fences": "```\n",
}
_ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
HOSTILE_QUERIES = {
    "endless recursion": f"{_ENDLESS} SELECT COUNT(*) FROM r",
    "cross join": "SELECT COUNT(*) FROM " + ", ".join(f"{{table}} t{i}" for i in range(12)),
    "64 tables": "SELECT 1 FROM " + ", ".join(f"{{table}} t{i}" for i in range(64)),
    "sorted cross join": "SELECT a.rowid FROM {table} a, {table} b, {table} c, {table} d ORDER BY a.rowid * b.rowid",
    "LIKE": f"{_ENDLESS} SELECT COUNT(*) FROM r WHERE substr('{'a' * 1_900}', n % 3) LIKE '{'%a' * 45}%b'",
    "GLOB": f"{_ENDLESS} SELECT COUNT(*) FROM r WHERE substr('{'a' * 1_900}', n % 3) GLOB '{'*[a-z]' * 15}b'",
    "instr": f"{_ENDLESS} SELECT SUM(instr(substr('{'a' * 1_900}', n % 3), '{'a' * 900}b')) FROM r",
    "JSON": f"{_ENDLESS} SELECT SUM(json_valid('{'[' * 800 + ']' * 800}' || n)) FROM r",
    "trim": f"{_ENDLESS} SELECT SUM(length(trim(substr('{'ab' * 900}', n % 3), 'xyzab'))) FROM r",
    "doubling": "WITH c0 AS (SELECT 1 AS i FROM {table})"
    + "".join(f", c{i} AS (SELECT a.i FROM c{i - 1} a, c{i - 1} b)" for i in range(1, 8))
    + " SELECT COUNT(*) FROM c7",
    "brackets": "SELECT " + "[" * 9_000,
    "literal": f"SELECT '{'x' * 99_000}'",
    "no query": "SELECT " * 14_000,
}


def main() -> None:
    print_sql()
    print_worst_text()
    print(f"cold import of both families: {cold_import():.0f} ms above the bare interpreter")
    print_languages()
    print_agreement()


def print_sql() -> None:
    """Scores a second of right and of nearly right queries, and the slowest query we know."""
    records = [json.loads(line) for line in SQL_RECORDS.read_text(encoding="utf-8").splitlines()]
    rollouts = [rollout for record in records for rollout in _responses(record)]
    started = time.perf_counter()
    for rollout in rollouts:
        for function in (sql.result, sql.rows, sql.executes, sql.read_only, sql.parsed):
            function(rollout)
    seconds = time.perf_counter() - started
    print(f"sql: {len(rollouts) / seconds:,.0f} responses/s, four functions each, {GROUP} to a prompt, two databases")
    milliseconds, name = max((_slowest(records[0], query), name) for name, query in HOSTILE_QUERIES.items())
    print(f"sql: worst of {len(HOSTILE_QUERIES)} hostile queries: {milliseconds:.1f} ms ({name})")


def _responses(record: Mapping[str, Any]) -> Iterator[Rollout]:
    query = record["reference_answer"]["query"]
    for i in range(GROUP):
        changed = query if i % 2 else query.replace("SELECT", "SELECT DISTINCT", 1)
        yield Rollout(record["id"], f"Attempt {i}.\n\n```sql\n{changed}\n-- {i}\n```", fields=record)


def _slowest(record: Mapping[str, Any], query: str) -> float:
    (table, *_) = record["rows"]
    rollout = Rollout("r", f"```sql\n{query.replace('{table}', table)}\n```", fields=record)

    def score() -> None:
        _sql_text.find.cache_clear()
        _sql_task._answers.cache_clear()
        for function in (sql.result, sql.rows, sql.executes, sql.read_only):
            function(rollout)

    return min(timed(score) for _ in range(TRIES))


def print_worst_text() -> None:
    """The slowest text for every function, reading it and comparing it with a reference of 10,000 characters."""
    reference = (HOSTILE_TEXTS["reference"] * 200)[:10_000]
    functions: dict[str, Callable[[Rollout], object]] = {
        "worked_steps": text.worked_steps,
        "max_words": text.max_words,
        "length": text.length,
        "repetition": text.repetition,
        "contains": lambda rollout: text.contains(rollout, texts=["Answer:", "fox"]),
        "marker": lambda rollout: text.marker(rollout, marker="Answer:"),
        "matches A.*b.*c": lambda rollout: text.matches(rollout, pattern="A.*b.*c"),
        r"matches (\w+\s?)+$": lambda rollout: text.matches(rollout, pattern=r"(\w+\s?)+$", where="whole"),
        "equals": lambda rollout: text.equals(rollout, operation="ilike"),
        "language": text.language,
        **{
            f"similarity {method}": lambda rollout, method=method: text.similarity(rollout, method=method)  # type: ignore[misc]
            for method in METHODS
        },
    }
    for name, function in functions.items():
        rollouts = {key: Rollout("r", (part * LONG)[:LONG], reference=reference) for key, part in HOSTILE_TEXTS.items()}
        slowest, key = max((min(timed(function, r) for _ in range(TRIES)), key) for key, r in rollouts.items())
        print(f"text.{name:<24} worst of {len(rollouts)} texts of {LONG:,} characters: {slowest:5.1f} ms ({key})")


def print_languages() -> None:
    """How often a sentence is told to be in its language, and in another one."""
    cases = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    languages = {case["language"] for case in cases}
    right = sum(_language.share(case["text"], case["language"]) == 1.0 for case in cases)
    wrong = [
        (case["language"], other)
        for case in cases
        for other in languages - {case["language"]}
        if _language.share(case["text"], other) > 0
    ]
    pairs = ", ".join(f"{one} for {other}" for one, other in sorted(wrong))
    print(f"language: {right} of {len(cases)} sentences are told to be in their own language")
    print(
        f"language: {len(wrong)} of {len(cases) * (len(languages) - 1):,} are told to be in another one, too: {pairs}"
    )


def print_agreement() -> None:
    """The largest difference from the libraries that define the measures, on texts of random words."""
    missing = [name for name in ("rapidfuzz", "rouge_score", "nltk") if find_spec(name) is None]
    if missing:
        print(f"similarity: not compared, {', '.join(missing)} not installed")
        return
    rng = random.Random(1)  # noqa: S311 - not for security
    vocabulary = ("the", "cat", "sat", "on", "a", "mat", "with", "Dog,", "ran.", "big", "small", "3", "4.5", "it's")
    largest: dict[str, float] = {}
    for _ in range(1_000):
        # from 5 words on: with a shorter reference the libraries count longer runs that it cannot have
        given, expected = (" ".join(rng.choices(vocabulary, k=rng.randint(5, 25))) for _ in range(2))
        for method, value in _peers(given, expected).items():
            difference = abs(value - similarity(given, expected, method))  # type: ignore[arg-type]  # its literals
            largest[method] = max(largest.get(method, 0.0), difference)
    print("similarity: largest differences", ", ".join(f"{name} {value:.0e}" for name, value in largest.items()))


def _peers(given: str, expected: str) -> dict[str, float]:
    # by name, because type checkers know only what is installed
    bleu = import_module("nltk.translate.bleu_score")
    gleu = import_module("nltk.translate.gleu_score")
    fuzz = import_module("rapidfuzz.fuzz")
    rouge_scorer = import_module("rouge_score.rouge_scorer")

    names = {f"rouge{n}": f"rouge_{n}" for n in range(1, 6)} | {"rougeL": "rouge_l"}
    rouge = rouge_scorer.RougeScorer(list(names)).score(expected, given)
    reference, hypothesis = words(expected), words(given)
    return {
        "ratio": fuzz.ratio(given, expected) / 100,
        "token_sort": fuzz.token_sort_ratio(" ".join(hypothesis), " ".join(reference)) / 100,
        **{ours: rouge[theirs].fmeasure for theirs, ours in names.items()},
        "bleu": bleu.sentence_bleu([reference], hypothesis, smoothing_function=bleu.SmoothingFunction().method2),
        "gleu": gleu.sentence_gleu([reference], hypothesis),
    }


def cold_import() -> float:
    """Milliseconds that a fresh process needs for both families beyond starting Python; the median of ten."""
    grader = "import lambda_src.reward.rewards.sql, lambda_src.reward.rewards.text"
    pairs = [(timed(_python, grader), timed(_python, "pass")) for _ in range(10)]
    return median(with_grader for with_grader, _ in pairs) - median(bare for _, bare in pairs)


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code


def timed(function: Callable[..., object], *arguments: object) -> float:
    """Milliseconds of one call."""
    started = time.perf_counter()
    function(*arguments)
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
