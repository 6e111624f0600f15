"""How findings speak of JSON values."""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

_LONGEST = 40  # characters
_MOST = 8
_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number"}


def kind(value: Any) -> str:
    """The JSON type of a value, with its article.

    >>> kind([1]), kind(None)
    ('a list', 'null')
    """
    return next((name for of, name in _KINDS.items() if isinstance(value, of)), "null")


def short(value: Any) -> str:
    """A value as JSON, its end left out where that is long."""
    text = json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def said(holder: Mapping[str, Any], key: str) -> str:
    """What a field is, to follow its name.

    >>> said({"role": "bot"}, "role"), said({}, "role")
    ('is "bot"', 'is missing')
    """
    return f"is {short(holder[key])}" if key in holder else "is missing"


def some(values: Iterable[str]) -> str:
    """Values in a row, the first of them where there are many.

    >>> some(["id", "prompt"]), some([])
    ('id, prompt', 'nothing')
    """
    first = [value[:_LONGEST] for value in islice(values, _MOST + 1)]
    return ", ".join([*first[:_MOST], *(["..."] if len(first) > _MOST else [])]) or "nothing"


def below(field: str, key: str) -> str:
    """The path to a key of an object.

    >>> below("messages[0]", "role"), below("", "id")
    ('messages[0].role', 'id')
    """
    return f"{field}.{key[:_LONGEST]}" if field else key[:_LONGEST]
