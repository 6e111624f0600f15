"""Changes of a JSON state, each of which makes a new one and shares with the old what is the same.

A path is a list: a text is a name of an object, an object selects the first element of a list that has its members.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .compare import Comparison

_STRICT: Final = Comparison()
_DECIMALS: Final = 9  # kept of a sum, so that the order of calls does not show in its last bits

Path = Sequence[Any]


class RefusedError(ValueError):
    """The state is not what a change needs."""


def at(state: Any, path: Path) -> Any:
    """What stands at a path.

    Raises:
        RefusedError: Nothing.

    >>> at({"events": [{"id": 1}, {"id": 2, "at": "9:00"}]}, ["events", {"id": 2}, "at"])
    '9:00'
    """
    for part in path:
        state = state[_place(state, part)]
    return state


def with_value(state: Any, path: Path, value: Any) -> Any:
    """With a value at the path; the object around it is to be there, the name need not."""

    def change(parent: Any) -> Any:
        if isinstance(parent, dict) and isinstance(path[-1], str):
            return parent | {path[-1]: value}
        return _changed(parent, path[-1:], lambda _: value)

    return _changed(state, path[:-1], change)


def with_element(state: Any, path: Path, value: Any) -> Any:
    """With a value at the end of the list at the path."""
    return _changed(state, path, lambda elements: [*_list(elements), value])


def without(state: Any, path: Path) -> Any:
    """Without what stands at the path."""

    def change(parent: Any) -> Any:
        copy = parent.copy()
        del copy[_place(parent, path[-1])]
        return copy

    return _changed(state, path[:-1], change)


def without_elements(state: Any, path: Path, members: Mapping[str, Any]) -> Any:
    """Without the elements of the list at the path that have certain members; one at least is to be there."""

    def change(elements: Any) -> Any:
        kept = [element for element in _list(elements) if not _has(element, members)]
        if len(kept) == len(elements):
            raise RefusedError(f"no element has {members}")
        return kept

    return _changed(state, path, change)


def with_sum(state: Any, path: Path, by: Any, sign: int) -> Any:
    """With a number added to the number at the path, or subtracted."""

    def change(number: Any) -> Any:
        if not is_number(number) or not is_number(by):
            raise RefusedError(f"{number!r} and {by!r} are no two numbers")
        total = number + sign * by
        if not math.isfinite(total):
            raise RefusedError(f"{number!r} and {by!r} are too large")
        return total if isinstance(total, int) else round(total, _DECIMALS)

    return _changed(state, path, change)


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are one, types included."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return _STRICT.key(one) == _STRICT.key(other)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _changed(node: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """A copy of the node along the path, with what stands at its end changed."""
    if not path:
        return change(node)
    place = _place(node, path[0])
    copy = node.copy()
    copy[place] = _changed(node[place], path[1:], change)
    return copy


def _place(node: Any, part: Any) -> Any:
    """Key or index of a part of the state."""
    if isinstance(node, dict) and isinstance(part, str) and part in node:
        return part
    if isinstance(node, list) and isinstance(part, dict):
        for index, element in enumerate(node):
            if _has(element, part):
                return index
    raise RefusedError(f"nothing at {part!r}")


def _has(element: Any, members: Mapping[str, Any]) -> bool:
    return isinstance(element, dict) and all(
        name in element and is_same(element[name], value) for name, value in members.items()
    )


def _list(node: Any) -> list[Any]:
    if not isinstance(node, list):
        raise RefusedError(f"{str(node)[:40]} is no list")
    return node
