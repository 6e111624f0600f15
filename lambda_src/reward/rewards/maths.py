r"""Rewards for tasks with a number as their answer, GSM8K's ``#### <number>`` foremost.

Where a response states its answer is told in ``_answers``. Numbers compare as exact rationals without their
units. GSM8K's own grader knows ``#### `` and plain digits only:
https://github.com/openai/grade-school-math/blob/3101c7d/grade_school_math/dataset.py

Against gaming: the *last* answer counts, so that a model may correct itself; an answer that names several
numbers is none; and ``one_final_answer`` makes listing guesses cost something. ``answer_anywhere`` is open to
listing and is here to be compared with.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from ..rollout import RecordError, Rollout, reference_text
from ._answers import answers

_DIGITS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+")


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
    return float(expected in map(float, _DIGITS.findall(rollout.response.replace(",", ""))))


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
