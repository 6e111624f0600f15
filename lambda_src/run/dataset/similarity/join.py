"""Pairs of texts that may be alike, without comparing all with all.

A text meets others in its smallest few elements. Their hashes put the elements of two sets into a random order; unless
the first k of their union are each in one set alone, the sets have one of their own first k in common. So two sets with
a Jaccard index of J miss each other with a probability of (1 - J)^k at most.

Where many texts meet in one element, each is compared with the first of them and its neighbours, and all in all there
are ten comparisons for each text: the time stays linear whatever the texts are.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

_PER_TEXT: Final = 10  # comparisons
_NEIGHBOURS: Final = 4
_PART: Final = 500_000  # meetings that are sorted at once
_REMEMBERED: Final = 200_000  # pairs
_INDEX: Final = (1 << 32) - 1


class Join:
    """Where texts meet.

    Args:
        texts: How many there are.
        meetings: Elements of one text in which it may meet others, at most.
    """

    def __init__(self, texts: int, meetings: int) -> None:
        self._left = _PER_TEXT * texts
        self._parts = [array("Q") for _ in range(texts * meetings // _PART + 1)]

    def add(self, text: int, group: int, elements: Iterable[int]) -> None:
        """Let a text meet those of its group.

        Args:
            text: Its number, below 2 to the 32.
            group: A hash.
            elements: The smallest of its elements.
        """
        parts, count = self._parts, len(self._parts)
        for element in elements:
            key = (element ^ group) & _INDEX
            parts[key % count].append(key << 32 | text)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Texts that met, the smaller number first; each pair once, unless there are very many."""
        remembered: set[int] = set()
        for part in self._parts:
            for one, other in _pairs(sorted(part)):
                pair = one << 32 | other
                if one == other or pair in remembered:
                    continue
                if not self._left:
                    return
                self._left -= 1
                if len(remembered) == _REMEMBERED:
                    remembered.clear()
                remembered.add(pair)
                yield one, other


def _pairs(meetings: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Texts behind the same key: each with the first of them and its neighbours."""
    met = [place for place, (this, next_) in enumerate(pairwise(meetings), start=1) if this ^ next_ <= _INDEX]
    first = last = -1
    for place in met:
        if place != last + 1:  # another key
            first = place - 1
        last = place
        new = meetings[place] & _INDEX
        yield meetings[first] & _INDEX, new
        for earlier in range(max(first + 1, place - _NEIGHBOURS + 1), place):
            yield meetings[earlier] & _INDEX, new
