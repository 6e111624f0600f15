"""Texts as sets of word triples, kept small.

A set is kept whole up to 64 triples. Of a larger one the 64 with the smallest hashes are kept: a triple has the same
hash in every text, so two such samples are comparable, and the Jaccard index of what both could hold estimates that of
the sets, with a standard error of 0.06 at most (bottom-k sketches; Broder, "On the resemblance and containment of
documents", 1997, https://doi.org/10.1109/SEQUEN.1997.666900).

What many texts share is their template and says nothing of likeness: a triple in more than one of 50 texts, and in more
than 20, does not count.
"""

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final
from zlib import crc32

SIZE: Final = 64
"""Triples kept of a text."""

COMMON_SHARE: Final = 0.02
COMMON_LEAST: Final = 20
"""What more texts than this, and than this share of them, have in common says nothing of likeness."""

_COUNTED: Final = 1_000  # texts, at least, in which the template is looked for in the end
_LEARNT_FROM: Final = 512  # texts, before the first long one is cut
_LEARNT_TRIPLES: Final = 250_000  # or so many of theirs
_LEARNT_SHARE: Final = 0.04
_LEARNT_LEAST: Final = 3  # texts
_UPPER: Final = 1 if sys.byteorder == "little" else 0  # half of an integer of 64 bits


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text.

    Attributes:
        own: Its triples without those of templates.
        order: All that are kept, in the order of the text.
        last: The largest triple that it could hold.
    """

    own: frozenset[int]
    order: Sequence[int]
    last: float = math.inf

    @property
    def is_whole(self) -> bool:
        return self.last == math.inf


class Sketches:
    """The sketches of texts, by their number in the order they came; up to 264 bytes each."""

    def __init__(self) -> None:
        self._triples = array("i")
        self._ends = array("Q", [0])
        self._waiting: list[list[int]] | None = []
        self._waiting_triples = 0
        self._template: frozenset[int] = frozenset()  # of 64 bits
        self._left_out: frozenset[int] = frozenset()  # of 32 bits

    def add(self, words: Sequence[bytes]) -> None:
        """Take the next text, as its words."""
        codes = list(map(crc32, words))
        # unlike that of texts, the hash of integers is the same in every process
        triples = list(map(hash, zip(codes, codes[1:], codes[2:], strict=False))) or [hash(tuple(codes))]
        if self._waiting is None:
            self._keep(triples)
            return
        self._waiting.append(triples)
        self._waiting_triples += len(triples)
        if len(self._waiting) == _LEARNT_FROM or self._waiting_triples > _LEARNT_TRIPLES:
            self._learn(max(int(_LEARNT_SHARE * len(self._waiting)), _LEARNT_LEAST))

    def close(self) -> None:
        """Settle what is template; no text comes after this."""
        if self._waiting is not None:
            self._learn(max(int(COMMON_SHARE * len(self._waiting)), COMMON_LEAST))
        count = len(self._ends) - 1
        step = max(count // _COUNTED, 1)
        sample = [frozenset(self._kept(text)) for text in range(0, count, step)]
        most = max(int(COMMON_SHARE * len(sample)), COMMON_LEAST // step)
        self._left_out = _in_more_than(most, sample).union(triple >> 32 for triple in self._template)

    def __getitem__(self, text: int) -> Sketch:
        """Of a text that is nothing but template, the whole is the one element."""
        kept = self._kept(text)
        own = frozenset(kept) - self._left_out
        if not own:
            return Sketch(frozenset([hash(tuple(kept)) >> 32]), kept)
        return Sketch(own, kept, max(kept) if len(kept) == SIZE else math.inf)

    def _kept(self, text: int) -> "array[int]":
        return self._triples[self._ends[text] : self._ends[text + 1]]

    def _keep(self, triples: list[int]) -> None:
        if len(triples) > SIZE:
            every = set(triples)
            kept = every - self._template or every
            kept = set(sorted(kept)[:SIZE]) if len(kept) > SIZE else kept
            triples = [triple for triple in dict.fromkeys(triples) if triple in kept]
        self._triples.extend(array("i", array("q", triples).tobytes())[_UPPER::2])
        self._ends.append(len(self._triples))

    def _learn(self, most: int) -> None:
        waiting, self._waiting = self._waiting or [], None
        self._template = _in_more_than(most, [frozenset(triples) for triples in waiting])
        for triples in waiting:
            self._keep(triples)


def likeness(one: Sketch, other: Sketch) -> float:
    """Jaccard index of two texts' own triples; exact if both are whole."""
    mine, others = one.own, other.own
    if one.last != other.last:
        last = min(one.last, other.last)
        mine, others = (frozenset(triple for triple in each if triple <= last) for each in (mine, others))
    common = len(mine & others)
    return common / max(len(mine) + len(others) - common, 1)


def longest_difference(one: Sketch, other: Sketch) -> int:
    """The most triples in a row of which the other text, both being whole, has none.

    >>> longest_difference(Sketch(frozenset({1, 2, 9}), (1, 9, 2)), Sketch(frozenset({1, 2}), (1, 2)))
    1
    """
    return max(_longest_run(one, other), _longest_run(other, one))


def _longest_run(text: Sketch, other: Sketch) -> int:
    is_foreign = ((triple in text.own and triple not in other.own) for triple in text.order)
    return max((len(list(run)) for foreign, run in groupby(is_foreign) if foreign), default=0)


def _in_more_than(most: int, sets: Iterable[frozenset[int]]) -> frozenset[int]:
    """Elements that more than ``most`` of the sets hold."""
    return more_often(most, chain.from_iterable(sets))


def more_often(most: int, values: Iterable[int]) -> frozenset[int]:
    """Values that occur more than ``most`` times.

    >>> more_often(1, [3, 5, 3])
    frozenset({3})
    """
    every = sorted(values)
    return frozenset(element for element, later in zip(every, every[most:], strict=False) if element == later)
