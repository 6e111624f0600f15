"""Texts with places for parts of a record and of a response, in the notation of OpenAI's graders.

``{{ item.label }}`` is a field of the record, ``{{ sample.output_text }}`` the response, and
``{{ sample.output_json.name }}`` a part of a response that is JSON and nothing else.
https://developers.openai.com/api/docs/guides/graders#templating
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

from ...rollout import RecordError, Rollout
from .._structured import json as _json

_PLACE: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH: Final = re.compile(r"\s*(item|sample)((?:\.[A-Za-z_][\w-]*|\[[0-9]+\])+)\s*")
_STEP: Final = re.compile(r"\.([A-Za-z_][\w-]*)|\[([0-9]+)\]")

Step = str | int


class TemplateError(ValueError):
    """A place that nothing can be put into."""


class Place(NamedTuple):
    """Where a value comes from: ``item`` or ``sample``, and the way to it."""

    namespace: str
    steps: tuple[Step, ...]


@lru_cache(maxsize=64)
def parsed(template: str) -> tuple[str | Place, ...]:
    """The texts and places of a template, in order.

    Raises:
        TemplateError: A place is in another notation, or of the sample something else than its text or JSON.

    >>> parsed("= {{ item.answer[0] }}")
    ('= ', Place(namespace='item', steps=('answer', 0)))
    """
    return tuple(_parts(template))


def rendered(template: str, rollout: Rollout) -> str | None:
    """The template with everything in its place; None if the response is not of the form that it asks for.

    Texts are put in as they are, everything else as JSON.

    Raises:
        RecordError: The record lacks a field.

    >>> rendered("{{item.unit}}: {{ sample.output_text }}", Rollout("a", "42", fields={"unit": "eggs"}))
    'eggs: 42'
    """
    values: list[str] = []
    for part in parsed(template):
        value = part if isinstance(part, str) else _value(part, rollout)
        if value is None:
            return None
        values.append(value)
    return "".join(values)


def _parts(template: str) -> Iterator[str | Place]:
    end = 0
    for match in _PLACE.finditer(template):
        if match.start() > end:
            yield template[end : match.start()]
        yield _place(match)
        end = match.end()
    if end < len(template):
        yield template[end:]


def _place(match: re.Match[str]) -> Place:
    path = _PATH.fullmatch(match[1])
    if path is None:
        raise TemplateError(f"{match[0]}; expected {{{{ item.<field> }}}} or {{{{ sample.output_text }}}}")
    steps: tuple[Step, ...] = tuple(name or int(index) for name, index in _STEP.findall(path[2]))
    if path[1] == "sample" and steps != ("output_text",) and steps[0] != "output_json":
        raise TemplateError(f"{match[0]}; of the sample there are output_text and output_json")
    return Place(path[1], steps)


def _value(place: Place, rollout: Rollout) -> str | None:
    if place.namespace == "item":
        return _field(place.steps, rollout)
    if place.steps == ("output_text",):
        return rollout.response
    found = _json.find(rollout.response)
    if not found.is_alone:
        return None
    try:
        return _text(_follow(found.value, place.steps[1:]))
    except LookupError:
        return None


def _field(steps: tuple[Step, ...], rollout: Rollout) -> str:
    if steps == ("reference_answer",) and rollout.reference is not None:  # whatever it is wrapped in
        return rollout.reference
    try:
        return _text(_follow(rollout.fields, steps))
    except LookupError:
        path = "item" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
        raise RecordError(
            f"rollout {rollout.id}: no {path}; expected it in every record (found {sorted(rollout.fields)})"
        ) from None


def _follow(value: Any, steps: tuple[Step, ...]) -> Any:
    for step in steps:
        if not isinstance(value, dict if isinstance(step, str) else list):
            raise LookupError(step)
        value = cast(Any, value)[step]
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
