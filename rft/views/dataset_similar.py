"""Prompts that are alike: one sentence and groups by size."""

from collections.abc import Mapping
from typing import Any

from rft.views.figures import is_number, percent, section_of

_BUCKETS = ((2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, None))
"""Sizes of groups that are counted together."""


def sentence(dataset: Mapping[str, Any]) -> str:
    """Duplicates and leakage in words; empty where nothing is known of them.

    >>> sentence({"content": {"lengths": {"train": {}}, "similar": {"exact": 1, "near": 0}}})
    '1 prompt repeats an earlier one, 0 nearly do.'
    """
    content = section_of(dataset, "content")
    similar, parts = section_of(content, "similar"), section_of(content, "lengths")
    if not similar or not parts:
        return ""
    return " ".join([_repeated(similar), *([_leaked(similar)] if len(parts) > 1 else [])])


def groups(dataset: Mapping[str, Any]) -> dict[str, int]:
    """How many groups of alike prompts there are of each size, sizes counted together as they grow.

    >>> groups({"content": {"similar": {"groups": {"2": 7, "4": 1, "5": 2}}}})
    {'2': 7, '4 to 5': 3}
    """
    found: dict[str, int] = {}
    sizes = section_of(dataset, "content", "similar", "groups")
    for size, number in sorted((int(size), number) for size, number in sizes.items() if is_number(number)):
        low, high = next(bounds for bounds in _BUCKETS if bounds[1] is None or size <= bounds[1])
        label = str(low) if low == high else f"{low} to {high}" if high else f"over {low - 1}"
        found[label] = found.get(label, 0) + int(number)
    return found


def _repeated(similar: Mapping[str, Any]) -> str:
    exact, near, largest = (_count(similar, "exact"), _count(similar, "near"), similar.get("largest"))
    repeat = f"{exact:,} prompts repeat" if exact > 1 else "1 prompt repeats" if exact else "No prompt repeats"
    cluster = f"; the largest cluster holds {percent(largest)} of the training records" if largest else ""
    nearly = f"{near:,} nearly {'does' if near == 1 else 'do'}" if exact + near else "exactly or nearly"
    return f"{repeat} an earlier one, {nearly}{cluster}."


def _leaked(similar: Mapping[str, Any]) -> str:
    leaked = _count(similar, "leaked")
    if not leaked:
        return "None of validation or test is in the training file."
    return f"{leaked:,} of validation or test {'is' if leaked == 1 else 'are'} (nearly) in the training file."


def _count(similar: Mapping[str, Any], key: str) -> int:
    value = similar.get(key)
    return int(value) if is_number(value) else 0
