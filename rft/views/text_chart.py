"""Curves in a terminal: a few rows of block characters, with the ends of the healthy band as dotted lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from statistics import fmean
from typing import Final

from rich.text import Text

from lambda_src.run.detectors.bands import Band

_BLOCKS: Final = " ▁▂▃▄▅▆▇█"
_EIGHTHS: Final = 8
_BOUND: Final = "┄"
_WITHIN, _OUTSIDE, _EDGE = "cyan", "bold red", "green"


@dataclass(frozen=True, slots=True)
class TextChart:
    """A curve that has a place of so many characters.

    Attributes:
        band: In which the curve is healthy now; what lies outside from some step up to now is marked.
        top: Upper end of the axis; None for the largest value.
    """

    values: Sequence[float]
    width: int
    rows: int
    band: Band
    top: float | None = None

    def lines(self) -> list[Text]:
        """The chart from top to bottom.

        >>> [line.plain for line in TextChart([0, 1, 2, 3, 4], width=5, rows=2, band=Band(high=3.9)).lines()]
        ['┄┄┄▄█', ' ▄███']
        """
        columns = squeezed(self.values, self.width)
        heights = list(map(self._height, columns))
        healthy = len(columns) - sum(1 for _ in takewhile(self._is_outside, reversed(columns)))
        return [self._line(row, heights, healthy) for row in reversed(range(self.rows))]

    @property
    def _ceiling(self) -> float:
        if self.top is not None:
            return self.top
        return max(self.values, default=0.0) or 1.0

    def _height(self, value: float) -> int:
        """In eighths of a character; what is more than nothing can be seen."""
        return max(round(max(value, 0.0) / self._ceiling * self.rows * _EIGHTHS), int(value > 0))

    def _is_outside(self, value: float) -> bool:
        return is_outside(value, self.band)

    def _line(self, row: int, heights: Sequence[int], healthy: int) -> Text:
        empty = _BOUND if row in self._edges() else " "
        filled = [min(max(height - row * _EIGHTHS, 0), _EIGHTHS) for height in heights]
        line = Text("".join(_BLOCKS[eighths] if eighths else empty for eighths in filled), no_wrap=True)
        line.append(empty * (self.width - len(heights)))
        for place, eighths in enumerate(filled):
            line.stylize((_OUTSIDE if place >= healthy else _WITHIN) if eighths else _EDGE, place, place + 1)
        line.stylize(_EDGE, len(filled))
        return line

    def _edges(self) -> set[int]:
        """The rows in which the band ends."""
        ends = [end for end in (self.band.low, self.band.high) if end is not None and 0 <= end <= self._ceiling]
        return {min(int(end / self._ceiling * self.rows), self.rows - 1) for end in ends}


def squeezed(values: Sequence[float], width: int) -> list[float]:
    """At most ``width`` values: means of neighbours where there are more.

    >>> squeezed([1, 1, 3, 3, 5, 5], 3)
    [1.0, 3.0, 5.0]
    """
    count = len(values)
    if count <= width:
        return list(values)
    bounds = [place * count // width for place in range(width + 1)]
    return [fmean(values[start:end]) for start, end in pairwise(bounds)]


def is_outside(value: float, band: Band) -> bool:
    """Whether a value is unhealthy."""
    return (band.low is not None and value < band.low) or (band.high is not None and value > band.high)
