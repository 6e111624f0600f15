r"""Expressions on exact rationals, recomputed without ever running them as code.

Numbers are bounded in digits, powers in size and expressions in length before they come here.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from .numbers import Number

Token = Number | str
"""A number, one of ``+ - * / ^ ( )`` or ``~`` for the sign of what follows."""

_PRECEDENCE: Final = {"+": 1, "-": 1, "*": 2, "/": 2, "~": 3, "^": 4}
_HIGHEST_POWER: Final = 12


def value(expression: Sequence[Token]) -> Number | None:
    """What an expression comes to; None if it is none, divides by 0 or raises to more than the 12th power.

    >>> value([16, "-", 3, "*", "(", 4, "-", 1, ")"]), value([1, "/", 0]), value([1, "+"])
    (7, None, None)
    """
    numbers: list[Number] = []
    waiting: list[str] = []
    try:
        for part in expression:
            if not isinstance(part, str):
                numbers.append(part)
            elif part == ")":
                while waiting[-1] != "(":
                    _apply(waiting.pop(), numbers)
                waiting.pop()
            else:
                while _goes_first(waiting, part):
                    _apply(waiting.pop(), numbers)
                waiting.append(part)
        while waiting:
            _apply(waiting.pop(), numbers)
    except (ArithmeticError, IndexError, KeyError):
        return None
    return numbers[0] if len(numbers) == 1 else None


def _goes_first(waiting: list[str], coming: str) -> bool:
    """Whether the operator that waits is applied before the one that comes; powers group from the right."""
    if coming in "(~" or not waiting or waiting[-1] == "(":
        return False
    first, second = _PRECEDENCE[waiting[-1]], _PRECEDENCE[coming]
    return first >= second if coming != "^" else first > second


def _apply(sign: str, numbers: list[Number]) -> None:
    right = numbers.pop()
    if sign == "~":
        numbers.append(-right)
        return
    left = numbers.pop()
    numbers.append(_OPERATIONS[sign](left, right))


def _divided(left: Number, right: Number) -> Number:
    return Fraction(left) / Fraction(right)


def _raised(base: Number, power: Number) -> Number:
    if power.denominator != 1 or not -_HIGHEST_POWER <= power <= _HIGHEST_POWER:
        raise ArithmeticError
    return Fraction(base) ** int(power)


_OPERATIONS: Final[Mapping[str, Callable[[Number, Number], Number]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "^": _raised,
}
