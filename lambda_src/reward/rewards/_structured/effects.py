"""What calls of tools do to a declared state: a small language of data, so that nothing of a response is executed.

One entry per tool that changes anything:

    {"tool": "book_flight",
     "when": [{"at_least": {"path": "flights.$flight.seats", "value": "$passengers"}}],
     "effect": [{"append": {"path": "bookings", "value": {"flight": "$flight", "passengers": "$passengers"}}},
                {"decrement": {"path": "flights.$flight.seats", "by": "$passengers"}}]}

Steps, one or a list: ``set`` (path, value), ``append`` (path, value), ``remove`` (path, or path and ``where``: every
element of the list that has these members), ``increment`` and ``decrement`` (path, by). Conditions: ``exists`` and
``absent`` (a path), ``equals`` and ``at_least`` (path, value).

``$name`` stands for an argument, ``$$`` for a dollar; in a value, a member whose argument was not given is left out. A
path is a text of names with dots, or a list in which an object selects the first element of a list that has its
members. An argument is one name of a path, whatever it holds. A call whose conditions or steps do not hold is refused
and changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import state as _state
from .calls import ToolCall
from .memo import by_content
from .state import RefusedError

_STEPS: Final = {
    "set": ("path", "value"),
    "append": ("path", "value"),
    "remove": ("path",),
    "increment": ("path", "by"),
    "decrement": ("path", "by"),
}
_CONDITIONS: Final = {"exists": (), "absent": (), "equals": ("path", "value"), "at_least": ("path", "value")}

Step = tuple[str, Any]


class EffectError(ValueError):
    """A declaration that cannot be read."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a tool needs and does."""

    conditions: tuple[Step, ...]
    steps: tuple[Step, ...]


@by_content
def read(declared: object) -> dict[str, Effect]:
    """Effects by tool.

    Args:
        declared: A list of entries, or an object of entries without ``tool`` by its name.

    Raises:
        EffectError: Names the entry and what is wrong with it.
    """
    effects: dict[str, Effect] = {}
    for where, tool, entry in _entries(declared):
        if not isinstance(tool, str) or tool in effects or not isinstance(entry, dict) or "effect" not in entry:
            raise EffectError(f"{where}: {str(entry)[:80]}; expected tool (each once) and effect")
        effects[tool] = Effect(
            tuple(_read_steps(f"{where}.when", entry.get("when", []), _CONDITIONS)),
            tuple(_read_steps(f"{where}.effect", entry["effect"], _STEPS)),
        )
    return effects


def applied(state: Any, call: ToolCall, effect: Effect) -> Any:
    """The state after a call; the given one is not changed.

    Raises:
        RefusedError: The call cannot be carried out.

    >>> declared = [{"tool": "add", "effect": {"append": {"path": "cart", "value": {"sku": "$sku"}}}}]
    >>> applied({"cart": []}, ToolCall("add", {"sku": "A1"}), read(declared)["add"])
    {'cart': [{'sku': 'A1'}]}
    """
    for kind, condition in effect.conditions:
        if not _holds(state, kind, condition, call.arguments):
            raise RefusedError(f"{kind} {condition} does not hold")
    for kind, step in effect.steps:
        state = _after(state, kind, step, call.arguments)
    return state


def _entries(declared: object) -> Iterator[tuple[str, Any, Any]]:
    """Where each entry stands, its tool and the rest."""
    if isinstance(declared, dict):
        yield from ((str(tool), tool, entry) for tool, entry in declared.items())
    elif isinstance(declared, list):
        for i, entry in enumerate(declared):
            yield f"[{i}]", entry.get("tool") if isinstance(entry, dict) else None, entry
    else:
        raise EffectError(f"{str(declared)[:80]}; expected a list of objects with tool and effect")


def _read_steps(where: str, declared: object, known: Mapping[str, tuple[str, ...]]) -> Iterator[Step]:
    for i, step in enumerate(declared if isinstance(declared, list) else [declared]):
        kind, *more = step if isinstance(step, dict) and step else ("",)
        if more or kind not in known:
            raise EffectError(f"{where}[{i}]: {str(step)[:80]}; expected an object with one of {', '.join(known)}")
        spec, needed = step[kind], known[kind]
        if needed and not (isinstance(spec, dict) and spec.keys() >= set(needed)):
            raise EffectError(f"{where}[{i}].{kind}: {str(spec)[:80]}; expected {' and '.join(needed)}")
        path = spec["path"] if needed else spec
        if not isinstance(path, str | list) or not path:
            raise EffectError(f"{where}[{i}].{kind}: path {str(path)[:80]}; expected a text such as 'a.b', or a list")
        if needed and not isinstance(spec.get("where", {}), dict):
            raise EffectError(f"{where}[{i}].{kind}: where {str(spec['where'])[:80]}; expected an object")
        yield kind, spec


def _holds(state: Any, kind: str, spec: Any, arguments: Mapping[str, Any]) -> bool:
    path = _path(spec if isinstance(spec, str | list) else spec["path"], arguments)
    try:
        found = _state.at(state, path)
    except RefusedError:
        return kind == "absent"
    if kind in ("exists", "absent"):
        return kind == "exists"
    value = _given(spec["value"], arguments)
    if kind == "equals":
        return _state.is_same(found, value)
    return _state.is_number(found) and _state.is_number(value) and bool(found >= value)


def _after(state: Any, kind: str, spec: Mapping[str, Any], arguments: Mapping[str, Any]) -> Any:
    path = _path(spec["path"], arguments)
    if kind in ("increment", "decrement"):
        return _state.with_sum(state, path, _given(spec["by"], arguments), 1 if kind == "increment" else -1)
    if kind == "remove" and "where" in spec:
        return _state.without_elements(state, path, _given(spec["where"], arguments))
    if kind == "remove":
        return _state.without(state, path)
    value = _given(spec["value"], arguments) if isinstance(spec["value"], str) else _filled(spec["value"], arguments)
    return (_state.with_value if kind == "set" else _state.with_element)(state, path, value)


def _path(declared: str | list[Any], arguments: Mapping[str, Any]) -> list[Any]:
    """Its parts; arguments are filled in after the text was split, so that a dot in one is only a dot."""
    return [_part(part, arguments) for part in (declared.split(".") if isinstance(declared, str) else declared)]


def _part(declared: Any, arguments: Mapping[str, Any]) -> Any:
    if isinstance(declared, str) and not declared.startswith("$"):
        return declared
    part = _given(declared, arguments)
    if isinstance(declared, str) and not isinstance(part, str | int):
        raise RefusedError(f"{declared} is {str(part)[:40]}, which is no name")
    return str(part) if isinstance(part, int) else part


def _given(value: Any, arguments: Mapping[str, Any]) -> Any:
    """The value with its arguments, all of which are needed: a selection with fewer members would select more."""
    for name in _names(value):
        if name not in arguments:
            raise RefusedError(f"{name} was not given")
    return _filled(value, arguments)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _names(part)
    elif _is_name(value):
        yield value[1:]


def _filled(value: Any, arguments: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(part, arguments) for name, part in value.items() if not _is_left_out(part, arguments)}
    if isinstance(value, list):
        return [_filled(part, arguments) for part in value if not _is_left_out(part, arguments)]
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    return value[1:] if value.startswith("$$") else arguments[value[1:]]


def _is_left_out(part: Any, arguments: Mapping[str, Any]) -> bool:
    return _is_name(part) and part[1:] not in arguments


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("$") and not value.startswith("$$")
