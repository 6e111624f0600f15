r"""JSON Schema, draft 7, compiled once per schema.

The validator is fastjsonschema (https://github.com/horejsek/python-fastjsonschema, 2.22). It turns a schema into Python
code, so schemas come from the dataset and the project, never from a response. What it would get wrong or leave out
silently is refused when the schema is compiled:

- keywords of later drafts, which it ignores;
- references to other documents, which it would download;
- patterns that repeat a repetition, such as ``(a+)+``, which some texts keep busy for ever.

Texts with a ``pattern`` or ``format``, and names that meet ``patternProperties``, are 1,000 characters long at most
unless the schema sets another ``maxLength`` or ``propertyNames``.
``default`` is left out: an answer is to be judged, not completed. Values are expected from ``_structured.json``, so
that they hold neither NaN nor infinity, which pass every bound.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from .json import JsonError, loads
from .memo import by_content

_LONGEST: Final = 1_000  # characters; patterns with two repetitions side by side take the square of it
_DEEPEST: Final = 64

_LATER_DRAFTS: Final = {
    *("$dynamicRef", "$recursiveRef", "dependentRequired", "dependentSchemas", "maxContains", "minContains"),
    *("prefixItems", "unevaluatedItems", "unevaluatedProperties"),
}
_NAMES: Final = ("$id", "id")  # of schemas: all references are to places in the document
_ONE: Final = (
    "additionalItems",
    "additionalProperties",
    "contains",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
)
_SOME: Final = ("allOf", "anyOf", "items", "oneOf")
_NAMED: Final = ("$defs", "definitions", "dependencies", "patternProperties", "properties")

_PATTERN_TOKEN: Final = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\((?:\?>)?)|(\))|([*+]|\{[0-9]*,\})([+]?)", re.DOTALL
)

_NO_SCHEMA: Final = (re.error, AttributeError, LookupError, TypeError, ValueError, SyntaxError)
"""What else the validator raises over an object that is no schema."""


class SchemaError(ValueError):
    """A schema that cannot be used; says where in it."""


def is_valid(value: Any, schema: object) -> bool:
    """Whether a value is what a schema asks for.

    Args:
        value: As ``_json.loads`` gives it.
        schema: An object, or its JSON text.

    Raises:
        SchemaError: The schema cannot be used.

    >>> is_valid({"n": 1.0}, {"properties": {"n": {"type": "integer"}}, "required": ["n"]})
    True
    """
    return compiled(schema)(value)


@by_content
def compiled(schema: object) -> Callable[[Any], bool]:
    """The check that a schema stands for; a schema is compiled once.

    Raises:
        SchemaError: The schema cannot be used.
    """
    import fastjsonschema  # noqa: PLC0415 - 30 ms, for those who validate

    try:
        definition = loads(schema if isinstance(schema, str) else json.dumps(schema))
    except (JsonError, TypeError) as error:
        raise SchemaError(f"no JSON ({error}); expected a JSON Schema: an object or its JSON text") from None
    definition = _checked(definition, "#", 0)
    try:
        validate = fastjsonschema.compile(definition, use_default=False, detailed_exceptions=False)
    except (fastjsonschema.JsonSchemaDefinitionException, *_NO_SCHEMA) as error:
        raise SchemaError(f"{type(error).__name__}: {error}; expected JSON Schema, draft 7") from None

    def check(value: Any) -> bool:
        try:
            validate(value)
        except fastjsonschema.JsonSchemaException:
            return False
        return True

    return check


def _checked(schema: Any, where: str, depth: int) -> Any:
    """The schema without what the validator trips over.

    Raises:
        SchemaError: It holds what the validator does not support.
    """
    if isinstance(schema, bool):
        return schema
    if not isinstance(schema, dict) or depth > _DEEPEST:
        raise SchemaError(f"{where}: {str(schema)[:80]}; expected a JSON Schema of at most {_DEEPEST} levels")
    for problem in _problems(schema):
        raise SchemaError(f"{where}: {problem}")
    known = {key: _checked_value(key, value, f"{where}/{key}", depth + 1) for key, value in schema.items()}
    for name in _NAMES:
        known.pop(name, None)
    if "pattern" in schema or "format" in schema:
        known.setdefault("maxLength", _LONGEST)
    if "const" in schema:  # the validator cannot compile it without its detailed messages
        known["allOf"] = [*known.get("allOf", []), {"enum": [known.pop("const")]}]
    if "patternProperties" in schema:
        known.setdefault("propertyNames", {"maxLength": _LONGEST})
    return known


def _checked_value(key: str, value: Any, where: str, depth: int) -> Any:
    """What stands under a keyword; dependencies may be lists of names, too."""
    if key in _NAMED and isinstance(value, dict):
        parts = value.items()
        return {n: part if isinstance(part, list) else _checked(part, f"{where}/{n}", depth) for n, part in parts}
    if key in _SOME and isinstance(value, list):
        return [_checked(part, f"{where}/{place}", depth) for place, part in enumerate(value)]
    return _checked(value, where, depth) if key in _ONE else value


def _problems(schema: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(_LATER_DRAFTS & schema.keys()):
        yield f"{key} is of a later draft; expected draft 7"
    reference = schema.get("$ref", "#")
    if not isinstance(reference, str) or not reference.startswith("#"):
        yield f"$ref {reference!r} leads to another document; expected '#/definitions/...'"
    named = schema.get("patternProperties")
    for pattern in (schema.get("pattern"), *(named if isinstance(named, dict) else ())):
        if isinstance(pattern, str) and _repeats_a_repetition(pattern):
            yield (
                f"pattern {pattern!r} repeats a repetition, which some texts keep busy for ever; "
                "expected a possessive one inside, such as (?:,[0-9]++)*"
            )


def _repeats_a_repetition(pattern: str) -> bool:
    groups = [(False, False)]  # of each open group: whether it is atomic, whether it holds a repetition with a choice
    closed, end = False, -1  # of the group that has just been closed
    for token in _PATTERN_TOKEN.finditer(pattern):
        opening, closing, repetition, possessive = token.groups()
        if opening:
            groups.append((opening == "(?>", False))
        elif closing and len(groups) > 1:
            is_atomic, holds = groups.pop()
            closed, end = holds and not is_atomic, token.end()
            groups[-1] = groups[-1][0], groups[-1][1] or closed
        elif repetition and not possessive:
            if closed and token.start() == end:
                return True
            groups[-1] = groups[-1][0], True
    return False
