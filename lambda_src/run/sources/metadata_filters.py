"""Which logged calls are meant, by the metadata that callers gave them.

The structure and its bounds are those of ``RequestMetadataFilters`` in Bedrock's API (botocore 1.44.5): a filter reads
the same in a customization job's ``invocationLogsConfig`` and here.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_RequestMetadataFilters.html
The page does not say what ``notEquals`` makes of a call without the key; here such a call is not equal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

MOST_CONDITIONS: Final = 16

_EQUALS: Final = "equals"
_NOT_EQUALS: Final = "notEquals"
_AND: Final = "andAll"
_OR: Final = "orAll"
_CHARACTERS: Final = r"[a-zA-Z0-9\s._:/=+$@-]"
_KEY: Final = re.compile(rf"{_CHARACTERS}{{1,256}}")
_VALUE: Final = re.compile(rf"{_CHARACTERS}{{0,256}}")
_WHERE: Final = re.compile(r"([^=!]*)(!?=)(.*)", re.DOTALL)


class FilterError(ValueError):
    """A filter that Bedrock's API would not take; names the place in it."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A value that a key is to have, or is not to have."""

    key: str
    value: str
    is_equal: bool

    def holds(self, metadata: Mapping[str, Any]) -> bool:
        return (metadata.get(self.key) == self.value) is self.is_equal

    def to_json(self) -> dict[str, Any]:
        return {_EQUALS if self.is_equal else _NOT_EQUALS: {self.key: self.value}}


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions of which all are to hold, or any.

    Attributes:
        groups: Conditions that are one element of the API's list; all of an element are to hold together.
        is_any: Whether one group that holds is enough.
    """

    groups: tuple[tuple[Condition, ...], ...]
    is_any: bool = False

    @classmethod
    def of_json(cls, given: object) -> "Filters":
        """Read the API's structure.

        Raises:
            FilterError: It is another one.

        >>> Filters.of_json({"orAll": [{"equals": {"team": "support"}}, {"notEquals": {"stage": "test"}}]}).is_any
        True
        """
        kinds = (_EQUALS, _NOT_EQUALS, _AND, _OR)
        if not isinstance(given, Mapping) or len(given) != 1 or next(iter(given)) not in kinds:
            raise FilterError(f"filters: {_short(given)}; expected an object with one of {', '.join(kinds)}")
        ((kind, inside),) = given.items()
        if kind in (_EQUALS, _NOT_EQUALS):
            return cls((tuple(_conditions("filters", given)),))
        if not isinstance(inside, Sequence) or isinstance(inside, str) or not 1 <= len(inside) <= MOST_CONDITIONS:
            raise FilterError(f"filters.{kind}: {_short(inside)}; expected a list of 1 to {MOST_CONDITIONS} conditions")
        groups = (tuple(_conditions(f"filters.{kind}[{i}]", one)) for i, one in enumerate(inside))
        return cls(tuple(groups), is_any=kind == _OR)

    @classmethod
    def where(cls, conditions: Sequence[str], *, is_any: bool = False) -> "Filters":
        """Read ``key=value`` and ``key!=value``; keys that hold one of these signs need the API's structure.

        Raises:
            FilterError: One is neither, or there are too many.

        >>> Filters.where(["team=support", "stage!=test"]).to_json()
        {'andAll': [{'equals': {'team': 'support'}}, {'notEquals': {'stage': 'test'}}]}
        """
        read: list[dict[str, Any]] = []
        for one in conditions:
            match = _WHERE.fullmatch(one)
            if match is None:
                raise FilterError(f"where {one!r}: expected key=value or key!=value")
            key, sign, value = match.groups()
            read.append({_EQUALS if sign == "=" else _NOT_EQUALS: {key: value}})
        return cls.of_json(read[0] if len(read) == 1 else {_OR if is_any else _AND: read})

    def match(self, metadata: Mapping[str, Any]) -> bool:
        """Whether a call with this metadata is meant."""
        return (any if self.is_any else all)(all(one.holds(metadata) for one in group) for group in self.groups)

    def to_json(self) -> dict[str, Any]:
        """The API's structure."""
        groups = [{key: value for one in group for key, value in one.to_json().items()} for group in self.groups]
        is_single = len(groups) == 1 and len(groups[0]) == 1 and not self.is_any
        return groups[0] if is_single else {_OR if self.is_any else _AND: groups}


def _conditions(where: str, given: object) -> Iterator[Condition]:
    """What one element of the API's lists asks for."""
    if not isinstance(given, Mapping) or not given or not set(given) <= {_EQUALS, _NOT_EQUALS}:
        raise FilterError(f"{where}: {_short(given)}; expected an object with {_EQUALS}, {_NOT_EQUALS} or both")
    for kind, pair in given.items():
        if not isinstance(pair, Mapping) or len(pair) != 1:
            raise FilterError(f"{where}.{kind}: {_short(pair)}; expected an object with one key")
        ((key, value),) = pair.items()
        for part, text, form in (("key", key, _KEY), ("value", value, _VALUE)):
            if not isinstance(text, str) or not form.fullmatch(text):
                raise FilterError(
                    f"{where}.{kind}: the {part} is {_short(text)}; expected a text of at most 256 of the characters "
                    f"that the API takes, {_CHARACTERS}"
                )
        yield Condition(key, value, kind == _EQUALS)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004
