"""How often each length occurs, exactly."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_BINS = 40


@dataclass(frozen=True, slots=True)
class Distribution:
    """Whole numbers and how often each was seen; few are distinct, so all are kept.

    Attributes:
        counts: Value -> how often.
    """

    counts: Mapping[int, int] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def most(self) -> int:
        """The largest value; 0 where there is none."""
        return max(self.counts, default=0)

    @property
    def mean(self) -> float:
        """Arithmetic mean; 0 where there is no value."""
        return sum(value * number for value, number in self.counts.items()) / max(self.total, 1)

    def quantile(self, share: float) -> int:
        """The smallest value that at least this share of the values does not exceed; 0 where there is none.

        >>> Distribution({1: 50, 2: 49, 100: 1}).quantile(0.99)
        2
        """
        needed, seen = math.ceil(share * self.total), 0
        for value in sorted(self.counts):
            seen += self.counts[value]
            if seen >= needed:
                return value
        return 0

    def share_above(self, limit: int) -> float:
        """Share of the values, in [0, 1], that exceed ``limit``.

        >>> Distribution({1: 3, 5: 1}).share_above(4)
        0.25
        """
        above = sum(number for value, number in self.counts.items() if value > limit)
        return above / max(self.total, 1)

    def to_json(self) -> dict[str, Any]:
        """Key figures, and a histogram of at most 40 equal bins as ``[[upper bound, count], ...]``."""
        return {
            "total": self.total,
            "least": min(self.counts, default=0),
            "mean": round(self.mean, 2),
            "p50": self.quantile(0.5),
            "p90": self.quantile(0.9),
            "p99": self.quantile(0.99),
            "most": self.most,
            "histogram": self._histogram(),
        }

    def _histogram(self) -> list[list[int]]:
        if not self.counts:
            return []
        least = min(self.counts)
        width = max(math.ceil((self.most - least + 1) / _BINS), 1)
        bins = Counter[int]()
        for value, number in self.counts.items():
            bins[(value - least) // width] += number
        return [[least + (i + 1) * width - 1, bins[i]] for i in range(max(bins) + 1)]
