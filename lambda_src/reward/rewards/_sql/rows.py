"""Comparison of what queries return: rows as multisets, or in order as far as the order is determined."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

Row = tuple[Any, ...]

_DIGITS: Final = 9  # of a double that count: sums depend on the order of their terms in the last ones
_RELATIVE: Final = 1e-9


def matched(expected: Sequence[Row], given: Sequence[Row], tolerance: float = 0.0) -> int:
    """How many rows of each are in the other, each counted as often as it stands in both.

    Whole and other numbers of the same value are the same; texts are never numbers.

    Args:
        tolerance: Largest difference of two numbers.

    >>> matched([(1, "a"), (2, None)], [(2.0, None), (1, "b"), (1, "a")])
    2
    >>> matched([(1.0,), (2.0,)], [(1.1,), (2.2,)], tolerance=0.15)
    1
    """
    wanted, found = Counter(map(_rounded, expected)), Counter(map(_rounded, given))
    same = wanted & found
    if tolerance or any(isinstance(cell, float) for row in expected for cell in row):
        return same.total() + _close(list((wanted - same).elements()), list((found - same).elements()), tolerance)
    return same.total()


def blocks(rows: Sequence[Row], others: Sequence[Row]) -> list[int]:
    """Where the stretches end that hold the same rows in two orders of them: between them, the order is determined.

    >>> blocks([("a", 1), ("b", 2), ("c", 2), ("d", 3)], [("a", 1), ("c", 2), ("b", 2), ("d", 3)])
    [1, 3, 4]
    """
    ends: list[int] = []
    surplus: Counter[Row] = Counter()
    for i, (one, other) in enumerate(zip(map(_rounded, rows), map(_rounded, others), strict=True), 1):
        for row, change in ((one, 1), (other, -1)):
            surplus[row] += change
            if not surplus[row]:
                del surplus[row]
        if not surplus:
            ends.append(i)
    return ends


def _close(expected: list[Row], given: list[Row], tolerance: float) -> int:
    """How many pairs of rows are the same but for small differences of numbers."""
    waiting, offered = (sorted((_key(row), row) for row in rows) for rows in (expected, given))
    pairs = i = j = 0
    while i < len(waiting) and j < len(offered):
        if _is_close(waiting[i][1], offered[j][1], tolerance):
            pairs, i, j = pairs + 1, i + 1, j + 1
        elif waiting[i][0] < offered[j][0]:
            i += 1
        else:
            j += 1
    return pairs


def _is_close(one: Row, other: Row, tolerance: float) -> bool:
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=_RELATIVE, abs_tol=tolerance)
        if isinstance(a, int | float) and isinstance(b, int | float)
        else a == b
        for a, b in zip(one, other, strict=True)
    )


def _key(row: Row) -> tuple[Any, ...]:
    """Sorts rows by what must be equal first, and by their numbers then."""
    return tuple(_kinds(row)), tuple(cell for cell in row if isinstance(cell, int | float))


def _kinds(row: Row) -> Iterator[tuple[str, Any]]:
    for cell in row:
        is_number = isinstance(cell, int | float)
        yield ("number", 0) if is_number else (type(cell).__name__, 0 if cell is None else cell)


def _rounded(row: Row) -> Row:
    return tuple(float(f"{cell:.{_DIGITS}g}") if type(cell) is float else cell for cell in row)
