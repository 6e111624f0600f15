r"""Rewards for tasks with a number or an expression as their answer, GSM8K's ``#### <number>`` foremost.

Where a response states its answer is told in ``_maths.answers``. Numbers compare as exact rationals. GSM8K's own grader
knows ``#### `` and plain digits only:
https://github.com/openai/grade-school-math/blob/3101c7d/grade_school_math/dataset.py

Against gaming: the *last* answer counts, so that a model may correct itself; an answer that names several numbers is
none; ``one_final_answer`` makes listing guesses cost something; and ``steps`` pays for calculations that the answer
rests on, not for true ones. ``answer_anywhere`` is open to listing and is here to be compared with.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final, Literal

from ..options import OptionError
from ..rollout import RecordError, Rollout, reference_text
from ._maths import steps as _steps
from ._maths import units as _units
from ._maths.answers import ANY, Reading, answers, boxed, reference_number, statements
from ._maths.numbers import Notation, Number
from ._maths.statement import MOST, Statement

_LONGEST_PART: Final = 20  # digits behind a decimal point
_MOST_STEPS: Final = 2  # times those of the record's solution: more are guesses


def final_answer(
    rollout: Rollout,
    *,
    marker: str | None = None,
    prose: bool = True,
    several: Literal["last", "first", "none"] = "last",
    decimal_comma: bool = False,
    percent_as_fraction: bool = False,
    units: bool = False,
    tolerance: float = 0,
    partial_credit: float = 0,
) -> float:
    r"""1.0 if the response's final answer equals the reference, ``partial_credit`` if only its end is wrong, else 0.0.

    For partial credit the response must commit to one number, come to every result that the record's ``solution`` comes
    to, and hold no false step and at most twice the solution's steps, so that trying everything does not earn it. Who
    can do that on purpose can give the right answer, which pays more. Records without a solution give none.

    Args:
        marker: A text that introduces an answer, beside ``####``, ``\boxed{}`` and ``<answer>``; case counts.
        prose: Read an answer without any marker: "the answer is 42", a last line, a concluding sentence.
        several: Which of several answers counts; ``none``: a response with different answers has none.
        decimal_comma: Read ``1,5`` as one and a half and ``1.500`` as fifteen hundred. A reference that looks as JSON
            writes numbers keeps its decimal point.
        percent_as_fraction: Read ``50%`` as 0.5, in response and reference; else a percent sign is a unit.
        units: Ask for the unit that the reference names, if it names one; else units are left out.
        tolerance: Largest difference that is still right, as a share of the reference: 0.01 is 1 %.
        partial_credit: From 0 to 1.

    >>> final_answer(Rollout("a", "6 * 7 = 42\n#### $42.00", reference="42"))
    1.0
    """
    reading = _reading(marker, prose, decimal_comma, percent_as_fraction)
    said = _chosen(statements(rollout.response, reading), several)
    expected = _expected(rollout, reading)
    if said is None or len(said.numbers) != 1:
        return 0.0
    if _equal(said.numbers[0], expected, tolerance) and (not units or _units.agree(said.words, rollout.expected())):
        return 1.0
    return partial_credit if partial_credit and _only_the_end_is_wrong(rollout, said.numbers[0], expected) else 0.0


def one_final_answer(
    rollout: Rollout,
    *,
    marker: str | None = None,
    prose: bool = True,
    decimal_comma: bool = False,
    percent_as_fraction: bool = False,
) -> float:
    r"""1.0 if the response commits itself to one number, right or wrong: listing guesses must not pay.

    The options are those of ``final_answer`` and best the same. A response with 64 statements or more is a list.

    >>> one_final_answer(Rollout("a", "#### 41\n#### 42", reference="42"))
    0.0
    """
    said = answers(rollout.response, _reading(marker, prose, decimal_comma, percent_as_fraction))
    return float(0 < len(said) < MOST and len(said[0]) == 1 and said.count(said[0]) == len(said))


def steps(rollout: Rollout) -> float:
    r"""Share of the response's calculations that recompute exactly; 0.0 if it shows none.

    Whether they are the right calculations it does not know: ``final_answer`` does. Against padding: true steps count
    where the answer rests on them, once each, and at most as many operations as the prompt has numbers or the record's
    ``solution`` has operations; false ones count wherever they stand. Where the record has a solution, the steps that
    the response lacks count as false, and so do numbers of the prompt that it leaves out. ``_maths.steps`` has the
    details. A prompt without numbers gives nothing to start from.

    >>> steps(Rollout("a", "16 - 7 = 9\n9 * 2 = 17\n2 + 2 = 4\n#### 17", prompt="16 eggs, 7 eaten, $2 each"))
    0.5
    """
    answer = answers(rollout.response, ANY)
    work = _steps.work(rollout.prompt, rollout.response, answer[-1][0] if answer else None)
    solution = _solution_work(rollout.prompt, _solution(rollout.fields.get("reference_answer")) or "")
    sound = min(work.sound, max(solution.sound, len(_steps.numbers(rollout.prompt))))
    counted = max(sound + work.unsound, solution.needed)
    covered = min(len(work.used) / len(solution.used), 1.0) if solution.used else 1.0
    return covered * sound / counted if counted else 0.0


def equivalent(
    rollout: Rollout,
    *,
    marker: str | None = None,
    several: Literal["last", "first", "none"] = "last",
) -> float:
    r"""1.0 if what stands behind the response's marker is the same expression as the reference, else 0.0.

    For answers such as ``\frac{\sqrt{3}}{2}``, ``x^2 - 1``, ``[1, 2)`` or ``(3, \pi)``: numbers and equal texts are
    compared here, anything else by math-verify, which must be installed. Only up to 300 characters behind a marker are
    looked at, and towers of powers, factorials and their like equal nothing, so that an answer cannot stall the grader.

    >>> equivalent(Rollout("a", r"So it is \boxed{\dfrac{1}{2}}", reference=r"\frac{1}{2}"))
    1.0
    """
    from ._maths import symbolic as _symbolic  # noqa: PLC0415 - for projects with expressions alone

    reference = rollout.expected()
    expected = (boxed(reference, None) or [reference])[-1]
    said = boxed(rollout.response, marker)
    if not said or (several == "none" and len(set(said)) > 1):
        return 0.0
    return float(_symbolic.equal(said[0 if several == "first" else -1], expected))


def answer_anywhere(rollout: Rollout) -> float:
    """1.0 if the reference, its sign aside, stands anywhere in the response; exploitable by naming many numbers.

    >>> answer_anywhere(Rollout("a", "41, 42 or 43", reference="42"))
    1.0
    """
    spelled = _spellings(abs(_expected(rollout, ANY)))
    return float(spelled is not None and spelled.search(rollout.response.replace(",", "")) is not None)


def preload(function: str) -> None:
    """Import the library of symbolic maths if the function needs it."""
    if function == equivalent.__name__:
        from ._maths import symbolic as _symbolic  # noqa: PLC0415 - as in the function itself

        _symbolic.load()


def parsed(rollout: Rollout) -> bool:
    """Whether the response states any answer."""
    return bool(statements(rollout.response, ANY) or boxed(rollout.response, None))


def check_options(function: str, options: Mapping[str, Any]) -> None:
    """Refuse what no text or number can meet.

    Raises:
        OptionError: ``marker`` is empty, or a share is above 1.
    """
    if options.get("marker") is not None and not options["marker"].strip():
        raise OptionError("marker", f"{options['marker']!r}; expected a text that {function} can look for")
    for name in ("tolerance", "partial_credit"):
        if options.get(name, 0) > 1:
            raise OptionError(name, f"{options[name]!r}; expected a number from 0 to 1")


def _reading(marker: str | None, prose: bool, decimal_comma: bool, percent_as_fraction: bool) -> Reading:
    if marker is None and prose and not decimal_comma and not percent_as_fraction:
        return ANY
    return Reading(marker, prose, Notation(decimal_comma, percent_as_fraction))


def _chosen(said: tuple[Statement, ...], several: str) -> Statement | None:
    if not said or (several == "none" and any(other.numbers != said[0].numbers for other in said)):
        return None
    return said[0 if several == "first" else -1]


def _equal(number: Number, expected: Number, tolerance: float) -> bool:
    if number == expected:
        return True
    allowed = Fraction(str(tolerance)) * max(expected, -expected) if tolerance else 0
    return -allowed <= number - expected <= allowed


def _only_the_end_is_wrong(rollout: Rollout, said: Number, expected: Number) -> bool:
    solution = _solution(rollout.fields.get("reference_answer")) or ""
    needed = _steps.work(rollout.prompt, solution, expected)
    work = _steps.work(rollout.prompt, rollout.response, said)
    return (
        bool(needed.results)
        and work.unsound == 0
        and needed.results <= work.results
        and work.steps <= _MOST_STEPS * needed.steps
    )


@lru_cache(maxsize=64)  # many rollouts share a prompt
def _solution_work(prompt: str, solution: str) -> _steps.Work:
    return _steps.work(prompt, solution, None)


def _solution(reference: object) -> str | None:
    """The worked solution of a reference answer: beside the answer, or before GSM8K's marker."""
    if isinstance(reference, Mapping):
        solution = reference.get("solution")
        if isinstance(solution, str):
            return solution
    return (reference_text(reference) or "").rpartition("####")[0] or None


@lru_cache(maxsize=64)
def _spellings(number: Number) -> re.Pattern[str] | None:
    """Every way to write a decimal number without its sign; None if it has no end."""
    whole, part = divmod(number, 1)
    digits = ""
    while part:
        if len(digits) == _LONGEST_PART:
            return None
        digit, part = divmod(part * 10, 1)
        digits += str(digit)
    whole_digits = f"0*{whole}" if whole or not digits else "0*"
    part_digits = rf"\.{digits}0*" if digits else r"(?:\.0*)?"
    return re.compile(rf"(?<![0-9])(?<![0-9]\.){whole_digits}{part_digits}(?![0-9])(?!\.[0-9])")


def _expected(rollout: Rollout, reading: Reading) -> Number:
    reference = rollout.expected()
    number = reference_number(reference, reading.notation)
    if number is None:
        raise RecordError(
            f"rollout {rollout.id}: reference answer {reference[-80:]!r}; expected a number, or a text ending in "
            "'#### 42'"
        )
    return number
