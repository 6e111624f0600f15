r"""Rewards for tasks with a number as their answer, GSM8K's ``#### <number>`` foremost.

Where a response states its answer is looked for in this order, and the first place with a number counts:
``#### n`` and ``\boxed{n}``; "the answer is n"; a last line that is nothing but a number; a heading
that holds one. Numbers compare as exact rationals without their units. GSM8K's own grader knows the
first form only, of plain digits:
https://github.com/openai/grade-school-math/blob/3101c7d/grade_school_math/dataset.py

Against gaming: the *last* answer counts, so that a model may correct itself; an answer that names several
numbers is none; and ``one_final_answer`` makes listing guesses cost something. ``answer_anywhere`` is open to
listing and is here to be compared with.
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from ..rollout import RecordError, Rollout, reference_text
from ._numbers import stated

_MARKER: Final = re.compile(r"#{4,}|\\boxed\s*\{")
_PHRASE: Final = re.compile(
    r"\banswer\*{0,2}(?:\s{1,3}(?:is|was|would be|should be|must be|equals)\b|\s{0,3}[:=])"
    r"(?:\s{1,3}(?:therefore|thus|simply|just|indeed|clearly|then|now|equal to)\b)?[\s:*]{0,8}",
    re.IGNORECASE,
)
_SENTENCE_END: Final = re.compile(r"[.!?](?:\s|$)")
_ENUMERATION: Final = re.compile(r"[.):]\s+[A-Za-z]")
_DIGITS: Final = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+")

_BRACE: Final = re.compile(r"(?<!\\)[{}]")

_MOST_ANSWERS: Final = 64  # read per response, from its end: more are guesses anyway
_WIDEST: Final = 300  # characters of one answer
_MOST_WORDS_ALONE: Final = 4

Answer = tuple[Fraction, ...]
"""The different numbers of one statement; more than one is a hedge."""


def final_answer(rollout: Rollout) -> float:
    r"""1.0 if the response's last answer equals the reference, else 0.0.

    >>> final_answer(Rollout("a", "6 * 7 = 42\n#### $42.00", reference="42"))
    1.0
    """
    expected = _expected(rollout)
    given = answers(rollout.response)
    return float(bool(given) and given[-1] == (expected,))


def one_final_answer(rollout: Rollout) -> float:
    r"""1.0 if the response commits itself to one number, right or wrong: listing guesses must not pay.

    >>> one_final_answer(Rollout("a", "#### 41\n#### 42", reference="42"))
    0.0
    """
    return float(len({number for answer in answers(rollout.response) for number in answer}) == 1)


def answer_anywhere(rollout: Rollout) -> float:
    """1.0 if the reference, its sign aside, stands anywhere in the response; exploitable by naming many numbers.

    >>> answer_anywhere(Rollout("a", "41, 42 or 43", reference="42"))
    1.0
    """
    expected = float(abs(_expected(rollout)))
    return float(any(float(digits.replace(",", "")) == expected for digits in _DIGITS.findall(rollout.response)))


def parsed(rollout: Rollout) -> bool:
    """Whether the response states any answer."""
    return bool(answers(rollout.response))


def right_answer(record: Mapping[str, Any]) -> str:
    """The record's solution, closed by its final answer.

    Raises:
        RecordError: The record's reference answer holds no number.
    """
    solution, number = _reference(record)
    return f"{solution}#### {number}"


def wrong_answer(record: Mapping[str, Any]) -> str:
    """The record's solution, closed by another number than its final answer.

    Raises:
        RecordError: The record's reference answer holds no number.
    """
    solution, number = _reference(record)
    return f"{solution}#### {number + 1}"


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


def _expected(rollout: Rollout) -> Fraction:
    return _number(rollout.expected(), f"rollout {rollout.id}")


def _reference(record: Mapping[str, Any]) -> tuple[str, Fraction]:
    """Solution (empty, or ending in a line break) and final answer."""
    reference = record.get("reference_answer")
    text = reference_text(reference) or ""
    number = _number(text, f"record {record.get('id')}")
    solution = reference.get("solution") if isinstance(reference, Mapping) else text.rpartition("####")[0]
    return f"{solution.rstrip()}\n" if solution else "", number


def _number(reference: str, whose: str) -> Fraction:
    given = answers(reference) or ((),)
    if len(given[-1]) != 1:
        raise RecordError(
            f"{whose}: reference answer {reference[-80:]!r}; expected a number, or a text ending in '#### 42'"
        )
    return given[-1][0]


def _marked(text: str) -> Iterator[Answer]:
    for segment, is_box in _marked_segments(text):
        numbers, rest = stated(segment)
        if numbers and (is_box or not _ENUMERATION.match(rest)):
            yield numbers


def _headed(text: str) -> Iterator[Answer]:
    """Headings such as ``#### Total: 42 eggs``, unless they hold several numbers."""
    for segment, _ in _marked_segments(text):
        numbers = _DIGITS.findall(segment)
        if len(numbers) == 1:
            yield stated(numbers[0])[0]


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
    """What stands in each box and behind each run of number signs, and whether it is a box."""
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
