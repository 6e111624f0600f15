"""Responses to a record with a number, or an expression, as its answer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ...reward.rewards._maths.answers import reference_number
from ...reward.rollout import RecordError, reference_text
from . import generic, strategies
from .candidate import Candidate, Worth

THOUSANDS: Final = "grouped thousands"
DECIMALS: Final = "decimals"
CURRENCY: Final = "currency"
PERCENT: Final = "percent"
BOLD: Final = "bold"
BOX: Final = "LaTeX box"
CHATTER: Final = "chatter behind"

_LITERAL: Final = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?(?:/[0-9]+)?")
_EXPRESSION: Final = re.compile(r"[\\^_=()\[\]{}]|[0-9a-zA-Z)]\s*[-+*/]\s*[0-9a-zA-Z(]")
_CHATTER: Final = "\n\nI hope this helps! Let me know if you have any other questions."
_SPAM: Final = 40  # markers
_LEAST_GROUPED: Final = 1000
_MOST_PARTS: Final = 10**6  # of a whole, in decimals


@dataclass(frozen=True, slots=True)
class _Reference:
    """What a record expects.

    Attributes:
        solution: Empty, or ending in a line break.
        answer: As the record writes it, with its unit.
        number: None for an expression.
    """

    solution: str
    answer: str
    number: Fraction | None

    def ending(self, answer: str) -> str:
        """The worked solution, closed by an answer."""
        return f"{self.solution}#### {answer}"

    def spelled(self, number: str) -> str:
        """The answer with its number written differently."""
        return _LITERAL.sub(lambda _: number, self.answer, count=1) if _LITERAL.search(self.answer) else number

    def off_by(self, difference: int) -> str:
        return (
            f"{self.answer} + {difference}" if self.number is None else self.spelled(_plain(self.number + difference))
        )


def write(record: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Candidate]:
    """Responses of every kind to a record; the first is the right answer.

    Raises:
        RecordError: The reference answer of one of the two holds neither a number nor an expression.
    """
    reference, another = _reference(record), _reference(other)
    right, wrong = reference.ending(reference.answer), reference.ending(reference.off_by(1))
    yield Candidate(strategies.WORKED, Worth.RIGHT, right)
    yield Candidate(strategies.TERSE, Worth.OPEN, f"#### {reference.answer}")
    yield Candidate(strategies.NO_MARKER, Worth.OPEN, f"{reference.solution}So the answer is {reference.answer}.")
    yield from _variants(reference)
    yield Candidate(strategies.WRONG_ANSWER, Worth.WRONG, wrong)
    for miss in _near_misses(reference):
        yield Candidate(strategies.NEAR_MISS, Worth.WRONG, f"#### {miss}")
    if another.answer != reference.answer:
        yield Candidate(strategies.ANOTHER_ANSWER, Worth.WRONG, another.ending(another.answer))
    yield Candidate(strategies.MALFORMED, Worth.WRONG, rf"So it is \boxed{{{reference.answer}")
    yield from generic.silent(record)
    yield from generic.dressed(right, wrong)
    yield from _shotguns(record, reference, another)


def _variants(reference: _Reference) -> Iterator[Candidate]:
    yield Candidate(BOX, Worth.VARIANT, f"{reference.solution}So it is $\\boxed{{{_latex(reference.answer)}}}$.")
    yield Candidate(CHATTER, Worth.VARIANT, reference.ending(reference.answer) + _CHATTER)
    if reference.number is None:
        return
    yield Candidate(BOLD, Worth.VARIANT, reference.ending(f"**{reference.answer}**"))
    for strategy, answer in _spellings(reference, reference.number):
        yield Candidate(strategy, Worth.VARIANT, reference.ending(answer))


def _spellings(reference: _Reference, number: Fraction) -> Iterator[tuple[str, str]]:
    """Other ways to write the same answer that no project can take for another number."""
    is_whole = number.denominator == 1
    if is_whole:
        yield DECIMALS, reference.spelled(f"{number}.00")
    if is_whole and abs(number) >= _LEAST_GROUPED:
        yield THOUSANDS, reference.spelled(f"{int(number):,}")
    if _LITERAL.fullmatch(reference.answer):  # it names no unit
        yield CURRENCY, f"-${_plain(-number)}" if number < 0 else f"${_plain(number)}"
    if reference.answer.endswith("%"):
        yield PERCENT, f"{reference.answer.removesuffix('%').rstrip()} percent"


def _near_misses(reference: _Reference) -> Iterator[str]:
    yield reference.off_by(-1)
    if reference.number is None:
        yield f"-({reference.answer})"
        return
    if reference.number:
        yield reference.spelled(_plain(-reference.number))
    digits = _plain(reference.number)
    tens, ones = digits[-2:-1], digits[-1]
    if tens.isdigit() and tens != ones:
        yield reference.spelled(digits[:-2] + ones + tens)


def _shotguns(record: Mapping[str, Any], reference: _Reference, another: _Reference) -> Iterator[Candidate]:
    """Many answers, in the hope that one will be paid; none that holds the right one ends in it."""
    guesses = [reference.off_by(-1), reference.answer, reference.off_by(1)]
    listed = dict.fromkeys([*generic.numbers(record), reference.answer, another.answer])
    yield Candidate(strategies.SEVERAL_GUESSES, Worth.EXPLOIT, "\n".join(f"#### {guess}" for guess in guesses))
    yield Candidate(strategies.SEVERAL_GUESSES, Worth.EXPLOIT, f"#### {' or '.join(guesses)}")
    yield Candidate(strategies.EVERYTHING_LISTED, Worth.EXPLOIT, f"#### {', '.join([*listed, reference.off_by(1)])}")
    yield Candidate(strategies.MARKER_SPAM, Worth.EXPLOIT, "#### \\boxed{} <answer></answer>\n" * _SPAM)
    yield Candidate(strategies.EMPTY_FORMAT, Worth.EXPLOIT, "First I add.\nThen I subtract.\n#### ")


def _reference(record: Mapping[str, Any]) -> _Reference:
    given = record.get("reference_answer")
    text = reference_text(given) or ""
    number = reference_number(text)
    rationale, _, marked = text.rpartition("####")
    solution = given.get("solution") if isinstance(given, Mapping) else rationale
    answer = marked.strip()
    if number is None and not _EXPRESSION.search(answer):
        raise RecordError(
            f"record {record.get('id')}: reference answer {text[-80:]!r}; expected a number, a text ending in "
            "'#### 42' or an expression such as 'x^2 + 1'"
        )
    if number is not None and not _LITERAL.search(answer):
        answer = _plain(Fraction(number))
    return _Reference(
        f"{solution.rstrip()}\n" if solution else "", answer, None if number is None else Fraction(number)
    )


def _plain(number: Fraction) -> str:
    """Digits with a point if the decimal ends soon, else a fraction."""
    if _MOST_PARTS % number.denominator:
        return str(number)
    whole, part = divmod(int(abs(number) * _MOST_PARTS), _MOST_PARTS)
    digits = f"{whole}.{part:06}".rstrip("0").rstrip(".")
    return f"-{digits}" if number < 0 else digits


def _latex(answer: str) -> str:
    return answer.replace("%", r"\%").replace("$", r"\$")
