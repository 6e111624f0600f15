"""Responses of known worth to a dataset record: what the grader audit grades and ``local.strategist`` chooses from.

One module per family of reward functions, with ``write(record, other)``. A family without a module, a project's own
for instance, is answered as ``text`` is; a record without a reference answer as ``without_reference`` says, where the
rubric needs none. None of this is part of the grader or of a run's digest.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any

from ...reward.references import needs_reference
from ...reward.rollout import reference_text
from ...reward.rubric import Rubric
from . import without_reference
from .candidate import Candidate, Worth

__all__ = ["FALLBACK", "Candidate", "Worth", "candidates", "families", "is_without_reference", "respond"]

FALLBACK = "text"
"""The family that answers for those without a module."""


def candidates(rubric: Rubric, record: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """Responses to a record as the rubric's heaviest family of rewards expects them; the first is the right answer.

    No response is right where the record has no reference answer and the rubric needs none.

    Args:
        others: Further records of the dataset; the first with another reference lends its answer.

    Raises:
        RecordError: The record's reference answer is not what the family needs.
        ValueError: Every other record has the same reference, or there is none.
    """
    if is_without_reference(rubric, record):
        return list(without_reference.responses(record))
    return respond(rubric.family if find_spec(f"{__name__}.{rubric.family}") else FALLBACK, record, others)


def is_without_reference(rubric: Rubric, record: Mapping[str, Any]) -> bool:
    """Whether the record has no reference answer, and need not have one."""
    return "reference_answer" not in record and not needs_reference(rubric)


def respond(family: str, record: Mapping[str, Any], others: Sequence[Mapping[str, Any]]) -> list[Candidate]:
    """Responses to a record as one family of rewards expects them; otherwise as ``candidates``.

    Args:
        family: One of ``families()``.
    """
    own = _answer(record)
    other = next((o for o in others if "reference_answer" in o and _answer(o) != own), None)
    if other is None:
        raise ValueError(f"record {record.get('id')}: no other record has another reference answer to confuse it with")
    found: list[Candidate] = list(import_module(f".{family}", __name__).write(record, other))
    return found


def _answer(record: Mapping[str, Any]) -> Any:
    """What a record expects, without the way there."""
    reference = record.get("reference_answer")
    return reference_text(reference) or reference


def families() -> list[str]:
    """The families of reward functions that have responses of their own, by name."""
    modules = sorted(module.name for module in iter_modules(__path__))
    return [name for name in modules if hasattr(import_module(f".{name}", __name__), "write")]
