"""How much of an expected JSON value another one holds, leaf by leaf.

A leaf is a text, a number, a truth value, a null or an empty object or array. Types count: 18 and 18.0 are one number,
``"18"`` and ``true`` are none. Text compares in Unicode's composed form.
"""

import marshal
import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

_MOST_ASSIGNED: Final = (
    32  # elements of a list that are tried with each other; equal ones have found their likes before
)

_CONTAINER: Final = (dict, list)  # faster than unions and abstract classes, and asked for every leaf
_NUMBER: Final = (int, float)

Lists = Literal["ordered", "multiset"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What counts as the same.

    Attributes:
        number_tolerance: Largest difference of two numbers.
        lists: Whether the order of a list's elements matters.
    """

    number_tolerance: float = 0.0
    ignore_case: bool = False
    ignore_whitespace: bool = False
    lists: Lists = "ordered"

    def same(self, expected: Any, given: Any) -> bool:
        """Whether two leaves are the same.

        >>> Comparison().same(18, 18.0), Comparison().same(1, True), Comparison().same("18", 18)
        (True, False, False)
        """
        if type(expected) is type(given) and expected == given:
            return True
        if isinstance(expected, str) and isinstance(given, str):
            return self._text(expected) == self._text(given)
        if isinstance(expected, bool) or isinstance(given, bool):
            return False
        if isinstance(expected, _NUMBER) and isinstance(given, _NUMBER):
            return bool(expected == given or abs(expected - given) <= self.number_tolerance * (1 + 1e-9))
        return False

    def key(self, value: Any) -> Hashable:
        """Equal for values that are the same without any tolerance of numbers."""
        if isinstance(value, dict):
            return "object", frozenset((name, self.key(member)) for name, member in value.items())
        if isinstance(value, list):
            keys = [self.key(element) for element in value]
            return "array", tuple(keys) if self.lists == "ordered" else frozenset(Counter(keys).items())
        if isinstance(value, str):
            return "text", self._text(value)
        return ("truth" if isinstance(value, bool) else "number"), value

    def _text(self, text: str) -> str:
        if self.ignore_whitespace:
            text = " ".join(text.split())
        if self.ignore_case:
            text = text.casefold()
        return text if text.isascii() else unicodedata.normalize("NFC", text)


@dataclass(slots=True)
class Tally:
    """How two values agree, in leaves.

    Attributes:
        expected: Of the expected value.
        matched: Of these, how many the given value holds at the same place.
        surplus: In elements that a list has too many, one for an element without any.
        invented: Stated at places that the expected value does not have. Nulls and empty containers are left out: they
            say nothing.
    """

    matched: int = 0
    expected: int = 0
    surplus: int = 0
    invented: int = 0

    @property
    def share(self) -> float:
        """Share of the expected leaves that match; each surplus leaf counts as one that does not."""
        return self.matched / max(self.expected + self.surplus, 1)

    @property
    def is_exact(self) -> bool:
        return self.matched == self.expected and not self.surplus and not self.invented


def tally(expected: Any, given: Any, how: Comparison) -> Tally:
    """Compare two values, linear in their sizes.

    Lists as multisets are paired first by equal elements, then by how many leaves of their own two objects share.

    >>> tally({"a": 1, "b": [1, 2]}, {"a": 1, "b": [1, 3], "c": 0}, Comparison())
    Tally(matched=2, expected=3, surplus=0, invented=1)
    """
    total = Tally()
    _count(total, expected, given, how)
    return total


def is_exact(expected: Any, given: Any, how: Comparison) -> bool:
    """Whether two values match leaf by leaf, and neither holds more.

    >>> is_exact({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}, Comparison()), is_exact([1], [True], Comparison())
    (True, False)
    """
    if expected == given and marshal.dumps(expected, 2) == marshal.dumps(given, 2):
        return True  # the same bytes, types included: quicker than walking through both
    if isinstance(expected, dict) and isinstance(given, dict) and expected:
        members = all(name in given and is_exact(value, given[name], how) for name, value in expected.items())
        return members and not any(_stated(value) for name, value in given.items() if name not in expected)
    return tally(expected, given, how).is_exact


def leaves(value: Any) -> int:
    """How many leaves a value has.

    >>> leaves({"a": 1, "b": [None, {}]})
    3
    """
    if isinstance(value, dict) and value:
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) and value else 1


def _count(total: Tally, expected: Any, given: Any, how: Comparison) -> None:
    if not isinstance(expected, _CONTAINER) or not expected:
        total.expected += 1
        total.matched += how.same(expected, given)
        total.invented += _stated(given) if isinstance(given, _CONTAINER) else 0
    elif isinstance(expected, dict) and isinstance(given, dict):
        _count_members(total, expected, given, how)
    elif isinstance(expected, list) and isinstance(given, list):
        _count_elements(total, expected, given, how)
    else:
        total.expected += leaves(expected)
        total.invented += _stated(given) if isinstance(given, _CONTAINER) else 0


def _count_members(total: Tally, expected: Mapping[str, Any], given: Mapping[str, Any], how: Comparison) -> None:
    for name, value in expected.items():
        if name not in given:
            total.expected += leaves(value)
        elif isinstance(value, _CONTAINER) or isinstance(given[name], _CONTAINER):
            _count(total, value, given[name], how)
        else:  # most members; a call for each takes half as long again
            total.expected += 1
            total.matched += how.same(value, given[name])
    for name, value in given.items():
        if name not in expected:
            total.invented += _stated(value)


def _count_elements(total: Tally, expected: list[Any], given: list[Any], how: Comparison) -> None:
    if how.lists == "multiset" and expected != given:
        expected, given = _aligned(expected, given, how)
    for one, other in zip(expected, given, strict=False):
        _count(total, one, other, how)
    total.expected += sum(map(leaves, expected[len(given) :]))
    total.surplus += sum(map(leaves, given[len(expected) :]))
    total.invented += sum(map(_stated, given[len(expected) :]))


def _stated(value: Any) -> int:
    """Leaves that say something."""
    if isinstance(value, dict):
        return sum(map(_stated, value.values()))
    return sum(map(_stated, value)) if isinstance(value, list) else int(value is not None)


def _aligned(expected: list[Any], given: list[Any], how: Comparison) -> tuple[list[Any], list[Any]]:
    """Both lists with their elements in an order in which likes stand at the same places."""
    waiting: dict[Hashable, list[int]] = {}
    for j in reversed(range(len(given))):
        waiting.setdefault(how.key(given[j]), []).append(j)
    partner = {i: places.pop() for i, one in enumerate(expected) if (places := waiting.get(how.key(one)))}
    taken = set(partner.values())
    partner |= _assigned(
        {i: one for i, one in enumerate(expected) if i not in partner},
        {j: other for j, other in enumerate(given) if j not in taken},
        how,
    )
    taken = set(partner.values())
    return (
        [expected[i] for i in partner] + [one for i, one in enumerate(expected) if i not in partner],
        [given[j] for j in partner.values()] + [other for j, other in enumerate(given) if j not in taken],
    )


def _assigned(expected: Mapping[int, Any], given: Mapping[int, Any], how: Comparison) -> dict[int, int]:
    """Which of the given elements each expected one is compared with: the best pair first."""
    rows, columns = list(expected)[:_MOST_ASSIGNED], list(given)[:_MOST_ASSIGNED]
    pairs = sorted((-_alike(expected[i], given[j], how), i, j) for i in rows for j in columns)
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in pairs:
        if i not in partner and j not in taken:
            partner[i] = j
            taken.add(j)
    return partner


def _alike(expected: Any, given: Any, how: Comparison) -> int:
    if isinstance(expected, dict) and isinstance(given, dict):
        return sum(name in given and how.same(value, given[name]) for name, value in expected.items())
    return int(how.same(expected, given))
