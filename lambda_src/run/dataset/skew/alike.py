"""The share of the largest cluster of alike prompts."""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final
from zlib import crc32

from ..similarity.sketches import more_often
from ..similarity.wording import folded, words

_ALIKE: Final = 0.4  # Jaccard index of their word triples
_COMMON: Final = 0.98  # of the prompts: what they share is the task's instruction and says nothing of their kind
_COMPARED: Final = 64  # triples of a prompt

_DIGITS: Final = re.compile(rb"\d+")


def largest_cluster(prompts: Sequence[str]) -> float:
    """Share of the prompts, in [0, 1], in the largest cluster: they are like its first one, numbers aside.

    >>> largest_cluster(["There are 5 red apples.", "There are 7 red apples.", "Why?"])
    0.6666666666666666
    """
    leaders: list[frozenset[int]] = []
    sizes: list[int] = []
    for own in _own(prompts):
        place = next((place for place, leader in enumerate(leaders) if _are_alike(own, leader)), len(leaders))
        if place == len(leaders):
            leaders.append(own)
            sizes.append(0)
        sizes[place] += 1
    return max(sizes, default=0) / max(len(prompts), 1)


def _own(prompts: Sequence[str]) -> list[frozenset[int]]:
    """Of each prompt, hashes of what is not common to nearly all of them: the smallest 64."""
    sets = [_triples(prompt) for prompt in prompts]
    common = more_often(int(_COMMON * len(sets)), chain.from_iterable(sets))
    return [frozenset(sorted(one - common)[:_COMPARED]) for one in sets]


def _triples(prompt: str) -> frozenset[int]:
    codes = list(map(crc32, words(_DIGITS.sub(b"0", folded(prompt)))))
    return frozenset(map(hash, zip(codes, codes[1:], codes[2:], strict=False)))


def _are_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    common = len(one & other)
    return common >= _ALIKE * (len(one) + len(other) - common)
