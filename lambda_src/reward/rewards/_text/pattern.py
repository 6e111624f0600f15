r"""Regular expressions that take time linear in the text, whatever the pattern and whatever the text.

Python's own engine tries one way after the other, and a hostile text of some kilobytes keeps it busy for minutes. Here
a pattern becomes an automaton (``_text.automaton``); single characters and classes are left to ``re``. What needs
memory of the text (references, look-around, atomic groups) is refused, and so are patterns whose automaton is large.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from .automaton import Automaton, Fragment, PatternError, Table

__all__ = ["Pattern", "PatternError", "compiled"]

_FLAGS: Final = re.compile(r"\(\?([aims]+)\)")
_BY_LETTER: Final = {"a": re.ASCII, "i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_TOKEN: Final = re.compile(
    r"""
    (?P<open>\((?:\?:|\?P<\w+>|(?!\?)))
    |(?P<close>\))
    |(?P<alternative>\|)
    |(?P<repeat>(?:[*+?]|\{(?:[0-9]+(?:,[0-9]*)?|,[0-9]+)\})[?+]?)
    |(?P<edge>\^|\$|\\[bBAZ])
    |(?P<one>\[\^?\]?(?:\\.|[^\]\\])*\]
        |\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[^1-9])
        |[^\\(\[])
    """,
    re.VERBOSE | re.DOTALL,
)
_BOUNDS: Final = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_LONGEST: Final = 500  # characters of a pattern; each level of brackets takes at least two, and Python's stack has room


@lru_cache(maxsize=32)
def compiled(pattern: str) -> "Pattern":
    r"""The pattern, ready to be looked for.

    Raises:
        PatternError: It cannot be.

    >>> compiled(r"^Answer: \d{1,3}$").is_in("Answer: 18"), compiled(r"\bcat\b").is_in("concatenate")
    (True, False)
    """
    return Pattern(pattern)


class Pattern:
    """One regular expression in the syntax of ``re``."""

    def __init__(self, pattern: str) -> None:
        if len(pattern) > _LONGEST:
            raise PatternError(f"{len(pattern)} characters; expected {_LONGEST} at most")
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise PatternError(f"{error}; expected a regular expression") from None
        letters = _FLAGS.match(pattern)
        flags = re.RegexFlag(sum(_BY_LETTER[letter] for letter in set(letters[1] if letters else "")))
        automaton = Automaton(is_multiline=bool(flags & re.MULTILINE))
        automaton.close(_Parser(automaton, pattern[letters.end() if letters else 0 :]).parse(), flags)
        self._anywhere, self._whole = (Table(automaton, is_search=is_search) for is_search in (True, False))

    def is_in(self, text: str) -> bool:
        """Whether it occurs anywhere in a text."""
        return self._anywhere.accepts(text)

    def is_whole(self, text: str) -> bool:
        """Whether a text is one occurrence, from its first to its last character."""
        return self._whole.accepts(text)


class _Parser:
    """Recursive descent over a pattern that ``re`` has accepted."""

    def __init__(self, automaton: Automaton, source: str) -> None:
        self._automaton = automaton
        self._tokens = list(_tokens(source))
        self._place = 0

    def parse(self) -> Fragment:
        """Alternatives, up to the bracket that closes them."""
        start, end = self._automaton.node(), self._automaton.node()
        while True:
            first, last = self._sequence()
            self._automaton.link(start, first)
            self._automaton.link(last, end)
            if self._kind() != "alternative":
                return start, end
            self._place += 1

    def _sequence(self) -> Fragment:
        start = end = self._automaton.node()
        while self._kind() not in ("alternative", "close", ""):
            first, last = self._repeated()
            self._automaton.link(end, first)
            end = last
        return start, end

    def _repeated(self) -> Fragment:
        begin = self._place
        one = self._item()
        if self._kind() != "repeat":
            return one
        repeat = self._place
        least, most = _bounds(self._tokens[repeat][1])
        copies = [one]
        while len(copies) < max(least, most or 1):
            self._place = begin
            copies.append(self._item())
        self._place = repeat + 1
        return self._joined([] if most == 0 else copies, least, is_endless=most is None)

    def _joined(self, copies: Sequence[Fragment], least: int, *, is_endless: bool) -> Fragment:
        start, end = self._automaton.node(), self._automaton.node()
        last = start
        for i, (first, behind) in enumerate(copies):
            if i >= least:
                self._automaton.link(last, end)
            self._automaton.link(last, first)
            last = behind
        self._automaton.link(last, end)
        if is_endless:
            self._automaton.link(last, copies[-1][0])
        return start, end

    def _item(self) -> Fragment:
        kind, text = self._tokens[self._place]
        self._place += 1
        if kind == "open":
            inside = self.parse()
            self._place += 1  # past the closing bracket
            return inside
        if kind == "edge":
            start, end = self._automaton.node(), self._automaton.node()
            self._automaton.link(start, end, text)
            return start, end
        return self._automaton.atom(text)

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(source):
        token = _TOKEN.match(source, place)
        is_possessive = token is not None and token.lastgroup == "repeat" and token[0][1:].endswith("+")
        if token is None or is_possessive:
            raise PatternError(
                f"{source[place : place + 12]!r} at character {place}: references, look-around, atomic groups and "
                "flags but (?aims) at the beginning cannot be followed in linear time; expected a pattern without"
            )
        yield str(token.lastgroup), token[0]
        place = token.end()


def _bounds(repeat: str) -> tuple[int, int | None]:
    """Fewest and most repetitions; None for any number."""
    if repeat[0] in _BOUNDS:
        return _BOUNDS[repeat[0]]
    least, comma, most = repeat.rstrip("?")[1:-1].partition(",")
    return int(least or 0), (int(most) if most else None) if comma else int(least)
