"""What a repair did to a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

_SHOWN = 10  # stretches of lines


class Action(StrEnum):
    """What was done about a broken rule."""

    MENDED = "mended"
    LEFT_OUT = "left out"
    """The line is not in the copy: no reader could use it."""
    STILL_WRONG = "still wrong"
    """The record is in the copy as it was: only its author can say what it should be."""


_MENDED: Final = {
    "blank-line": "blank line taken out",
    "byte-order-mark": "byte order mark taken out",
    "crlf": "CRLF made LF",
    "final-newline": "LF put at the end",
    "id-repeated": "a number put after the id, which an earlier record has",
    "json-array": "record taken out of the array",
    "record-over-lines": "record put on one line",
    "record-repeated": "exact copy of an earlier record taken out",
    "several-records-on-line": "records put on a line each",
    "space-around": "space around the record taken out",
    "system-empty": "system message that says nothing taken out",
    "trailing-comma": "comma after the record taken out",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What was done about one rule.

    Attributes:
        action: Mended, left out or left as it is.
        rule: As in findings.
        lines: Of the file that was read, counted from 1; a line that held two such records is named twice.
    """

    action: Action
    rule: str
    lines: tuple[int, ...]

    @property
    def message(self) -> str:
        """The change as one sentence.

        >>> Change(Action.MENDED, "crlf", (1, 2, 3, 7)).message
        'mended: CRLF made LF (crlf), 4 times, lines 1-3, 7'
        """
        what = f"{_MENDED[self.rule]} ({self.rule})" if self.action is Action.MENDED else self.rule
        stretches = list(_stretches(self.lines))
        more = ", ..." if len(stretches) > _SHOWN else ""
        times = f"{len(self.lines):,} times" if len(self.lines) > 1 else "once"
        lines = "lines" if len(set(self.lines)) > 1 else "line"
        return f"{self.action}: {what}, {times}, {lines} {', '.join(stretches[:_SHOWN])}{more}"

    def to_json(self) -> dict[str, Any]:
        return {"action": str(self.action), "rule": self.rule, "count": len(self.lines), "lines": list(self.lines)}


class Changes:
    """Changes as they come."""

    def __init__(self) -> None:
        self._lines: dict[tuple[Action, str], list[int]] = {}

    def add(self, action: Action, rule: str, line: int) -> None:
        self._lines.setdefault((action, rule), []).append(line)

    def all(self) -> list[Change]:
        """One for each action and rule: first what was mended, then what was left out, then what is still wrong."""
        order = list(Action)
        entries = sorted(self._lines.items(), key=lambda entry: (order.index(entry[0][0]), entry[1][0]))
        return [Change(action, rule, tuple(lines)) for (action, rule), lines in entries]


def _stretches(lines: tuple[int, ...]) -> Iterator[str]:
    for _, stretch in groupby(enumerate(sorted(set(lines))), key=lambda pair: pair[1] - pair[0]):
        first, *_, last = [line for _, line in stretch] * 2
        yield f"{first}-{last}" if last > first else str(first)
