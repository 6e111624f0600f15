r"""Where a response states its answer.

The first of these places that holds a number counts: the markers ``#### n``, ``\boxed{n}``, ``<answer>n</answer>`` and
the project's own, with what is said of the answer behind the last of them; then, in prose, the places of
``_maths.prose``. Every search is linear in the response, and only so many answers of so many characters are read, so
that no response can keep the grader busy.
"""

import re
from collections.abc import Iterator
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from . import prose as _prose
from . import wording as _wording
from .numbers import POINT, Notation, Number, stated
from .statement import MOST, WIDEST, Statement

Answer = tuple[Number, ...]
"""The different numbers of one statement; more than one is a hedge."""


class Reading(NamedTuple):
    """What a project takes for an answer.

    Attributes:
        marker: Introduces an answer, beside the markers that every project has.
        prose: Answers may be told without any marker.
    """

    marker: str | None = None
    prose: bool = True
    notation: Notation = POINT


ANY: Final = Reading()
"""The reading of a project that says nothing else."""


class _Kind(Enum):
    LINE = "line"
    BOX = "box"
    TAG = "tag"


class _Mark(NamedTuple):
    start: int
    end: int
    kind: _Kind


_MARKERS: Final = (
    *(("####", _Kind.LINE), ("\\boxed", _Kind.BOX), ("\\fbox", _Kind.BOX)),
    *(("<answer>", _Kind.TAG), ("<Answer>", _Kind.TAG), ("<ANSWER>", _Kind.TAG)),
)
_START: Final = itemgetter(0)
_BUDGET: Final = 3_000  # characters of all answers read: more are guesses anyway
_BRACE: Final = re.compile(r"(?<!\\)[{}]")
_HEADING: Final = re.compile(r"[\s*_]*([0-9]{1,3})[*_]*[.):]\s+[*_]*[A-Za-z]")
_DIGITS: Final = re.compile(r"[0-9][0-9.,]*")
_JSON_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def answers(text: str, reading: Reading = ANY) -> tuple[Answer, ...]:
    r"""What a text states as its answer, in order; empty if it states none.

    >>> answers(r"#### 17, no: \boxed{18 or 19}")
    ((17,), (18, 19))
    """
    return tuple(statement.numbers for statement in statements(text, reading))


@lru_cache(maxsize=64)  # several reward functions ask for each response, many rollouts for each reference
def statements(text: str, reading: Reading) -> tuple[Statement, ...]:
    """As ``answers``, with the words of each."""
    marks = _marks(text, reading.marker)
    found = list(_marked(text, marks, reading.notation)) if marks else []
    if reading.prose:
        found = _with_prose(text, marks, found, reading.notation)
    return () if found and _prose.is_retracted(text, found[-1].end) else tuple(found)


def boxed(text: str, marker: str | None) -> list[str]:
    r"""What stands behind each marker, word for word.

    >>> boxed(r"#### 1\n so \boxed{\frac{1}{2}}", None)
    ['1\\n so', '\\frac{1}{2}']
    """
    marks = _marks(text, marker)
    return [segment for mark, limit in _limited(text, marks) if (segment := _segment(text, mark, limit)[0].strip())]


@lru_cache(maxsize=64)  # many rollouts share a reference
def reference_number(reference: str, notation: Notation = POINT) -> Number | None:
    r"""The one number of a reference; None if it has none or several.

    A reference that looks as JSON writes numbers has a decimal point, whatever the project's notation.

    >>> reference_number("9 * 2 = 18\n#### 18"), reference_number("1.500", Notation(decimal_comma=True))
    (18, Fraction(3, 2))
    """
    if _JSON_NUMBER.fullmatch(reference):
        number = Fraction(reference)
        return int(number) if number.denominator == 1 else number
    given = answers(reference, Reading(notation=notation))
    return given[-1][0] if given and len(given[-1]) == 1 else None


def _with_prose(text: str, marks: list[_Mark], found: list[Statement], notation: Notation) -> list[Statement]:
    if found:
        return found + _prose.phrased(text, notation, start=found[-1].end)
    if phrased := _prose.phrased(text, notation):
        return phrased
    if any(mark.kind is not _Kind.LINE for mark in marks):  # there is a place for the answer, and nothing in it
        return []
    heading = _heading(text, marks)
    return (
        _labelled(heading, notation)
        or _prose.alone(text, notation)
        or _told(heading, notation)
        or _prose.concluded(text, notation)
    )


