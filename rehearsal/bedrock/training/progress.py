"""The steps of a training, as the trainer reports them."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any


class Progress:
    """Appends each step to a file that the server reads while the training runs.

    Attributes:
        rows: The steps so far, as in the file; ``validationReward`` only on steps with an evaluation.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.rows: list[dict[str, Any]] = []

    def add(self, step: Any) -> None:
        """Take one step, a dataclass; a field that is None was not measured."""
        row = {_camel_case(name): value for name, value in asdict(step).items() if value is not None}
        self.rows.append(row)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
