"""Writes ``datasets/moderation``: ``python -m datasets.make_moderation``.

The files are a pure function of the seed, so that a rerun gives the same bytes.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from datasets.material import communities

SEED = 34
COUNTS = {"train": 200, "validation": 40, "test": 40}
"""Records of each file; a quarter of them is to be allowed, the rest is spread over the other labels."""

_FOLDER = Path(__file__).parent / "moderation"
_ORDER = ("allow", "insult", "threat", "allow", "advertising", "scam", "private-data")


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    cases = _distinct_cases(random.Random(SEED))  # noqa: S311  # not for security
    for split, count in COUNTS.items():
        records = [_record(f"{split}-{number:04d}", next(cases)) for number in range(1, count + 1)]
        _write_jsonl(folder / f"{split}.jsonl", records)


def _distinct_cases(rng: random.Random) -> Iterator[communities.Case]:
    seen: set[str] = set()
    for label in cycle(_ORDER):
        case = communities.write(rng, label)
        while case.prompt in seen:
            case = communities.write(rng, label)
        seen.add(case.prompt)
        yield case


def _record(id_: str, case: communities.Case) -> Mapping[str, Any]:
    return {
        "id": id_,
        "messages": [{"role": "user", "content": case.prompt}],
        "reference_answer": {"fields": {"label": case.label}, "rationale": case.rationale},
        "topic": case.theme,
    }


def _write_jsonl(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(lines, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make()
