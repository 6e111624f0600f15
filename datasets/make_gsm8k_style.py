"""Writes ``datasets/gsm8k-style``: ``python -m datasets.make_gsm8k_style``.

The files are a pure function of the seed, so that a rerun gives the same bytes.
"""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from datasets.material import stories

SEED = 8
COUNTS = {"train": 480, "validation": 100, "test": 100}
"""Records of each file; no prompt appears twice, in one file or in two."""

_FOLDER = Path(__file__).parent / "gsm8k-style"


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    problems = _distinct_problems(sum(COUNTS.values()), random.Random(SEED))  # noqa: S311  # not for security
    for split, count in COUNTS.items():
        records = [_record(f"{split}-{number:04d}", problems.pop()) for number in range(1, count + 1)]
        write_jsonl(folder / f"{split}.jsonl", records)


def write_jsonl(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    r"""One record a line, UTF-8, ``\n`` at every line's end on every platform."""
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(lines, encoding="utf-8", newline="\n")


def _distinct_problems(count: int, rng: random.Random) -> list[stories.Problem]:
    problems: dict[str, stories.Problem] = {}
    while len(problems) < count:
        problem = stories.write(rng)
        problems[problem.prompt] = problem
    return list(problems.values())


def _record(id_: str, problem: stories.Problem) -> Mapping[str, Any]:
    return {
        "id": id_,
        "messages": [{"role": "user", "content": problem.prompt}],
        "reference_answer": {"final_answer": str(problem.answer), "solution": problem.solution},
    }


if __name__ == "__main__":
    make()
