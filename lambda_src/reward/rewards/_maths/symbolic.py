r"""Whether two mathematical expressions are equal, where comparing numbers or text cannot tell.

Numbers and equal texts are decided here; the rest is left to https://github.com/huggingface/Math-Verify, which is
imported at the first expression that needs it and takes about half a second for that. An expression that could keep it
busy, such as a tower of powers, is not given to it and equals nothing. Its own timeouts need signals, which only a main
thread has; they are off, and the process that grades is killed by whoever started it.
"""

import logging
import re
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from .notation import clean
from .numbers import NUMBER, Number, every_number

LONGEST: Final = 300  # characters of one expression

_COMMANDS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        "frac dfrac tfrac sqrt pi cdot times div left right pm mp infty cup cap in notin emptyset varnothing mathbb"
        " sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log exp circ angle degree setminus mid vert"
        " text mathrm mathbf mathit textbf mbox le leq ge geq ne neq lt gt begin end pmatrix bmatrix matrix vmatrix"
        " alpha beta gamma delta epsilon theta lambda mu rho sigma tau phi varphi omega quad qquad langle rangle",
    )
)
_COMMAND: Final = re.compile(r"\\([a-zA-Z]+)")
_DIGITS: Final = re.compile(r"[0-9]{17}")
_POWER: Final = re.compile(r"([)}\]]?)\s*(?:\^|\*\*)\s*\{?\s*-?\s*([0-9]*)")
_TOWER: Final = re.compile(r"(?:\^|\*\*)\s*(?:\{[^{}]*|[^{}\s])(?:\^|\*\*)|(?:\^|\*\*)\s*\{[^{}]*\{")
_NESTED: Final = re.compile(r"[{(\[]|[})\]]")
_DEEPEST: Final = 8  # brackets in brackets
_HIGHEST_POWER: Final = 99
_HIGHEST_POWERS_OF_SUMS: Final = 10  # all together: they are multiplied out
_MOST_POWERS: Final = 12
_MOST_BARS: Final = 4  # of absolute values
_WORD: Final = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,}")
_MOST_WORDS: Final = 6  # more are prose
_DECIMALS: Final = 15  # to which values that are not exact must agree

_LOOKS: Final = re.compile(
    r"\\(?:left|right|displaystyle)(?![a-zA-Z])|\\[,!;: ()\[\]]|[$~]|(?<![0-9])\s+|\s+(?![0-9])|(?<=frac)\s"
)
_TYPED: Final = str.maketrans(
    {"\u2212": "-", "\u00d7": r"\times ", "\u00b7": r"\cdot ", "π": r"\pi ", "∞": r"\infty ", "\u222a": r"\cup "}
    | {"≤": r"\le ", "≥": r"\ge ", "²": "^2", "³": "^3"}
)
_ROOT: Final = re.compile(r"(?:√|\\?\bsqrt)\s*(?:\(([^()]{1,60})\)|([0-9]+|[a-z]))")
_NAME: Final = re.compile(r"(?<![\\a-zA-Z])(pi|sin|cos|tan|ln|log|infty)(?![a-zA-Z])")


@lru_cache(maxsize=256)  # the responses to a prompt mostly agree
def equal(said: str, reference: str) -> bool:
    r"""Whether two expressions in LaTeX or plain notation are the same.

    >>> equal(r"\frac{1}{2}", "0.5"), equal("(x-1)(x+1)", "x^2 - 1"), equal("9^{9^{9^9}}", "x")
    (True, True, False)
    """
    if len(said) > LONGEST:
        return False
    said, reference = _latex(said), _latex(reference)
    if _plain(said) == _plain(reference):
        return True
    numbers = _number(said), _number(reference)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return is_tame(said) and is_tame(reference) and _same(said, reference)


def is_tame(expression: str) -> bool:
    r"""Whether an expression is sure to be compared in little time: no towers, factorials, sums, huge numbers or prose.

    >>> is_tame(r"\frac{\sqrt{3}}{2}"), is_tame("9^{9^9}"), is_tame("100!"), is_tame(r"\sum_{i=1}^{9} i")
    (True, False, False, False)
    """
    if len(expression) > LONGEST or "!" in expression or expression.count("|") > _MOST_BARS:
        return False
    if _DIGITS.search(expression) or _TOWER.search(expression) or len(_WORD.findall(expression)) > _MOST_WORDS:
        return False
    if any(command not in _COMMANDS for command in _COMMAND.findall(expression)):
        return False
    return _depth(expression) <= _DEEPEST and _has_small_powers(expression)


def _depth(expression: str) -> int:
    depth = deepest = 0
    for bracket in _NESTED.findall(expression):
        depth += 1 if bracket in "{([" else -1
        deepest = max(deepest, depth)
    return deepest


def _has_small_powers(expression: str) -> bool:
    powers = [(base, int(digits or 1)) for base, digits in _POWER.findall(expression)]
    of_sums = sum(power for base, power in powers if base)
    return (
        len(powers) <= _MOST_POWERS
        and of_sums <= _HIGHEST_POWERS_OF_SUMS
        and all(power <= _HIGHEST_POWER for _, power in powers)
    )


def _latex(expression: str) -> str:
    """The expression with the signs and names that people type in place of LaTeX's commands."""
    typed = _ROOT.sub(r"\\sqrt{\1\2}", expression.translate(_TYPED))
    return _NAME.sub(r"\\\1", typed).strip(" .,;\n")


def _plain(expression: str) -> str:
    """The text without what changes nothing but its looks."""
    return _LOOKS.sub("", expression).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac")


def _number(expression: str) -> Number | None:
    """The number that an expression is and nothing else."""
    cleaned = clean(expression).strip(" .")
    match = NUMBER.fullmatch(cleaned)
    return every_number(cleaned)[0] if match and every_number(cleaned) else None


def _same(said: str, reference: str) -> bool:
    verifier, expressions = load()
    gold, given = (
        verifier.parse(f"${text.replace('$', '')}$", extraction_config=expressions, parsing_timeout=None)
        for text in (reference, said)
    )
    return bool(gold and given and verifier.verify(gold, given, float_rounding=_DECIMALS, timeout_seconds=None))


@lru_cache(maxsize=1)
def load() -> tuple[Any, list[Any]]:
    """Import math-verify: before the first expression comes, where a time limit holds for each."""
    logging.getLogger("math_verify").setLevel(logging.ERROR)  # it warns of the timeouts that are off
    verifier = import_module("math_verify")
    return verifier, [import_module("math_verify.parser").LatexExtractionConfig()]
