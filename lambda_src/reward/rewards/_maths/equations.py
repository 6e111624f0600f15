r"""The calculations that a text writes down.

``16 - 3 - 4 = 9``, ``9 * $2 = $18``, ``<<9*2=18>>``, ``\frac{1}{2} \times 10 = 5``, ``5 eggs + 3 eggs = 8 eggs`` and
chains such as ``2 * 3 + 1 = 6 + 1 = 7``. What holds a variable, or a percentage that is added, is no calculation.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from .arithmetic import value
from .chains import Side, chains
from .numbers import Number


class Equation(NamedTuple):
    """One calculation as the text has it.

    Attributes:
        operands: The numbers it starts from, sorted.
        operators: Sorted; at least one.
        result: What the text says comes out.
        holds: Whether it does, exactly.
    """

    operands: tuple[Number, ...]
    operators: str
    result: Number
    holds: bool


_BUDGET: Final = 5_000  # characters of lines that hold an equation, from the start of a text

_CONTINUED: Final = re.compile(r"\n[ \t]{0,8}(?=&?=)")
_ANNOTATION: Final = re.compile(r"<<([^<>\n]{1,120})>>")
_FRACTION: Final = re.compile(r"\\[dt]?frac[ ]{0,4}\{([^{}\n]{1,60})\}[ ]{0,4}\{([^{}\n]{1,60})\}")
_MIXED: Final = re.compile(r"(?<![0-9/.,])([0-9]{1,6}) ([0-9]{1,3}/[0-9]{1,3})(?![0-9/.])")
_BULLET: Final = re.compile(r"\s{0,8}(?:[-*•]|[0-9]{1,3}[.)])\s+")


def equations(text: str) -> list[Equation]:
    """Every calculation of a text, in order.

    >>> [(e.operators, str(e.result), e.holds) for e in equations("9 eggs * $2 = $18, so 18 - 4 = 15")]
    [('*', '18', True), ('-', '15', False)]
    """
    found = []
    for piece in _pieces(_CONTINUED.sub(" ", text)):
        for chain in chains(piece):
            for left, right in pairwise(chain):
                equation = _equation(left, right)
                if equation is not None:
                    found.append(equation)
    return found


def _pieces(text: str) -> Iterator[str]:
    """Lines that hold an equation; what calculators note in them comes first, as ``<<9*2=18>>`` in GSM8K."""
    left = _BUDGET
    at = text.find("=")
    while at >= 0 and left > 0:
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[max(start, at - left) : min(end, at + left)]
        left -= len(line)
        if "<<" in line:
            yield from _ANNOTATION.findall(line)
            line = _ANNOTATION.sub("", line)
        if "\\" in line:
            line = _FRACTION.sub(r"((\1)/(\2))", line)
        if "/" in line:
            line = _MIXED.sub(r"(\1+\2)", line)
        bullet = _BULLET.match(line)
        yield line[bullet.end() :] if bullet else line
        at = text.find("=", end)


def _equation(left: Side, right: Side) -> Equation | None:
    """The calculation that two sides make, if either has anything to calculate."""
    is_named = left.has_unit and not _operators(left)  # "2 baths = 2 * 48 = 96": what is calculated, not what comes out
    if not _operators(left) and _operators(right):
        left, right = right, left
    operators = _operators(left)
    given, said = value(left.tokens), value(right.tokens)
    if not operators or said is None:
        return None
    holds = given is not None and (
        given == said or (right.is_percent and not _operators(right) and given == said * 100)
    )
    if is_named and not holds:
        return None
    operands = sorted(token for token in left.tokens if not isinstance(token, str))
    return Equation(tuple(operands), "".join(sorted(operators)), said, holds)


def _operators(side: Side) -> list[str]:
    return [part for part in side.tokens if isinstance(part, str) and part in "+-*/^"]
