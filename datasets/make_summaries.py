"""Writes ``datasets/summaries``: ``python -m datasets.make_summaries``.

The files are a pure function of the seed, so that a rerun gives the same bytes.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from datasets.material import reports
from datasets.material.reports_of_operations import DELIVERY, INSPECTION, OUTAGE, STATUS
from datasets.material.reports_of_people import EVENT, MEETING, SURVEY, TRIAL

SEED = 21
COUNTS = {"train": 200, "validation": 40, "test": 40}
"""Records of each file; every kind of report is in each of them equally often."""

KINDS = (OUTAGE, MEETING, STATUS, INSPECTION, SURVEY, DELIVERY, TRIAL, EVENT)
INSTRUCTIONS = (
    "Summarise this {kind} in two to four sentences, {words} words at most. Use only what it says.",
    "Write a summary of the following {kind} in two to four sentences, {words} words at most, from its facts alone.",
    "What must somebody know who has no time to read this {kind}? Answer in two to four sentences, {words} words at "
    "most, and stay with its facts.",
)
MOST_WORDS = 80

_FOLDER = Path(__file__).parent / "summaries"


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)  # noqa: S311  # not for security
    written = _distinct_reports(rng)
    for split, count in COUNTS.items():
        records = [_record(f"{split}-{number:04d}", next(written), rng) for number in range(1, count + 1)]
        _write_jsonl(folder / f"{split}.jsonl", records)


def _distinct_reports(rng: random.Random) -> Iterator[reports.Report]:
    seen: set[str] = set()
    for kind in cycle(KINDS):
        report = reports.write(kind, rng)
        while report.summary in seen:
            report = reports.write(kind, rng)
        seen.add(report.summary)
        yield report


def _record(id_: str, report: reports.Report, rng: random.Random) -> Mapping[str, Any]:
    instruction = rng.choice(INSTRUCTIONS).format(kind=report.kind, words=MOST_WORDS)
    return {
        "id": id_,
        "messages": [{"role": "user", "content": f"{instruction}\n\n{report.text}"}],
        "reference_answer": report.summary,
        "topic": report.kind,
    }


def _write_jsonl(path: Path, records: Sequence[Mapping[str, Any]]) -> None:
    lines = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text(lines, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make()
