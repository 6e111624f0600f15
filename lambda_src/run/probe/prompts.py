"""Which records are sampled: evenly over the file, so that all its kinds and lengths are."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_SPARE = 8  # lines kept for each that is wanted, while nobody knows how many there are


@dataclass(frozen=True, slots=True)
class Prompt:
    """A record of the training file.

    Attributes:
        line: Counted from 1.
    """

    line: int
    record: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The record's own, or its place in the file."""
        return str(self.record.get("id") or f"line-{self.line}")


Line = bytes | str | Mapping[str, Any] | Prompt


def choose(lines: Iterable[Line], n: int, seed: int = 0) -> list[Prompt]:
    """``n`` of the lines in order, one at random from each n-th of the file; all, if there are no more.

    One pass, in which at most 8n lines are held; only the chosen ones are parsed. Blank lines are passed over. A random
    place inside each part keeps a file whose kinds take turns from showing only one of them.

    Raises:
        ValueError: A chosen line is no JSON object.

    >>> [prompt.id for prompt in choose((f'{{"id": "r{i}"}}' for i in range(20_000)), 4)]
    ['r4035', 'r5936', 'r14417', 'r19866']
    """
    rng = random.Random(seed)  # noqa: S311 - not for security
    kept = _spread(lines, _SPARE * n, rng)
    if len(kept) > n:
        bounds = [i * len(kept) // n for i in range(n + 1)]
        kept = [rng.choice(kept[start:end]) for start, end in pairwise(bounds)]
    return [_parsed(number, line) for number, line in kept]


class Counted:
    """Lines, and how many of them that are not blank have passed."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines, self.number = lines, 0

    def __iter__(self) -> Iterator[Line]:
        for line in self._lines:
            self.number += not _is_blank(line)
            yield line


def shuffled(prompts: Sequence[Prompt], seed: int) -> list[Prompt]:
    """In random order: whatever has been asked when time is up is a fair part of the file."""
    return random.Random(seed).sample(prompts, len(prompts))  # noqa: S311 - not for security


def _spread(lines: Iterable[Line], most: int, rng: random.Random) -> list[tuple[int, Line]]:
    """One random line of each block; blocks double in size whenever there are ``most``."""
    kept: list[tuple[int, Line]] = []
    seen, size = 0, 1
    for numbered in enumerate(lines, start=1):
        if _is_blank(numbered[1]):
            continue
        place = seen % size
        if place == 0:
            kept.append(numbered)
        elif rng.randrange(place + 1) == 0:
            kept[-1] = numbered
        seen += 1
        if len(kept) == most and seen % size == 0:
            kept = [rng.choice(pair) for pair in zip(kept[::2], kept[1::2], strict=True)]
            size *= 2
    return kept


def _is_blank(line: Line) -> bool:
    return isinstance(line, bytes | str) and not line.strip()


def _parsed(number: int, line: Line) -> Prompt:
    if isinstance(line, Prompt):
        return line
    try:
        record = json.loads(line) if isinstance(line, bytes | str) else line
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number}: not JSON ({error}); expected one record a line") from None
    if not isinstance(record, Mapping):
        raise ValueError(f"line {number}: a {type(record).__name__}; expected a record, one JSON object a line")
    return Prompt(number, record)
