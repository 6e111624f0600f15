"""What a kind of value that does not belong into training data looks like."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .hints import Hint


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Attributes:
        name: With its article, as findings call it.
        hint: What a record that holds one has at least.
        pattern: Its first group is the value; without a group, the whole is.
        is_real: Whether what matches is such a value, and none that is reserved for documentation.
        marks: Texts of which a value, or what stands before it, holds one; none where that is not known.
        shown: How many characters of the start and of the end findings show, of a value that is long enough.
        rest: What follows a value and is replaced with it.
    """

    name: str
    hint: Hint
    pattern: re.Pattern[str]
    is_real: Callable[[str], bool] = lambda value: True
    marks: tuple[str, ...] = ()
    shown: tuple[int, int] = (2, 2)
    rest: re.Pattern[str] | None = None

    def values(self, text: str) -> Iterator[str]:
        """Those in a text."""
        return (text[start:end] for start, end in self._places(text))

    def replaced(self, text: str) -> str:
        """The text with the kind's name in brackets for each of its values."""
        kept: list[str] = []
        done = 0
        for start, end in self._places(text):
            if start >= done:
                kept += text[done:start], f"[{self.name.partition(' ')[2]}]"
                rest = self.rest.match(text, end) if self.rest else None
                done = rest.end() if rest else end
        return "".join((*kept, text[done:]))

    def masked(self, value: str) -> str:
        """A value so that its owner would know it, and nobody else."""
        start, end = self.shown
        return f"{value[:start]}...{value[len(value) - end :]}" if len(value) >= 2 * (start + end) else "..."

    def _places(self, text: str) -> Iterator[tuple[int, int]]:
        if self.marks and not any(mark in text for mark in self.marks):  # many times quicker than the pattern
            return
        for match in self.pattern.finditer(text):
            start, end = match.span(min(self.pattern.groups, 1))
            if self.is_real(text[start:end]):
                yield start, end
