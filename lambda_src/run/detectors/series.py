"""A curve that one noisy step cannot bend."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MIN_POINTS = 5
_WINDOW = 5  # steps; the trailing median ignores up to two outliers
_BASELINE_SHARE = 0.1
_MIN_BASELINE, _MAX_BASELINE = 3, 10  # steps


@dataclass(frozen=True, slots=True)
class Series:
    """Values against the run's own first steps.

    Attributes:
        baseline: Median of the first tenth of the run, 3 to 10 steps.
        smoothed: (step, trailing median of 5), from the first full window on.
    """

    baseline: float
    smoothed: tuple[tuple[int, float], ...]


def series(points: Sequence[tuple[int, float | None]]) -> Series | None:
    """Smooth the values that are there; None for fewer than 5 of them.

    >>> series([(1, 0.5), (2, 0.5), (3, None), (4, 0.4), (5, 0.01), (6, 0.4)])
    Series(baseline=0.5, smoothed=((6, 0.4),))
    """
    known = [(step, value) for step, value in points if value is not None]
    if len(known) < MIN_POINTS:
        return None
    first = min(max(round(len(known) * _BASELINE_SHARE), _MIN_BASELINE), _MAX_BASELINE)
    return Series(
        baseline=median(value for _, value in known[:first]),
        smoothed=tuple(
            (known[end - 1][0], median(value for _, value in known[end - _WINDOW : end]))
            for end in range(_WINDOW, len(known) + 1)
        ),
    )
