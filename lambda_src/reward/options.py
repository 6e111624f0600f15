"""Options of reward functions: their keyword-only arguments, checked against annotations and defaults."""

import inspect
import math
import types
from collections.abc import Callable, Mapping
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints


class OptionError(ValueError):
    """An option that a reward function cannot take; ``name`` is its key."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def checked(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """The options, if the function takes them.

    Numbers are to be above 0, or 0 and more where the default is 0 or None.

    Raises:
        OptionError: An unknown or missing name, or a value of another type.
    """
    parameters = {p.name: p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
    hints = get_type_hints(function)
    for name, value in options.items():
        if name not in parameters:
            raise OptionError(name, f"unknown option; expected {', '.join(parameters) or 'none'}")
        default = parameters[name].default
        if not any(_fits(value, one, default) for one in _alternatives(hints[name])):
            raise OptionError(name, f"{value!r}; expected {_expected(hints[name], default)}")
    for name, parameter in parameters.items():
        if parameter.default is parameter.empty and name not in options:
            raise OptionError(name, f"missing; expected {_expected(hints[name], None)}")
    return dict(options)


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _fits(value: Any, annotation: Any, default: Any) -> bool:
    kind = get_origin(annotation) or annotation
    if kind is Literal:
        return value in get_args(annotation)
    if kind is list:
        return isinstance(value, list) and all(isinstance(item, get_args(annotation)) for item in value)
    if kind in (int, float):
        is_number = type(value) is int or (kind is float and type(value) is float and math.isfinite(value))
        return is_number and (value > 0 or (value == 0 and _may_be_zero(default)))
    return type(value) is bool if kind is bool else isinstance(value, kind)


def _may_be_zero(default: Any) -> bool:
    return default is None or (not isinstance(default, str) and default == 0)


def _expected(annotation: Any, default: Any) -> str:
    return " or ".join(_described(one, default) for one in _alternatives(annotation))


def _described(annotation: Any, default: Any) -> str:
    kind = get_origin(annotation) or annotation
    if kind is Literal:
        return f"one of {', '.join(map(str, get_args(annotation)))}"
    if kind is list:
        return f"a list of {get_args(annotation)[0].__name__}"
    least = "of 0 or more" if _may_be_zero(default) else "above 0"
    names = {
        int: f"an int {least}",
        float: f"a number {least}",
        str: "a text",
        bool: "true or false",
        types.NoneType: "nothing",
    }
    return names.get(kind, "an object")
