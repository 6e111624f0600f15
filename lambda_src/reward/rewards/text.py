"""Rewards for the form of a response. None of them knows whether it is right: add them in small weights.

They pay for what is easy to count, so a policy that is paid for nothing else learns to fill lines with
anything. The audit of a project says so before a job starts.
"""

from collections.abc import Mapping
from typing import Any

from ..rollout import RecordError, Rollout, reference_text


def worked_steps(rollout: Rollout, *, steps: int = 12) -> float:
    r"""Share of ``steps`` lines that the response fills, whatever they say; exploitable by padding.

    >>> worked_steps(Rollout("a", "21 + 21 = 42\n\n#### 42"), steps=4)
    0.5
    """
    lines = sum(1 for line in rollout.response.splitlines() if line.strip())
    return min(lines / steps, 1.0)


def max_words(rollout: Rollout, *, words: int = 400) -> float:
    """1.0 for a response of one to ``words`` words, then falling as ``words`` per word written.

    >>> max_words(Rollout("a", "so it must be 42"), words=4)
    0.8
    """
    written = len(rollout.response.split())
    return min(words / written, 1.0) if written else 0.0


def parsed(rollout: Rollout) -> bool:
    """Whether the response says anything."""
    return bool(rollout.response)


def right_answer(record: Mapping[str, Any]) -> str:
    """The record's own solution and answer.

    Raises:
        RecordError: The record has no reference answer.
    """
    reference = record.get("reference_answer")
    text = reference_text(reference)
    if text is None:
        raise RecordError(f"record {record.get('id')}: no reference answer; expected reference_answer")
    solution = reference.get("solution") if isinstance(reference, Mapping) else None
    return f"{solution}\n{text}" if solution else text


def wrong_answer(record: Mapping[str, Any]) -> str:
    """A response of as many lines that says nothing."""
    return "\n".join("I do not know." for _ in right_answer(record).splitlines())
