"""What the sandbox is asked to run, checked at its door.

An item is one response: ``{"code": source, "function": name, "cases": [{"args": [...], "kwargs": {...}}, ...]}`` for
calls of a function, ``{"code": source, "cases": [{"stdin": text}, ...]}`` for runs of a program, or
``{"code": source, "tests": source}`` for tests in Python. Each may carry ``seconds_per_case`` and ``memory_mb``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

MOST_SECONDS: Final = 10.0
"""Wall-clock time for one item, all of its cases included."""
SECONDS_PER_CASE: Final = 2.0
MEMORY_MB: Final = 256
"""Address space of one process, in MiB; Python itself takes about 25."""
LEAST_MEMORY_MB: Final = 64
MOST_MEMORY_MB: Final = 512
MOST_CASES: Final = 1000

_KEYS: Final = ("code", "function", "cases", "tests", "seconds_per_case", "memory_mb")

Ask = Mapping[str, Any]
"""One case as the process of the code takes it; what is expected of it never comes here."""


class RequestError(ValueError):
    """A request that cannot be run; names the item and the key."""


@dataclass(frozen=True, slots=True)
class Item:
    """One response and what to do with it.

    Attributes:
        defines: Whether the code is run once to define functions, and not anew for each case.
        asks: The cases; empty if there are tests.
        tests: Source of tests, instead of cases.
    """

    code: str
    defines: bool
    asks: tuple[Ask, ...]
    tests: str | None
    seconds_per_case: float
    memory_mb: int


def read(request: object) -> list[Item]:
    """The items of ``{"items": [...]}``.

    Raises:
        RequestError: One of them cannot be run.
    """
    items = request.get("items") if isinstance(request, Mapping) else None
    if not isinstance(items, list):
        raise RequestError(f"request: {type(request).__name__}; expected an object with a list of items")
    return [_item(f"items[{i}]", item) for i, item in enumerate(items)]


def _item(where: str, item: object) -> Item:
    if not isinstance(item, Mapping):
        raise RequestError(f"{where}: {type(item).__name__}; expected an object")
    for key in item:
        if key not in _KEYS:
            raise RequestError(f"{where}.{key}: unknown key; expected {', '.join(_KEYS)}")
    if ("cases" in item) == ("tests" in item):
        raise RequestError(f"{where}: expected either cases or tests (found {sorted(item)})")
    function = item.get("function")
    if function is not None:
        _text(f"{where}.function", function)
    has_tests = "tests" in item
    return Item(
        code=_text(f"{where}.code", item.get("code")),
        defines=has_tests or function is not None,
        asks=() if has_tests else _asks(f"{where}.cases", function, item["cases"]),
        tests=_text(f"{where}.tests", item["tests"]) if has_tests else None,
        seconds_per_case=_seconds(f"{where}.seconds_per_case", item.get("seconds_per_case", SECONDS_PER_CASE)),
        memory_mb=_memory(f"{where}.memory_mb", item.get("memory_mb", MEMORY_MB)),
    )


def _asks(where: str, function: str | None, cases: object) -> tuple[Ask, ...]:
    if not isinstance(cases, list) or not 1 <= len(cases) <= MOST_CASES:
        found = f"{len(cases)} cases" if isinstance(cases, list) else type(cases).__name__
        raise RequestError(f"{where}: {found}; expected a list of 1 to {MOST_CASES}")
    return tuple(_ask(f"{where}[{i}]", function, case) for i, case in enumerate(cases))


def _ask(where: str, function: str | None, case: object) -> Ask:
    match case:
        case {"stdin": str(text), **rest} if function is None and not rest:
            return {"stdin": text}
        case {"args": list(args), **rest} if function is not None and rest.keys() <= {"kwargs"}:
            kwargs = rest.get("kwargs", {})
            if isinstance(kwargs, Mapping) and all(isinstance(name, str) for name in kwargs):
                return {"call": function, "args": args, "kwargs": dict(kwargs)}
    expected = 'an object {"stdin": text}' if function is None else 'an object {"args": [...], "kwargs": {...}}'
    raise RequestError(f"{where}: {str(case)[:80]}; expected {expected}")


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise RequestError(f"{where}: {type(value).__name__}; expected a text")
    return value


def _seconds(where: str, value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value <= MOST_SECONDS:  # type: ignore[operator]  # a number by now
        raise RequestError(f"{where}: {value!r}; expected a number above 0, {MOST_SECONDS:g} at most")
    return float(value)  # type: ignore[arg-type]  # as above


def _memory(where: str, value: object) -> int:
    if type(value) is not int or not LEAST_MEMORY_MB <= value <= MOST_MEMORY_MB:
        raise RequestError(f"{where}: {value!r}; expected a whole number from {LEAST_MEMORY_MB} to {MOST_MEMORY_MB}")
    return value