def _marks(text: str, own: str | None) -> list[_Mark]:
    """The last markers of a text, in order."""
    marks: list[_Mark] = []
    for literal, kind in _MARKERS if own is None else (*_MARKERS, (own, _Kind.LINE)):
        start = text.rfind(literal)
        most = len(marks) + MOST
        while start >= 0 and len(marks) < most:
            marks.append(_Mark(start, start + len(literal), kind))
            start = text.rfind(literal, 0, start)
    if len(marks) > 1:
        marks.sort(key=_START)
    return marks[-MOST:]


def _limited(text: str, marks: list[_Mark]) -> Iterator[tuple[_Mark, int]]:
    """Each marker with the place where its answer ends at the latest: where the next begins, or the budget is spent."""
    if len(marks) == 1:
        return iter([(marks[0], min(marks[0].end + WIDEST, len(text)))])
    left, end = _BUDGET, len(text)
    kept: list[tuple[_Mark, int]] = []
    for mark in reversed(marks):
        limit = min(mark.end + WIDEST, end)
        left -= limit - mark.end
        if left < 0 and kept:
            break
        kept.append((mark, limit))
        end = mark.start
    return reversed(kept)


def _marked(text: str, marks: list[_Mark], notation: Notation) -> Iterator[Statement]:
    for nth, (mark, limit) in enumerate(_limited(text, marks), 1):
        segment, end = _segment(text, mark, limit)
        if not segment:
            continue
        numbers = _numbers_of(segment, mark.kind, nth, notation)
        if numbers:
            yield Statement(numbers, segment, end)


def _numbers_of(segment: str, kind: _Kind, nth: int, notation: Notation) -> Answer:
    if kind is _Kind.LINE:
        return () if _is_heading(segment, nth) else stated(segment, notation)
    if segment[-1] == "!":  # of a factorial, here
        return ()
    return stated(segment, notation) or _prose.sentence(segment, notation)


def _is_heading(line: str, nth: int) -> bool:
    """Whether a line numbers what follows, as in ``#### 2. Add up``, rather than stating an answer."""
    heading = _HEADING.match(line)
    return heading is not None and int(heading[1]) <= nth + 1


def _heading(text: str, marks: list[_Mark]) -> tuple[str, int]:
    """What stands behind the last marker, and where that ends."""
    return _segment(text, marks[-1], min(marks[-1].end + WIDEST, len(text))) if marks else ("", 0)


def _labelled(heading: tuple[str, int], notation: Notation) -> list[Statement]:
    """A heading such as ``#### Total: 42 eggs``, unless it holds several numbers."""
    label, _, number = heading[0].partition(":")
    if not number or _DIGITS.search(label) or len(_DIGITS.findall(number)) > 1:
        return []
    numbers = _prose.bare(number, notation)
    return [Statement(numbers, number, heading[1])] if numbers else []


def _told(heading: tuple[str, int], notation: Notation) -> list[Statement]:
    """A heading that is a sentence, such as ``#### She has 42 eggs left.``"""
    words, end = heading
    numbers = _prose.sentence(words, notation) if _wording.VERB.search(words) else ()
    return [Statement(numbers, words, end)] if numbers else []


def _segment(text: str, mark: _Mark, limit: int) -> tuple[str, int]:
    """What a marker introduces, and where that ends."""
    if mark.kind is _Kind.BOX:
        return _box(text, mark.end, limit)
    if mark.kind is _Kind.TAG:
        return _untagged(text[mark.end : limit], mark.end)
    line_end = text.find("\n", mark.end, limit)
    if line_end < 0:
        return _untagged(text[mark.end : limit], mark.end)
    segment, end = _untagged(text[mark.end : line_end], mark.end)
    return (segment, end) if segment.strip() else _next_line(text, line_end, limit)


def _next_line(text: str, start: int, limit: int) -> tuple[str, int]:
    """The first line that is not blank, if there is nothing but an answer in it."""
    rest = text[start:limit].lstrip()
    line = rest.partition("\n")[0]
    return (_untagged(line, limit - len(rest))) if _prose.is_bare(line) else ("", start)


def _untagged(segment: str, start: int) -> tuple[str, int]:
    """As far as a closing tag or a token that ends the response."""
    if "<" in segment:
        segment = _wording.TAG.split(segment, maxsplit=1)[0]
    return segment, start + len(segment)


def _box(text: str, start: int, limit: int) -> tuple[str, int]:
    """What stands before the brace that closes the box; nothing if none does."""
    window = text[start:limit]
    opened = len(window) - len(window.lstrip())
    if window[opened : opened + 1] != "{":
        return "", start
    depth = 0
    for brace in _BRACE.finditer(window, opened):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return window[opened + 1 : brace.start()], start + brace.end()
    return "", start
