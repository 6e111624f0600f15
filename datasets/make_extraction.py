"""Writes ``datasets/extraction``: ``python -m datasets.make_extraction``.

The files are a pure function of the seed, so that a rerun gives the same bytes.
"""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from datasets.make_gsm8k_style import write_jsonl
from datasets.material import bookings, documents, invoices, orders
from datasets.material.documents import Document

SEED = 21
COUNTS = {"train": 200, "validation": 40, "test": 40}
"""Records of each file; no prompt appears twice, in one file or in two."""

_FOLDER = Path(__file__).parent / "extraction"
_KINDS = (invoices.write, orders.write, bookings.write)


def make(folder: Path = _FOLDER) -> None:
    """Write ``train.jsonl``, ``validation.jsonl`` and ``test.jsonl`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)  # noqa: S311  # not for security
    texts: set[str] = set()
    for split, count in COUNTS.items():
        records: list[Mapping[str, Any]] = []
        while len(records) < count:
            document = _KINDS[len(records) % len(_KINDS)](rng)
            if document.text not in texts:
                texts.add(document.text)
                records.append(_record(f"{split}-{len(records) + 1:04d}", document, rng))
        write_jsonl(folder / f"{split}.jsonl", records)


def _record(id_: str, document: Document, rng: random.Random) -> Mapping[str, Any]:
    return {
        "id": id_,
        "messages": [{"role": "user", "content": _prompt(document, rng)}],
        "schema": _without_descriptions(document.schema),
        "reference_answer": {"fields": document.fields},
    }


def _prompt(document: Document, rng: random.Random) -> str:
    in_words = f"Fields:\n{documents.words(document.schema)}"
    as_schema = f"JSON Schema:\n{json.dumps(document.schema)}"
    return (
        f"Extract this {document.kind} as one JSON object, and answer with nothing else. Dates are YYYY-MM-DD, amounts "
        "plain numbers. Leave out what the text does not state.\n\n"
        f"{rng.choice((in_words, as_schema))}\n\nText:\n{document.text}"
    )


def _without_descriptions(schema: Any) -> Any:
    """The schema as the grader needs it."""
    if isinstance(schema, list):
        return [_without_descriptions(part) for part in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {key: _without_descriptions(part) for key, part in schema.items() if key != "description"}


if __name__ == "__main__":
    make()
