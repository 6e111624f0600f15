"""Prompts that an earlier one says already."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A record, by its part of the dataset and its line."""

    part: str
    line: int


@dataclass(frozen=True, slots=True)
class Match:
    """A record whose prompt an earlier one has too.

    Attributes:
        exact: Whether it is the same, but for capitals and white space; else it is nearly the same.
        likeness: Jaccard index of their word triples, in [0, 1].
        same_answer: Whether their reference answers are the same, too.
    """

    record: Spot
    earlier: Spot
    exact: bool
    likeness: float
    same_answer: bool

    @property
    def crosses(self) -> bool:
        """Whether the two are of different parts."""
        return self.record.part != self.earlier.part


@dataclass(frozen=True, slots=True)
class Matches:
    """What the comparison of all prompts found.

    Attributes:
        each: Records whose prompt an earlier one has, in order; to be read once.
        ambiguous: Records that are as an earlier one but for their id and their reference answer; to be read once.
        groups: Sizes of the groups of prompts that are (nearly) the same -> how many such groups there are.
    """

    each: Iterator[Match]
    ambiguous: Iterator[Match]
    groups: Mapping[int, int]
