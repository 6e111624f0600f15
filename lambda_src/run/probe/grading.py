"""Asking the project's grader for rewards, batch by batch."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeGuard

from ...reward.batched import NEVER, Deadline
from ...reward.rollout import TransientError
from .failures import ProbeError
from .rollout import Rollout

Grade = Callable[[Sequence[Mapping[str, Any]]], Any]
"""Takes payload items as Bedrock sends them and returns the grader's answer."""

BATCH: Final = 16
"""Items per call; Lambda takes 6 MB."""

_TRIES: Final = 3
_PAUSE_SECONDS: Final = 1.0  # before the second try, doubled before the third


@dataclass(frozen=True, slots=True)
class Earned:
    """What one item earned.

    Attributes:
        reward: In [0, 1]; None where it could not be graded.
        parts: What each part of the rubric gave, by name.
        error: Why it could not be graded.
    """

    reward: float | None
    parts: Mapping[str, float] = field(default_factory=dict)
    error: str = ""


@dataclass(slots=True)
class Grader:
    """A grader that is asked in batches.

    Attributes:
        slowest: Seconds of its longest batch.
    """

    grade: Grade
    deadline: Deadline = NEVER
    slowest: float = 0.0

    def graded(self, rollouts: Sequence[Rollout]) -> list[Rollout]:
        """The rollouts of one batch with what they earned.

        Raises:
            ProbeError: The grader fails, or its answer is malformed.
        """
        earned = self.earned([rollout.item() for rollout in rollouts])
        return [
            replace(rollout, reward=each.reward, parts=each.parts, error=each.error)
            for rollout, each in zip(rollouts, earned, strict=True)
        ]

    def earned(self, items: Sequence[Mapping[str, Any]]) -> list[Earned]:
        """What the items of one batch earn, in order.

        Raises:
            ProbeError: The grader fails, or its answer is malformed.
        """
        started = time.monotonic()
        answer = self._patiently(items)
        self.slowest = max(self.slowest, time.monotonic() - started)
        if not isinstance(answer, list) or len(answer) != len(items):
            found = f"{len(answer)} scores" if isinstance(answer, list) else f"a {type(answer).__name__}"
            raise ProbeError(f"the grader returned {found} for {len(items)} items; expected one score per item")
        return [_read(item, score) for item, score in zip(items, answer, strict=True)]

    def _patiently(self, items: Sequence[Mapping[str, Any]]) -> Any:
        for attempt in range(_TRIES):
            try:
                return self.grade(items)
            except TransientError as error:
                pause = _PAUSE_SECONDS * 2**attempt
                if attempt == _TRIES - 1 or self.deadline.remaining < pause:
                    raise ProbeError(f"the grader could not answer {attempt + 1} times: {error}") from error
                time.sleep(pause)
            except Exception as error:  # the grader is the project's own code and may raise anything
                raise ProbeError(f"the grader failed: {type(error).__name__}: {error}") from error
        raise AssertionError("the last try returns or raises")


def _read(item: Mapping[str, Any], score: Any) -> Earned:
    if not isinstance(score, Mapping) or score.get("id") != item["id"]:
        given = score.get("id", "no id") if isinstance(score, Mapping) else score
        raise ProbeError(f"the grader returned {given!r}; expected the id {item['id']} in its place")
    if score.get("error"):
        return Earned(None, error=str(score["error"]))
    reward = score.get("aggregate_reward_score")
    if not _is_number(reward) or not 0 <= reward <= 1:
        raise ProbeError(f"{item['id']}: aggregate_reward_score is {reward!r}; expected a number from 0 to 1")
    return Earned(float(reward), _parts(score.get("metrics_list")))


def _parts(entries: Any) -> dict[str, float]:
    return {
        str(entry["name"]): float(entry["value"])
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and entry.get("type") == "Reward" and _is_number(entry.get("value"))
    }


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
