"""What is said of how the records divide."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from ..content import Shares
from ..finding import Finding, Place
from .tally import ABSENT, LABEL, ROLE_ORDER

LANGUAGE: Final = "language"

_SHOWN: Final = 10  # values
_PER_VALUE: Final = 4  # records, on average, of a property that divides a dataset
_MOST_LABEL: Final = 0.8
_MOST_FIELD: Final = 0.9
_CHOICES: Final = frozenset("ABCDEFGHabcdefgh")
_LEAST_CHOICES: Final = 3
_MOST_CHOICE: Final = 2  # times its even share
LEAST_RECORDS: Final = 50
"""For a share to be told from chance."""

_LEAST_DIFFERENCE: Final = 0.1
_CHANCE: Final = 0.001  # that parts drawn alike are said to differ


def shares_of(name: str, counts: Counter[str]) -> Shares | None:
    """How the records divide by a property; None where its values are too many for that."""
    if counts.total() < _PER_VALUE * len(counts) and name not in (ROLE_ORDER, LANGUAGE):
        return None
    return Shares(name, {value: number / counts.total() for value, number in counts.most_common(_SHOWN)}, len(counts))


def skew(found: Shares, records: int, place: Place) -> Iterator[Finding]:
    """What is too much of one value.

    Args:
        records: How many the shares are of.
    """
    value, share = next(iter(found.shares.items()))
    if records < LEAST_RECORDS or value == ABSENT or found.name in (ROLE_ORDER, LANGUAGE):
        return
    is_label = found.name == LABEL or found.name.startswith("reference_answer")
    if is_label and share > _MOST_LABEL:
        yield place.warning(
            "label-skewed",
            f"is {value!r} in {share:.0%} of {records:,} records: always answering so would earn that much",
            expected=f"no answer in more than {_MOST_LABEL:.0%}, so that there is something to learn from the prompts",
            field=_path(found.name),
        )
    elif is_label and _are_choices(found) and share * found.distinct > _MOST_CHOICE:
        yield place.warning(
            "choice-skewed",
            f"is {value!r} in {share:.0%} of {records:,} records with {found.distinct} choices",
            expected=f"every choice about as often, {1 / found.distinct:.0%}: shuffle them, or their places are learnt",
            field=_path(found.name),
        )
    elif not is_label and found.distinct > 1 and share > _MOST_FIELD:
        yield place.warning(
            "field-skewed",
            f"is {value!r} in {share:.0%} of {records:,} records",
            expected=f"more of the other {found.distinct - 1:,}, if they are to be learnt: a batch holds few of them",
            field=found.name,
        )


def difference(name: str, train: Counter[str], other: Counter[str], place: Place) -> Iterator[Finding]:
    """Whether a part divides otherwise than the training records, by more than chance.

    The distance is that of total variation: the share of the records that would have to have another value.
    """
    distance = _distance(train, other)
    if distance > max(_LEAST_DIFFERENCE, _by_chance(train, other)):
        value = max(
            train.keys() | other.keys(), key=lambda each: (abs(_share(train, each) - _share(other, each)), each)
        )
        field = _path(name)
        yield place.warning(
            "parts-differ",
            f"{'' if field else f'{name} '}divides otherwise than in the training records: {value!r} in "
            f"{_share(other, value):.0%} here, in {_share(train, value):.0%} there, and {distance:.0%} of the records "
            "would need another value",
            expected="parts that are drawn at random from the same records, so that their rewards can be compared",
            field=field,
        )


def _path(name: str) -> str:
    """Where in a record a property is; empty where it is that of the whole."""
    return {LABEL: "reference_answer", LANGUAGE: "", ROLE_ORDER: ""}.get(name, name)


def _distance(one: Counter[str], other: Counter[str]) -> float:
    return sum(abs(_share(one, value) - _share(other, value)) for value in one.keys() | other.keys()) / 2


def _by_chance(one: Counter[str], other: Counter[str]) -> float:
    """The distance that parts drawn alike exceed once in a thousand.

    Mean of the distance for normal errors, and above it McDiarmid's bound for independent draws.
    """
    scale = 1 / one.total() + 1 / other.total()
    pooled = one + other
    spreads = (share * (1 - share) for share in (_share(pooled, value) for value in pooled))
    mean = sum(math.sqrt(2 * spread * scale / math.pi) for spread in spreads) / 2
    return mean + math.sqrt(scale * math.log(1 / _CHANCE) / 2)


def _share(counts: Mapping[str, int], value: str) -> float:
    return counts.get(value, 0) / max(sum(counts.values()), 1)


def _are_choices(found: Shares) -> bool:
    return found.distinct >= _LEAST_CHOICES and all(value in _CHOICES for value in found.shares)
