r"""Where a response states its answer.

The first of these places that holds a number counts: ``#### n``, ``\boxed{n}`` and ``<answer>n</answer>``;
"the answer is n"; a last line that is nothing but a number; a heading such as ``#### Total: n``. Every search
is linear in the response, and only so many answers of so many characters are read, so that no response can keep
the grader busy.
"""

import re
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from typing import Final

from ._numbers import stated

_MARKER: Final = re.compile(r"#{4,}|\\boxed\s*\{|<answer>")
_PHRASE: Final = re.compile(
    r"\banswer\*{0,2}(?:\s{1,3}(?:is|was|would be|should be|must be|equals)\b|\s{0,3}[:=])"
    r"(?:\s{1,3}(?:therefore|thus|simply|just|indeed|clearly|then|now|equal to)\b)?[\s:*]{0,8}",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.!?](?:\s|$)")
_ENUMERATION: Final = re.compile(r"[.):]\s+[A-Za-z]")
_DIGIT: Final = re.compile(r"[0-9]")
_BRACE: Final = re.compile(r"(?<!\\)[{}]")

_MOST_ANSWERS: Final = 64  # read per response, from its end: more are guesses anyway
_WIDEST: Final = 300  # characters of one answer
_MOST_WORDS_ALONE: Final = 4

Answer = tuple[Fraction, ...]
"""The different numbers of one statement; more than one is a hedge."""


@lru_cache(maxsize=64)  # several reward functions ask for each response, many rollouts for each reference
def answers(text: str) -> tuple[Answer, ...]:
    r"""What a text states as its answer, in order; empty if it states none.

    >>> answers(r"#### 17, no: \boxed{18 or 19}")
    ((Fraction(17, 1),), (Fraction(18, 1), Fraction(19, 1)))
    """
    for place in (_marked, _phrased, _alone, _headed):
        found = tuple(place(text))
        if found:
            return found
    return ()


def _marked(text: str) -> Iterator[Answer]:
    for segment, is_box in _marked_segments(text):
        numbers, rest = stated(segment)
        if numbers and (is_box or not _ENUMERATION.match(rest)):
            yield numbers


def _headed(text: str) -> Iterator[Answer]:
    """Headings such as ``#### Total: 42 eggs``, unless they hold several numbers."""
    for segment, _ in _marked_segments(text):
        label, _, number = segment.partition(":")
        numbers, rest = stated(number)
        if numbers and not _DIGIT.search(label) and not _DIGIT.search(rest):
            yield numbers


def _phrased(text: str) -> Iterator[Answer]:
    for match in _last(_PHRASE.finditer(text)):
        line = _line(text, match.end())
        end = _SENTENCE_END.search(line)
        numbers, _ = stated(line[: end.start()] if end else line)
        if numbers:
            yield numbers


def _alone(text: str) -> Iterator[Answer]:
    line = text.rstrip()[-_WIDEST:].rpartition("\n")[2]
    if "=" in line or len(line.split()) > _MOST_WORDS_ALONE:
        return
    numbers, rest = stated(line)
    if numbers and not _ENUMERATION.match(rest):
        yield numbers


def _marked_segments(text: str) -> Iterator[tuple[str, bool]]:
    """What stands in each box and behind each other marker, and whether it is a box."""
    for match in _last(_MARKER.finditer(text)):
        is_box = match[0][0] == "\\"
        yield (_box(text, match.end()) if is_box else _line(text, match.end())), is_box


def _line(text: str, start: int) -> str:
    """The rest of the line, or the next line that is not blank, as far as the next marker."""
    line = text[start : start + _WIDEST].lstrip().partition("\n")[0]
    return _MARKER.split(line, maxsplit=1)[0]


def _box(text: str, start: int) -> str:
    """What stands before the brace that closes the box; nothing if none does."""
    depth = 1
    window = text[start : start + _WIDEST]
    for brace in _BRACE.finditer(window):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return window[: brace.start()]
    return ""


def _last(matches: Iterator[re.Match[str]]) -> deque[re.Match[str]]:
    return deque(matches, maxlen=_MOST_ANSWERS)
