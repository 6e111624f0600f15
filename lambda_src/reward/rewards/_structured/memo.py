"""What need not be worked out again: several functions ask about one rollout, many rollouts belong to one record."""

import marshal
from collections.abc import Callable
from functools import lru_cache, wraps
from operator import is_
from typing import Any, Final, TypeVar

_MOST_KEPT: Final = 512  # values of each function; a compiled schema takes some 50 kB

_T = TypeVar("_T")


def by_content(function: Callable[[Any], _T]) -> Callable[[Any], _T]:
    """Keep the results of a function of one JSON value by what the value holds.

    The function gets a copy of the value, and its results are shared.

    >>> by_content(sorted)([2, 1])
    [1, 2]
    """

    @lru_cache(maxsize=_MOST_KEPT)
    def kept(key: bytes) -> _T:
        return function(marshal.loads(key))  # noqa: S302 - written below

    @wraps(function)
    def of(value: Any) -> _T:
        try:
            # four times as fast as JSON; from version 3 on, equal values may give other bytes
            key = marshal.dumps(value, 2)
        except ValueError:
            return function(value)  # no JSON: the function is to say so
        return kept(key)

    return of


def last_only(function: Callable[..., _T]) -> Callable[..., _T]:
    """Keep the last result, for the very same arguments; their number never changes.

    >>> last_only(max)([1, 2])
    2
    """
    last: tuple[tuple[Any, ...], _T] | None = None

    @wraps(function)
    def of(*arguments: Any) -> _T:
        nonlocal last
        kept = last
        if kept is None or not all(map(is_, kept[0], arguments)):
            last = kept = arguments, function(*arguments)
        return kept[1]

    return of
