"""Automata that follow all ways through a regular expression at once, so that a text costs time linear in its length.

Thompson's construction, made deterministic as texts call for it: https://swtch.com/~rsc/regexp/regexp1.html
"""

import re
import string
from collections.abc import Iterable
from typing import Final

_MOST_NODES: Final = 1_000
_MOST_STATES: Final = 400
_MOST_KEPT: Final = 50_000  # characters of which the class is remembered
_SAMPLE: Final = f"{string.printable}\x00\xa0\xdf\xe9\u0416\u4e2d\u2019\u20ac\U0001f600"

_EDGE: Final = ""  # of the text; otherwise the kind of the character beside a place
_LINE_END: Final = "\n"
_WORD: Final = "w"
_OTHER: Final = "o"

Fragment = tuple[int, int]
"""Where a part of an automaton begins and ends."""
Class = tuple[int, str]


class PatternError(ValueError):
    """A pattern that is no regular expression, or none that can be followed in linear time."""


class Automaton:
    """Nodes with links, each for one character or for none.

    Attributes:
        fragment: The whole of it, once it is built.
        classes: What it tells characters apart by.
    """

    def __init__(self, *, is_multiline: bool) -> None:
        self.fragment: Fragment = (0, 0)
        self._is_multiline = is_multiline
        self._atoms: dict[str, int] = {}
        self._links: list[list[tuple[int, str]]] = []
        self._steps: list[list[tuple[int, int]]] = []
        self._matchers: list[re.Pattern[str]] = []
        self.classes = _Classes(self)

    def node(self) -> int:
        if len(self._links) >= _MOST_NODES:
            raise PatternError("its automaton is too large; expected smaller or fewer counts of repetition")
        self._links.append([])
        self._steps.append([])
        return len(self._links) - 1

    def link(self, one: int, other: int, condition: str = "") -> None:
        """A way that takes no character, open where the condition (``^``, ``$``, ...) holds."""
        self._links[one].append((other, condition))

    def atom(self, source: str) -> Fragment:
        """A way that takes one character of those that this source stands for."""
        number = self._atoms.setdefault(source, len(self._atoms))
        start, end = self.node(), self.node()
        self._steps[start].append((number, end))
        return start, end

    def close(self, fragment: Fragment, flags: re.RegexFlag) -> None:
        """Say which part is the whole, once all parts are there."""
        self.fragment = fragment
        self._matchers = [re.compile(atom, flags) for atom in self._atoms]

    def class_of(self, character: str) -> "Class":
        """All that the automaton can tell of a character: the atoms that stand for it, one bit each, and its kind."""
        mask = sum(1 << i for i, matcher in enumerate(self._matchers) if matcher.match(character))
        is_word = character.isalnum() or character == "_"
        return mask, _LINE_END if character == "\n" else _WORD if is_word else _OTHER

    def closure(self, nodes: Iterable[int], before: str, after: str) -> set[int]:
        """Where one can be between two characters."""
        reached, waiting = set(nodes), list(nodes)
        while waiting:
            for target, condition in self._links[waiting.pop()]:
                if target not in reached and (not condition or self._holds(condition, before, after)):
                    reached.add(target)
                    waiting.append(target)
        return reached

    def after(self, nodes: Iterable[int], mask: int) -> frozenset[int]:
        """Where a character leads."""
        return frozenset(target for node in nodes for atom, target in self._steps[node] if mask >> atom & 1)

    def _holds(self, condition: str, before: str, after: str) -> bool:
        if condition in ("\\b", "\\B"):
            return ((before == _WORD) != (after == _WORD)) == (condition == "\\b")
        beside = before if condition in ("^", "\\A") else after
        return beside == _EDGE or (self._is_multiline and condition in "^$" and beside == _LINE_END)


class Table:
    """The states of an automaton that texts have led to, and where characters lead from there."""

    def __init__(self, automaton: Automaton, *, is_search: bool) -> None:
        """Determine the states for common characters.

        Args:
            is_search: Whether an occurrence anywhere is accepted, or only the whole text.

        Raises:
            PatternError: There are too many states.
        """
        self._automaton = automaton
        self._is_search = is_search
        self._states: dict[tuple[frozenset[int], str], _State] = {}
        self._classes = automaton.classes
        self._initial = self._state(frozenset(automaton.fragment[:1]), _EDGE)
        self._explore()

    def accepts(self, text: str) -> bool:
        """Whether the text is, or holds, what the automaton stands for."""
        state = self._initial
        for class_ in text.translate(self._classes):
            following = state.get(class_)
            state = self._step(state, class_) if following is None else following
            if state.is_final:
                return self._is_search
        return self._automaton.fragment[1] in self._closure(state, _EDGE)

    def _explore(self) -> None:
        classes = set(_SAMPLE.translate(self._classes))
        waiting, seen = [self._initial], {id(self._initial)}
        while waiting:
            state = waiting.pop()
            for class_ in classes:
                following = self._step(state, class_)
                if id(following) not in seen and not following.is_final:
                    seen.add(id(following))
                    waiting.append(following)
            if len(self._states) > _MOST_STATES:
                raise PatternError("it has too many states; expected fewer alternatives that begin alike")

    def _step(self, state: "_State", class_: str) -> "_State":
        mask, kind = self._classes.known[ord(class_)]
        reached = self._closure(state, kind)
        is_accepted = self._is_search and self._automaton.fragment[1] in reached
        state[class_] = _FINAL if is_accepted else self._state(self._automaton.after(reached, mask), kind)
        return state[class_]

    def _closure(self, state: "_State", after: str) -> set[int]:
        nodes = state.nodes | set(self._automaton.fragment[:1]) if self._is_search else state.nodes
        return self._automaton.closure(nodes, state.before, after)

    def _state(self, nodes: frozenset[int], before: str) -> "_State":
        if not nodes and not self._is_search:
            return _FINAL
        return self._states.setdefault((nodes, before), _State(nodes, before))


class _Classes(dict[int, str]):
    """For ``str.translate``: a character that stands for all that the automaton does not tell from it."""

    def __init__(self, automaton: Automaton) -> None:
        super().__init__()
        self.known: list[Class] = []
        self._automaton = automaton
        self._codes: dict[Class, str] = {}

    def __missing__(self, code: int) -> str:
        class_ = self._automaton.class_of(chr(code))
        if class_ not in self._codes:
            self._codes[class_] = chr(len(self.known))
            self.known.append(class_)
        if len(self) < _MOST_KEPT:
            self[code] = self._codes[class_]
        return self._codes[class_]


class _State(dict[str, "_State"]):
    """A set of nodes behind a character of some kind; maps classes of characters to the states they lead to."""

    __slots__ = ("before", "is_final", "nodes")

    def __init__(self, nodes: frozenset[int], before: str, *, is_final: bool = False) -> None:
        super().__init__()
        self.nodes, self.before, self.is_final = nodes, before, is_final


_FINAL: Final = _State(frozenset(), _EDGE, is_final=True)
"""Whatever follows, the answer is known: an occurrence was found, or there cannot be one."""
