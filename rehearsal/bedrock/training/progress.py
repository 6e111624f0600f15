"""The steps of a training, as the trainer reports them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Progress:
    """Appends each step to a file that the server reads while the training runs.

    Attributes:
        rows: The steps so far; ``validationReward`` only on steps with an evaluation.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.rows: list[dict[str, Any]] = []

    def add(self, step: Mapping[str, Any]) -> None:
        """Take one step; what is None was not measured."""
        row = {name: value for name, value in step.items() if value is not None}
        self.rows.append(row)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
