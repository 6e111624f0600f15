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
    """

    name: str
    hint: Hint
    pattern: re.Pattern[str]
    is_real: Callable[[str], bool] = lambda value: True
    marks: tuple[str, ...] = ()
    shown: tuple[int, int] = (2, 2)

    def values(self, text: str) -> Iterator[str]:
        """Those in a text."""
        if self.marks and not any(mark in text for mark in self.marks):  # many times quicker than the pattern
            return
        for match in self.pattern.finditer(text):
            value = match[1] if self.pattern.groups else match[0]
            if self.is_real(value):
                yield value

    def masked(self, value: str) -> str:
        """A value so that its owner would know it, and nobody else."""
        start, end = self.shown
        return f"{value[:start]}...{value[len(value) - end :]}" if len(value) >= 2 * (start + end) else "..."
