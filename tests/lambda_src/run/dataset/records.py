"""Records and lines that several tests start from."""

import json
from collections.abc import Sequence
from typing import Any

from lambda_src.run.dataset import Finding, check

USER = {"role": "user", "content": "6 * 7?"}


def record(n: int = 0, /, **changes: Any) -> dict[str, Any]:
    return {"id": f"train-{n}", "messages": [USER], "reference_answer": "42"} | changes


def lines(count: int, *, start: int = 0) -> list[str]:
    return [json.dumps(record(n)) for n in range(start, start + count)]


def findings(*given: str | bytes, references: bool = True) -> Sequence[Finding]:
    return check(list(given), "train.jsonl", min_records=0, references=references).findings.shown


def rules(*given: str | bytes) -> list[str]:
    return [finding.rule for finding in findings(*given)]
