"""Figures of merit, each with what is uncertain about it."""

import math
import random
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

Interval = tuple[float, float]
"""95 %."""

_Z: Final = 1.959964
_RESAMPLES: Final = 2000
_TAIL: Final = 2.5  # %


def share(part: int, whole: int) -> float:
    """A share; nan of nothing."""
    return part / whole if whole else math.nan


def wilson(part: int, whole: int) -> Interval:
    """Interval of a share: https://doi.org/10.1080/01621459.1927.10502953 (Wilson, 1927).

    >>> tuple(round(end, 2) for end in wilson(9, 10))
    (0.6, 0.98)
    """
    if not whole:
        return 0.0, 1.0
    p, z = part / whole, _Z
    middle = p + z * z / (2 * whole)
    half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    return max((middle - half) / (1 + z * z / whole), 0.0), min((middle + half) / (1 + z * z / whole), 1.0)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that one of the first scores more than one of the second; a tie counts half.

    >>> auroc([3, 2, 2], [1, 2])
    0.8333333333333334
    """
    if not positive or not negative:
        return math.nan
    one, other = np.asarray(positive)[:, None], np.asarray(negative)[None, :]
    return float(np.mean((one > other) + 0.5 * (one == other)))


def bootstrap(
    positive: Sequence[float], negative: Sequence[float], measure: Callable[[Sequence[float], Sequence[float]], float]
) -> Interval:
    """Interval of a measure of two groups of runs, each drawn again 2,000 times."""
    rng = random.Random(0)  # noqa: S311 - to be repeatable
    drawn = [
        measure(rng.choices(positive, k=len(positive)), rng.choices(negative, k=len(negative)))
        for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(drawn, [_TAIL, 100 - _TAIL])
    return float(low), float(high)


def rank_correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's coefficient; nan where one of them does not change.

    >>> rank_correlation([1, 2, 3, 4], [10, 20, 40, 30])
    0.8
    """
    if len(set(one)) < 2 or len(set(other)) < 2:  # noqa: PLR2004 - a change takes two
        return math.nan
    return float(np.round(np.corrcoef(_ranks(one), _ranks(other))[0, 1], 12))


def _ranks(values: Sequence[float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Ranks; equal values share the mean of theirs."""
    array = np.asarray(values, dtype=np.float64)
    return np.array([np.sum(array < value) + (np.sum(array == value) + 1) / 2 for value in array])
