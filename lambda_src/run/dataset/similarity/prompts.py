"""Which prompts of a dataset are the same, or nearly; in time linear in their number, and up to 350 bytes for each."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import compress
from typing import Final

from . import wording
from .groups import Groups
from .join import Join
from .matches import Match, Matches, Spot
from .sketches import COMMON_LEAST, COMMON_SHARE, Sketch, Sketches, likeness, longest_difference, more_often

NEAR: Final = 0.7
"""Jaccard index of their word triples from which on two prompts with the same answer are nearly the same."""

NEAR_WHATEVER_THE_ANSWER: Final = 0.9
"""The same for prompts with different answers."""

_LONGEST_DIFFERENCE: Final = 5  # triples in a row: three words
_CACHED: Final = 1_000  # sketches
_SMALLEST: Final = 8  # triples to meet in; 0.3 to the power of 8: a pair of 15,000 is missed
_SMALLEST_WHATEVER_THE_ANSWER: Final = 4  # 0.1 to the power of 4: one of 10,000


class Prompts:
    """The prompts of a dataset, part after part.

    Two are nearly the same if their numbers are the same and their word triples, those of templates aside, are alike to
    0.7 while their answers are the same. An answer that many records have, such as a label, does not say much; then the
    prompts must not differ in more than three words in a row, as they do where two questions share a long text. If the
    answers differ, it takes 0.9, too: records that a template makes of other names and items are different tasks.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._starts: list[int] = []  # of the parts
        self._lines = array("I")
        self._texts = array("q")
        self._numbers = array("I")
        self._answers = array("I")
        self._rests = array("I")
        self._sketches = Sketches()

    def observe(self, spot: Spot, prompt: bytes, *, answer: int, rest: int) -> None:
        """Take the next prompt.

        Args:
            prompt: All its messages, folded.
            answer: A hash of the record's reference answer, of 32 bits.
            rest: The same of what else the record holds.
        """
        if not self._parts or self._parts[-1] != spot.part:
            self._parts.append(spot.part)
            self._starts.append(len(self._lines))
        self._lines.append(spot.line)
        self._texts.append(hash(prompt))
        self._numbers.append(wording.numbers(prompt))
        self._answers.append(answer)
        self._rests.append(rest)
        self._sketches.add(wording.words(prompt))

    def matches(self) -> Matches:
        """Compare them; none comes after this."""
        self._sketches.close()
        groups = Groups(len(self._lines))
        ambiguous = self._join_same(groups)
        self._join_near(groups)
        return Matches(
            each=self._each(groups),
            ambiguous=(self._match(record, first, 1.0, exact=True) for record, first in ambiguous),
            groups=groups.sizes(),
        )

    def _join_same(self, groups: Groups) -> list[tuple[int, int]]:
        """Join prompts that are the same; returns those of them that only their answers tell apart."""
        repeated = more_often(1, self._texts)
        firsts: dict[int, int] = {}
        alike: dict[tuple[int, int], int] = {}
        ambiguous = []
        for prompt in compress(range(len(self._texts)), map(repeated.__contains__, self._texts)):
            text = self._texts[prompt]
            if (first := firsts.setdefault(text, prompt)) != prompt:
                groups.join(prompt, first, exact=True)
            first = alike.setdefault((text, self._rests[prompt]), prompt)
            if self._answers[first] != self._answers[prompt]:
                ambiguous.append((prompt, first))
        return ambiguous

    def _join_near(self, groups: Groups) -> None:
        common = more_often(max(int(COMMON_SHARE * len(self._answers)), COMMON_LEAST), self._answers)
        sketch = lru_cache(_CACHED)(self._sketches.__getitem__)
        for one, other in self._meetings(groups).pairs():
            if groups.is_behind(other, one) or self._numbers[one] != self._numbers[other]:
                continue
            alike = likeness(sketch(one), sketch(other))
            same = self._answers[one] == self._answers[other]
            if alike < (NEAR if same else NEAR_WHATEVER_THE_ANSWER):
                continue
            is_telling = same and self._answers[one] not in common
            if is_telling or _differ_little(sketch(one), sketch(other)):
                groups.join(other, one, likeness=alike)

    def _meetings(self, groups: Groups) -> Join:
        answered = array("q", map(hash, zip(self._numbers, self._answers, strict=True)))
        same_numbers, same_answer = more_often(1, self._numbers), more_often(1, answered)
        join = Join(len(self._lines), _SMALLEST + _SMALLEST_WHATEVER_THE_ANSWER)
        for prompt, numbers in enumerate(self._numbers):
            if numbers not in same_numbers or groups.exact[prompt]:
                continue
            own = sorted(self._sketches[prompt].own)
            join.add(prompt, numbers, own[:_SMALLEST_WHATEVER_THE_ANSWER])
            if answered[prompt] in same_answer:
                join.add(prompt, ~answered[prompt], own[:_SMALLEST])
        return join

    def _each(self, groups: Groups) -> Iterator[Match]:
        for record in range(len(self._lines)):
            earlier = groups.earlier(record)
            if earlier is None:
                continue
            exact, alike = bool(groups.exact[record]), groups.likeness[record]
            before = groups.earlier(earlier) if exact else None
            if before is not None and self._part(before) != self._part(earlier):  # its likes are in another part
                earlier, exact, alike = before, False, groups.likeness[earlier]
            yield self._match(record, earlier, alike, exact=exact)

    def _match(self, record: int, earlier: int, alike: float, *, exact: bool) -> Match:
        return Match(
            self._spot(record), self._spot(earlier), exact, alike, self._answers[record] == self._answers[earlier]
        )

    def _spot(self, prompt: int) -> Spot:
        return Spot(self._part(prompt), self._lines[prompt])

    def _part(self, prompt: int) -> str:
        return self._parts[bisect_right(self._starts, prompt) - 1]


def _differ_little(one: Sketch, other: Sketch) -> bool:
    return one.is_whole and other.is_whole and longest_difference(one, other) <= _LONGEST_DIFFERENCE
