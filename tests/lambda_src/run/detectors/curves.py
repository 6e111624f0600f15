"""Curves for detectors: shapes, and steps that have them."""

import random
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from lambda_src.run.steps import Step


def line(first: float, last: float, count: int) -> list[float]:
    return [first + (last - first) * n / (count - 1) for n in range(count)]


def jittered(values: Sequence[float], deviation: float, seed: int = 0) -> list[float]:
    """The values with normal noise, alike for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - to be repeatable
    return [value + rng.gauss(0, deviation) for value in values]


def steps(**curves: Sequence[Any]) -> list[Step]:
    """One step for each place of the longest curve, from 1 on; shorter curves are unknown after their end."""
    rows = zip_longest(*curves.values())
    return [Step(n, **dict(zip(curves, row, strict=True))) for n, row in enumerate(rows, start=1)]
