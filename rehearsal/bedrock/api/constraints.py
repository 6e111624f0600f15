"""The constraints of a service model that botocore leaves to the service: patterns, maxima, enumerations."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

# Equivalent without the ambiguity: `-*[…\-…]` repeated takes exponential time on a long run of hyphens.
_AMBIGUOUS = (r"(-*[a-zA-Z0-9\+\-\.])*", r"[a-zA-Z0-9\+\-\.]*")


def violations(value: Any, shape: Shape, path: str = "") -> Iterator[str]:
    """What the service would refuse in ``value``, worded as AWS words it.

    Types, required members and unknown members are botocore's ``ParamValidator``'s part and taken as checked.
    """
    if isinstance(shape, StructureShape):
        for name, member in () if shape.is_document_type else value.items():  # a document is any JSON
            yield from violations(member, shape.members[name], f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        yield from _length(value, shape, path)
        for index, item in enumerate(value, 1):
            yield from violations(item, shape.member, f"{path}.{index}.member")
    elif isinstance(shape, MapShape):
        yield from _map(value, shape, path)
    elif shape.type_name == "string":
        yield from _string(value, shape, path)
    elif shape.type_name in {"integer", "long", "float", "double"}:
        yield from _number(value, shape, path)


def _map(value: dict[str, Any], shape: MapShape, path: str) -> Iterator[str]:
    yield from _length(value, shape, path)
    for key, item in value.items():
        yield from violations(key, shape.key, f"{path}.key")
        yield from violations(item, shape.value, f"{path}.{key}")


def _refused(value: Any, path: str, expected: str) -> str:
    return f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {expected}"


def _length(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if (least := shape.metadata.get("min")) is not None and len(value) < least:
        yield _refused(value, path, f"have length greater than or equal to {least}")
    if (most := shape.metadata.get("max")) is not None and len(value) > most:
        yield _refused(value, path, f"have length less than or equal to {most}")


def _string(value: str, shape: Shape, path: str) -> Iterator[str]:
    too_long_or_short = list(_length(value, shape, path))
    yield from too_long_or_short
    if (allowed := shape.metadata.get("enum")) and value not in allowed:
        yield _refused(value, path, f"satisfy enum value set: [{', '.join(allowed)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not too_long_or_short and not _compiled(pattern).fullmatch(value):
        yield _refused(value, path, f"satisfy regular expression pattern: {pattern}")


def _number(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(value, bool):
        yield _refused(value, path, f"be of type {shape.type_name}")
        return
    if (least := shape.metadata.get("min")) is not None and value < least:
        yield _refused(value, path, f"have value greater than or equal to {least}")
    if (most := shape.metadata.get("max")) is not None and value > most:
        yield _refused(value, path, f"have value less than or equal to {most}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(*_AMBIGUOUS))
