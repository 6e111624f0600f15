"""Responses' code on their records' cases: what the reward functions of ``code`` have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ...batched import Deadline
from ...rollout import RecordError, Rollout
from ...sandbox_client import execute
from .block import Fence, code_block
from .reference import Reference

_MOST_REASON: Final = 200  # characters


@dataclass(frozen=True, slots=True)
class Trial:
    """How a response's code did.

    Attributes:
        share: Of the cases, those that passed.
        cpu_seconds: Processor time of all cases, as the kernel counts it.
        reason: What became of the cases, in words.
    """

    share: float
    cpu_seconds: float = 0.0
    reason: str = ""

    @property
    def passed(self) -> bool:
        return self.share == 1.0  # a quotient of equal numbers


@dataclass(frozen=True, slots=True)
class Settings:
    """How code is found and held."""

    seconds_per_case: float
    memory_mb: int
    fence: Fence


def trials(rollouts: Sequence[Rollout], deadline: Deadline, settings: Settings) -> list[Trial | RecordError]:
    """Try the code of each rollout; what has none fails every case without being run.

    Raises:
        TransientError: There is no time left, or the sandbox does not work at the moment.
    """
    references = [_reference(rollout) for rollout in rollouts]
    codes = [code_block(rollout.response, settings.fence) for rollout in rollouts]
    limits = {"seconds_per_case": settings.seconds_per_case, "memory_mb": settings.memory_mb}
    items = {
        i: {**reference.item, "code": code, **limits}
        for i, (code, reference) in enumerate(zip(codes, references, strict=True))
        if code.strip() and isinstance(reference, Reference)
    }
    results = dict(zip(items, execute(list(items.values()), deadline), strict=True))
    return [
        reference if isinstance(reference, RecordError) else _trial(rollout, reference, results.get(i))
        for i, (rollout, reference) in enumerate(zip(rollouts, references, strict=True))
    ]


def _reference(rollout: Rollout) -> Reference | RecordError:
    try:
        return Reference.of(rollout)
    except RecordError as unreadable:
        return unreadable


def _trial(rollout: Rollout, reference: Reference, result: Mapping[str, Any] | None) -> Trial | RecordError:
    if result is None:
        return Trial(0.0, reason="no code")
    if "lost" in result:
        return RecordError(f"rollout {rollout.id}: {result['lost']}")
    if "invalid" in result:
        return RecordError(f"rollout {rollout.id}: reference_answer.tests: {result['invalid']}")
    outcomes = result["outcomes"]
    passed = reference.passed(outcomes)
    names = result.get("cases") or [f"case {i}" for i in range(1, len(outcomes) + 1)]
    told = f"{sum(passed)} of {len(passed)} cases passed"
    if not all(passed):
        first = passed.index(False)
        told += f"; {names[first]}: {_told(outcomes[first])}"
    return Trial(sum(passed) / len(passed), result["cpu_seconds"], told)


def _told(outcome: Mapping[str, Any]) -> str:
    match outcome:
        case {"error": name, "message": message}:
            text = message or name
        case {"stopped": why}:
            text = f"stopped ({why})"
        case _:
            text = f"returned {outcome.get('value')!r}"
    return str(text)[:_MOST_REASON]
