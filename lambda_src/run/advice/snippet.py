"""Hyperparameters as a project file writes them."""

from collections.abc import Mapping
from typing import Any


def snippet(values: Mapping[str, Any]) -> list[str]:
    """The section ``hyperParameters``, a line each.

    >>> snippet({"epochCount": 8, "learningRate": 1e-5})
    ['hyperParameters:', '  epochCount: 8', '  learningRate: 1.0e-05']
    """
    return ["hyperParameters:", *(f"  {name}: {_written(value)}" for name, value in values.items())]


def _written(value: Any) -> str:
    """YAML takes a number with an exponent for text unless it has a point."""
    text = str(value)
    return text if "." in text else text.replace("e-", ".0e-")
