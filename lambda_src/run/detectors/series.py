"""Curves that one noisy step cannot bend. A later step changes nothing of what was known before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median

MIN_POINTS = 5
FIRST_POINTS = 3
WINDOW = 5  # points; the trailing median ignores up to two outliers


@dataclass(frozen=True, slots=True)
class Series:
    """Values against the run's own first steps.

    Attributes:
        baseline: Median of the first values.
        smoothed: (step, trailing median of 5), from the fifth value on.
    """

    baseline: float
    smoothed: tuple[tuple[int, float], ...]


def series(points: Iterable[tuple[int, float | None]], *, first: int = FIRST_POINTS) -> Series | None:
    """Smooth the values that are there; None for fewer than 5 of them, or than the ``first`` that are the baseline.

    >>> series([(1, 0.5), (2, 0.5), (3, None), (4, 0.4), (5, 0.01), (6, 0.4)])
    Series(baseline=0.5, smoothed=((6, 0.4),))
    """
    values = known(points)
    if len(values) < max(MIN_POINTS, first):
        return None
    return Series(
        baseline=median(value for _, value in values[:first]),
        smoothed=tuple(
            (values[end - 1][0], median(value for _, value in values[end - WINDOW : end]))
            for end in range(max(WINDOW, first), len(values) + 1)
        ),
    )


def means(points: Iterable[tuple[int, float | None]]) -> list[tuple[int, float]]:
    """(step, trailing mean of up to 5) of the values that are there: of less noise than a median, where none lies."""
    values = known(points)
    return [
        (values[end - 1][0], fmean(value for _, value in values[max(end - WINDOW, 0) : end]))
        for end in range(1, len(values) + 1)
    ]


def known(points: Iterable[tuple[int, float | None]]) -> list[tuple[int, float]]:
    """The points that have a value."""
    return [(step, value) for step, value in points if value is not None]
