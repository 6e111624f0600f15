"""Personal data and secrets: agreement with labelled texts, and speed: ``python -m benchmarks.personal_data``.

The texts of ``personal_data.jsonl`` are our own; a ``|`` in one keeps it from being taken for a real token, and is
removed. ``detect-secrets``, which looks for secrets alone, is compared where it is installed.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lambda_src.private.hints import hints
from lambda_src.run.dataset.finding import Place
from lambda_src.run.dataset.private import private

CASES = Path(__file__).with_name("personal_data.jsonl")
DATASETS = Path(__file__).parents[1] / "datasets"
SECRET = "secret"  # noqa: S105 - the name of a rule
TRIES = 3
_ABSENT = "is not installed: left out"

Search = Callable[[str], set[str]]
"""Names the rules that a text breaks."""

Look = Callable[[Path, Sequence[dict[str, Any]]], object]
"""Looks at a file, or at its records."""


@dataclass(frozen=True, slots=True)
class Case:
    """A text and the one thing in it that does not belong into training data.

    Attributes:
        rule: ``personal-data`` or ``secret``; empty if it holds nothing of that sort.
        kind: As findings name it.
    """

    text: str
    rule: str
    kind: str


def cases() -> Iterator[Case]:
    for line in CASES.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield Case(row["text"].replace("|", ""), row["rule"] or "", row["kind"])


def record(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}


def here(text: str) -> set[str]:
    return {finding.rule for finding in private(record(text), Place("file"))}


def main() -> None:
    labelled = list(cases())
    print(f"{len(labelled)} labelled texts")
    print_agreement("here", here, labelled, ("personal-data", SECRET))
    if find_spec("detect_secrets") is None:
        print(f"  detect-secrets {_ABSENT}")
    else:
        with import_module("detect_secrets.settings").default_settings():
            print_agreement(f"detect-secrets {version('detect-secrets')}", detect_secrets, labelled, (SECRET,))
            scan: Any = import_module("detect_secrets.core.scan")
            print_speed("detect-secrets", lambda file, _: list(scan.scan_file(str(file))))
    print_speed("here", lambda _, records: [list(private(one, Place("file"))) for one in records])
    print_speed("here, first look", lambda _, records: [hints(one) for one in records])


def print_agreement(name: str, search: Search, labelled: Sequence[Case], rules: Sequence[str]) -> None:
    for rule in rules:
        found = {place for place, case in enumerate(labelled) if rule in search(case.text)}
        truth = {place for place, case in enumerate(labelled) if case.rule == rule}
        print(
            f"  {name}, {rule}: {len(found & truth)} of {len(truth)} found, {len(found - truth)} false alarms "
            f"among {len(labelled) - len(truth)}"
        )


def print_speed(name: str, look: Look) -> None:
    """Microseconds a record of the bundled datasets, reading them aside."""
    times: list[str] = []
    for file in sorted(DATASETS.glob("*/train.jsonl")):
        records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        seconds = min(_seconds(look, file, records) for _ in range(TRIES))
        times.append(f"{file.parent.name} {seconds / len(records) * 1e6:,.0f}")
    print(f"  {name}: {', '.join(times)} us a record")


def detect_secrets(text: str) -> set[str]:
    """It reads files; its scan of a line reports whatever it has looked at."""
    scan: Any = import_module("detect_secrets.core.scan")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "records.jsonl"
        file.write_text(text, encoding="utf-8")
        return {SECRET for _ in scan.scan_file(str(file))}


def _seconds(look: Look, file: Path, records: Sequence[dict[str, Any]]) -> float:
    started = time.process_time()
    look(file, records)
    return time.process_time() - started


if __name__ == "__main__":
    main()
