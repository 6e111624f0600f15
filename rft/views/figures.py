"""Figures as a person reads them; what is no number is a dash, so that half a record can be shown too."""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

NONE = "—"
_KILO, _UNITS = 1000, ("bytes", "kB", "MB", "GB", "TB")
_COARSE = 10  # per cent from either end, within which a decimal counts


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a finite number.

    >>> is_number(True)
    False
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def whole(value: Any) -> str:
    """A count.

    >>> whole(20000)
    '20,000'
    """
    return f"{value:,.0f}" if is_number(value) else NONE


def fraction(value: Any) -> str:
    """A reward or another figure of which two decimals count.

    >>> fraction(0.618)
    '0.62'
    """
    return f"{value:.2f}" if is_number(value) else NONE


def percent(share: Any) -> str:
    """A share of [0, 1]; neither nothing nor everything is said of what is only near to it.

    >>> [percent(share) for share in (0, 0.0004, 0.034, 0.5, 0.9996, 1)]
    ['0%', 'under 0.1%', '3.4%', '50%', 'over 99.9%', '100%']
    """
    if not is_number(share):
        return NONE
    if 0 < share < 0.001:  # noqa: PLR2004
        return "under 0.1%"
    if 0.999 < share < 1:  # noqa: PLR2004
        return "over 99.9%"
    points = share * 100
    decimals = int(min(points, 100 - points) < _COARSE and points != round(points))
    return f"{points:.{decimals}f}%".replace(".0%", "%")


def size(value: Any) -> str:
    """Bytes, in units of 1000.

    >>> size(1_234_567)
    '1.2 MB'
    """
    if not is_number(value):
        return NONE
    amount, unit = float(value), 0
    while amount >= _KILO and unit < len(_UNITS) - 1:
        amount, unit = amount / _KILO, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if unit else f"{amount:.0f} {_UNITS[0]}"


def section_of(document: Mapping[str, Any] | None, *keys: str) -> Mapping[str, Any]:
    """An object inside an object; empty where there is none.

    >>> section_of({"content": {"similar": None}}, "content", "similar")
    {}
    """
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
