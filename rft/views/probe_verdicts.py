"""How the verdicts of a probe are called and how they look."""

from collections.abc import Mapping
from typing import Any

from rft.views.figures import section_of

TITLES = {
    "good": "Worth training",
    "too-easy": "Too easy",
    "too-hard": "Too hard",
    "no-signal": "No signal",
    "unknown": "Not known",
}
_LOOKS = {"good": "healthy", "too-easy": "alarm", "too-hard": "failed", "no-signal": "failed"}


def title(probe: Mapping[str, Any]) -> str:
    """The verdict in words.

    >>> title({"verdict": {"name": "too-hard"}})
    'Too hard'
    """
    return TITLES.get(_name(probe), TITLES["unknown"])


def look(probe: Mapping[str, Any]) -> str:
    """Class of the page's verdict."""
    return _LOOKS.get(_name(probe), "unknown")


def _name(probe: Mapping[str, Any]) -> str:
    return str(section_of(probe, "verdict").get("name"))
