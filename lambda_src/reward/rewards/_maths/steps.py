"""Which calculations of a text lead from the prompt's numbers to its answer.

What is counted is operations, not lines, so that one long step is worth as much as the short ones it stands for. True
ones count where the answer rests on them, each once, however often or in whatever order they are written; false ones
count wherever they stand. So neither ``2 + 2 = 4`` nor a detour pays: a value that the prompt gives needs no steps, and
of several ways to the same value the first counts.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from .equations import Equation, equations
from .notation import clean
from .numbers import Number, every_number

_PROMPT: Final = 8_000  # characters of a prompt that are searched for numbers, from its end


class Work(NamedTuple):
    """The calculations of a text.

    Attributes:
        sound: Operations of true steps that the answer rests on.
        unsound: Operations of false steps.
        steps: How many different steps there are.
        needed: How many of them the answer rests on.
        used: The prompt's numbers that those start from.
        results: What the true steps come to.
    """

    sound: int
    unsound: int
    steps: int
    needed: int
    used: frozenset[Number]
    results: frozenset[Number]


def work(prompt: str, text: str, answer: Number | None) -> Work:
    """The calculations of a text that answers a prompt.

    Args:
        answer: What the text states; without it, or if no step comes to it, the last step's result.

    >>> found = work("16 eggs, 7 eaten, $2 each", "16 - 7 = 9, 9 * 2 = 17, 2 + 2 = 4, 9 * 2 = 18", 18)
    >>> found.sound, found.unsound, found.steps, found.needed, sorted(found.used), sorted(found.results)
    (2, 1, 4, 2, [2, 7, 16], [4, 9, 18])
    """
    given = set(numbers(prompt))
    steps = list(dict.fromkeys(equations(text)))
    made = _made(steps, given)
    needed = _needed(made, given, answer if answer in made else next(reversed(made), None))
    return Work(
        sound=sum(len(step.operators) for step in needed if step.holds),
        unsound=sum(len(step.operators) for step in steps if not step.holds),
        steps=len(steps),
        needed=len(needed),
        used=frozenset(operand for step in needed for operand in step.operands if operand in given),
        results=frozenset(step.result for step in steps if step.holds),
    )


@lru_cache(maxsize=64)  # many rollouts share a prompt
def numbers(prompt: str) -> tuple[Number, ...]:
    """The numbers of a prompt, in words or digits; of fractions, the parts, too, and of percentages the share."""
    text = clean(prompt[-_PROMPT:])
    found = every_number(text)
    if "/" in text:
        found += every_number(text.replace("/", " ; "))
    if "%" in text or "percent" in text:
        found += tuple(Fraction(number) / 100 for number in found)
    return found


def _made(steps: Sequence[Equation], given: set[Number]) -> dict[Number, Equation]:
    """The first step that comes to each value, if it starts from anything known."""
    made: dict[Number, Equation] = {}
    for step in steps:
        if any(operand in given or operand in made for operand in step.operands):
            made.setdefault(step.result, step)
    return made


def _needed(made: dict[Number, Equation], given: set[Number], answer: Number | None) -> list[Equation]:
    if answer is None:
        return []
    needed = {answer: made[answer]}
    pending = [answer]
    while pending:
        for operand in needed[pending.pop()].operands:
            if operand in made and operand not in given and operand not in needed:
                needed[operand] = made[operand]
                pending.append(operand)
    return list(needed.values())
