"""JSON values written differently, and values that are nearly right."""

import copy
import json
from collections.abc import Iterator
from typing import Any

Path = tuple[Any, ...]
"""Names and indexes that lead to a leaf."""


def leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every leaf with its path, in order.

    >>> list(leaves({"a": [1, {"b": 2}]}))
    [(('a', 0), 1), (('a', 1, 'b'), 2)]
    """
    if isinstance(value, dict | list) and value:
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from (((key, *path), leaf) for path, leaf in leaves(part))
    else:
        yield (), value


def with_leaf(value: Any, path: Path, leaf: Any) -> Any:
    """A copy with another leaf.

    >>> with_leaf({"a": [1, 2]}, ("a", 0), 5)
    {'a': [5, 2]}
    """
    if not path:
        return leaf
    changed = copy.deepcopy(value)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = leaf
    return changed


def without_leaf(value: Any, path: Path) -> Any:
    """A copy without a leaf."""
    changed = copy.deepcopy(value)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return changed


def other_leaf(leaf: Any) -> Any:
    """Another leaf of the same type, as far as there is one.

    >>> other_leaf(18), other_leaf("Oslo"), other_leaf(True), other_leaf(None)
    (37, 'Oslo x', False, 0)
    """
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int | float):
        return 2 * leaf + 1
    return f"{leaf} x" if isinstance(leaf, str) else [0] if isinstance(leaf, list) else 0


def all_other(value: Any) -> Any:
    """The value with every leaf changed."""
    for path, leaf in list(leaves(value)):
        value = with_leaf(value, path, other_leaf(leaf))
    return value


def emptied(value: Any) -> Any:
    """The value with leaves that say nothing, of the same types.

    >>> emptied({"a": "Oslo", "b": [3]})
    {'a': '', 'b': [0]}
    """
    for path, leaf in list(leaves(value)):
        value = with_leaf(value, path, type(leaf)() if leaf is not None else None)
    return value


def reordered(value: Any) -> Any:
    """The value with the names of each object in reverse order."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(part) for part in value] if isinstance(value, list) else value


def respelled(value: Any) -> Any:
    """The value with whole numbers as decimals and the other way round: 18 as 18.0, 18.0 as 18."""
    for path, leaf in list(leaves(value)):
        if isinstance(leaf, int) and not isinstance(leaf, bool):
            value = with_leaf(value, path, float(leaf))
        elif isinstance(leaf, float) and leaf.is_integer():
            value = with_leaf(value, path, int(leaf))
    return value


def fenced(text: str) -> str:
    return f"```json\n{text}\n```"


def malformed(value: Any) -> Iterator[str]:
    """Texts that look like the value and are no JSON: cut off, with a comma too many, in single quotes."""
    text = json.dumps(value)
    yield text[: len(text) * 2 // 3]
    yield f"{text[:-1]},{text[-1]}"
    yield text.replace('"', "'")
