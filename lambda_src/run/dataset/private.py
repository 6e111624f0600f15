"""Personal data and secrets, record by record: what a model could learn to repeat."""

from collections.abc import Iterator
from typing import Any, Final

from ...private import credentials, personal
from ...private.hints import hints
from ...private.kind import Kind
from .finding import Finding, Place
from .record import Record

_PERSONAL: Final = "personal-data"
_SECRET: Final = "secret"  # noqa: S105 - the name of a rule
_LEAST: Final = 7  # characters of the shortest value that is looked for
_ADVICE: Final = {
    _PERSONAL: "nobody's data, as the model may repeat it; invented ones are in the domains and numbers for examples",
    _SECRET: "no secrets; this one is to be revoked, since everybody who reads the file has it",
}


def private(record: Record, place: Place) -> Iterator[Finding]:
    """The first value of each kind in a record, masked."""
    hint = hints(record)
    if not hint:
        return
    texts = list(_texts(record))
    for rule, kinds in ((_PERSONAL, personal.KINDS), (_SECRET, credentials.KINDS)):
        for kind in kinds:
            if kind.hint in hint:
                yield from _first(kind, texts, rule, place)


def _first(kind: Kind, texts: list[tuple[str, str]], rule: str, place: Place) -> Iterator[Finding]:
    for field, text in texts:
        for value in kind.values(text):
            yield place.warning(rule, f"holds {kind.name}: {kind.masked(value)}", expected=_ADVICE[rule], field=field)
            return


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a record that is long enough to hold something, with its path."""
    if isinstance(value, str):
        if len(value) >= _LEAST:
            yield field, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, f"{field}.{name}" if field else name)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _texts(part, f"{field}[{index}]")
