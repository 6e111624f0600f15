"""A line of text cut into chains of expressions that are said to be equal.

Numbers may carry a currency, a unit or a percent sign; chains with a variable or an added percentage are left out.
"""

import re
from fractions import Fraction
from typing import Final, NamedTuple

from .arithmetic import Token


class Side(NamedTuple):
    """An expression beside an equals sign."""

    tokens: list[Token]
    is_percent: bool
    has_unit: bool


_MOST_TOKENS: Final = 40  # of an expression
_MOST_UNIT: Final = 4  # words behind a number

_TOKEN: Final = re.compile(
    r"(?P<space>[ \t]+)"
    r"|(?P<number>(?<![0-9.])(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}(?![0-9])|[0-9]{1,15}(?![0-9]))(?:\.[0-9]{1,15}(?![0-9]))?"
    r"|(?<![0-9])\.[0-9]{1,15}(?![0-9]))"
    r"|(?P<times>\\times(?![a-z])|\\cdot(?![a-z])|[\u00d7\u00b7]|[xX](?=[ ]{0,2}[$(]?[0-9]))"
    r"|(?P<over>\\div(?![a-z])|÷)"
    r"|(?P<nothing>\\?\$|[{}~&€£¥₹`\"]|\*\*|\\(?:text|mathrm|left|right|quad)(?![a-z])|\\[,!;: ()\[\]])"
    r"|(?P<word>/?[A-Za-z][A-Za-z'\u2019-]*)"
    r"|(?P<operator>[-+*/^\u2212\u2013])"
    r"|(?P<equals>={1,2})"
    r"|(?P<bracket>[()])"
    r"|(?P<percent>\\?%)"
    r"|(?P<other>.)",
    re.DOTALL,
)
_OPERATORS: Final = {"times": "*", "over": "/", "operator": ""}
_SIGNS: Final = {"\u2212": "-", "\u2013": "-"}
_VARIABLES: Final = frozenset("abcdeijknpqrtuvwxyzABCDEGHNPQRTUXYZ")


def chains(line: str) -> list[list[Side]]:
    """Every chain of a line, in order; one that is not closed by an equals sign has one side only and is left out.

    >>> [[side.tokens for side in chain] for chain in chains("9 eggs * $2 = 18, so 2x = 4")]
    [[[9, '*', 2], [18]]]
    """
    return _Reader().read(line)


class _Reader:
    """Cuts a line into chains of expressions that are said to be equal."""

    def __init__(self) -> None:
        self._found: list[list[Side]] = []
        self._restart()

    def read(self, line: str) -> list[list[Side]]:
        """Every chain of a line, in order."""
        glued = False
        for match in _TOKEN.finditer(line):
            kind = match.lastgroup or ""
            if kind in _OPERATORS:
                self._operator(_OPERATORS[kind] or _SIGNS.get(match[0], match[0]), line[match.end() : match.end() + 1])
            elif kind not in ("space", "nothing"):
                self._take(kind, match[0], glued=glued)
            glued = kind == "number" or match[0] == ")"
        self._flush()
        return self._found

    def _take(self, kind: str, text: str, *, glued: bool) -> None:
        if kind == "number":
            self._number(text)
        elif kind == "word":
            self._word(text, glued=glued)
        elif kind == "bracket":
            self._bracket(text, glued=glued)
        elif kind == "equals":
            self._equals()
        elif kind == "percent":
            self._percent()
        else:
            self._flush()

    @property
    def _has_operand(self) -> bool:
        return bool(self._tokens) and (self._tokens[-1] == ")" or not isinstance(self._tokens[-1], str))

    def _restart(self) -> None:
        self._chain: list[Side] = []
        self._tokens: list[Token] = []
        self._words = 0  # behind the last operand
        self._open = 0  # brackets
        self._is_percent = self._is_symbolic = self._after_word = False

    def _flush(self) -> None:
        """End the chain: what follows has nothing to do with it."""
        if self._chain or self._is_symbolic:
            self._end_side()
            if len(self._chain) > 1 and not self._is_symbolic:
                self._found.append(self._chain)
        self._restart()

    def _end_side(self) -> None:
        while self._tokens and not self._has_operand:
            self._tokens.pop()
        for _ in range(self._open):
            if self._tokens[:1] == ["("]:
                self._tokens.pop(0)
        if self._tokens:
            self._chain.append(Side(self._tokens, self._is_percent, self._words > 0))
        self._tokens, self._words, self._open, self._is_percent = [], 0, 0, False

    def _number(self, digits: str) -> None:
        if self._has_operand or len(self._tokens) > _MOST_TOKENS:
            self._flush()
        whole, _, part = digits.replace(",", "").partition(".")
        self._tokens.append(Fraction(int(whole + part), 10 ** len(part)) if part else int(whole))
        self._words = 0

    def _operator(self, sign: str, behind: str) -> None:
        if self._has_operand:
            self._tokens.append(sign)
        elif sign == "-" and not (self._after_word and behind == " "):
            self._tokens.append("~")
        elif self._after_word:
            self._is_symbolic = True
        elif self._tokens:
            self._flush()

    def _bracket(self, bracket: str, *, glued: bool) -> None:
        if bracket == ")":
            if self._has_operand and self._open:
                self._tokens.append(bracket)
                self._open -= 1
            else:
                self._flush()
            return
        if self._has_operand:
            if glued:
                self._tokens.append("*")
            else:
                self._flush()
        self._tokens.append(bracket)
        self._open += 1

    def _equals(self) -> None:
        if self._has_operand:
            self._end_side()
            self._after_word = False
        else:
            self._flush()

    def _percent(self) -> None:
        number = self._tokens[-1] if self._tokens else "("
        if isinstance(number, str):
            self._flush()
        elif self._tokens[-2:-1] and self._tokens[-2] in ("+", "-"):
            self._is_symbolic = True
        else:
            self._tokens[-1] = Fraction(number) / 100
            self._is_percent = True

    def _word(self, word: str, *, glued: bool) -> None:
        letter = word.removeprefix("/")
        if len(letter) == 1 and (letter in _VARIABLES or not self._has_operand) and (glued or letter not in "aAI"):
            self._is_symbolic = True
        elif not self._has_operand:
            self._noun()
        elif word == "of" and self._words == 0 and (self._is_percent or "/" in self._tokens):
            self._tokens.append("*")
        else:
            self._words += 1
            if self._words > _MOST_UNIT:
                self._flush()

    def _noun(self) -> None:
        """A word where a number could stand: behind an operator, it takes the place of one."""
        is_operand = bool(self._tokens) and self._tokens[-1] not in ("-", "~")
        if self._tokens or self._chain:
            self._flush()
        self._is_symbolic, self._after_word = is_operand, True
