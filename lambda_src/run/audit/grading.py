"""Asking the grader, batch by batch, with an eye on the clock."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from ...reward.batched import NEVER, Deadline
from ...reward.rollout import TransientError
from .latency import Batch, shown
from .trials import Graded, Trial

BATCH: Final = 16
"""Items per call; Lambda takes 6 MB."""

_TRIES: Final = 3
_PAUSE_SECONDS: Final = 1.0  # before the second try, doubled before the third
_TOKENS: Final = ("judgeInputTokens", "judgeOutputTokens")

Grade = Callable[[Sequence[Mapping[str, Any]]], Any]
"""Takes payload items as Bedrock sends them and returns the grader's answer, whatever that is."""


class UnusableGraderError(ValueError):
    """The grader raised, or answered something that is not one score per item."""


class TimeShortError(RuntimeError):
    """Another batch might not be answered in time."""


@dataclass(slots=True)
class Grader:
    """A grader that is asked in batches.

    Attributes:
        deadline: No batch is sent that would probably not be back by then.
        clock: In seconds; times the batches.
        progress: Called with the number of responses graded since the last call.
        batches: What each call took.
    """

    grade: Grade
    deadline: Deadline = NEVER
    clock: Callable[[], float] = time.perf_counter
    progress: Callable[[int], None] = lambda _: None
    batches: list[Batch] = field(default_factory=list)

    def rewards(self, trials: Sequence[Trial]) -> list[Graded]:
        """Grade one batch.

        Raises:
            UnusableGraderError: It failed, or its answer is malformed.
            TimeShortError: There is no time for it.
        """
        slowest = max((batch.seconds for batch in self.batches), default=0.0)
        left = self.deadline.remaining
        if left < slowest:
            raise TimeShortError(f"{shown(max(left, 0.0))} were left, and a batch takes {shown(slowest)}")
        started = self.clock()
        answer = self._patiently([trial.item for trial in trials])
        self.batches.append(Batch(self.clock() - started, tuple(trial.record for trial in trials)))
        self.progress(len(trials))
        return _read(trials, answer)

    def _patiently(self, items: Sequence[Mapping[str, Any]]) -> Any:
        for attempt in range(_TRIES):
            try:
                return self.grade(items)
            except TransientError as error:
                pause = _PAUSE_SECONDS * 2**attempt
                if attempt == _TRIES - 1 or self.deadline.remaining < pause:
                    raise UnusableGraderError(f"the grader could not answer {attempt + 1} times: {error}") from error
                time.sleep(pause)
            except Exception as error:  # the grader is the project's own code and may raise anything
                raise UnusableGraderError(f"the grader failed: {type(error).__name__}: {error}") from error
        raise AssertionError("the last try returns or raises")


def batches_of(trials: Sequence[Trial]) -> list[Sequence[Trial]]:
    """The trials in batches, in order."""
    return [trials[start : start + BATCH] for start in range(0, len(trials), BATCH)]


def _read(trials: Sequence[Trial], answer: Any) -> list[Graded]:
    if not isinstance(answer, list):
        raise UnusableGraderError(
            f"the grader returned a {type(answer).__name__} ({str(answer)[:80]}); expected a list of scores"
        )
    if len(answer) != len(trials):
        raise UnusableGraderError(
            f"the grader returned {len(answer)} scores for {len(trials)} items; expected one per item"
        )
    return [_graded(trial, score) for trial, score in zip(trials, answer, strict=True)]


def _graded(trial: Trial, score: Any) -> Graded:
    where = f"record {trial.record}, {trial.candidate.strategy}"
    if not isinstance(score, Mapping) or score.get("id") != trial.id:
        given = score.get("id", "no id") if isinstance(score, Mapping) else score
        raise UnusableGraderError(f"{where}: the grader returned {given!r}; expected the id {trial.id} in its place")
    reward = score.get("aggregate_reward_score")
    if not _is_number(reward) or not 0 <= reward <= 1:
        raise UnusableGraderError(f"{where}: aggregate_reward_score is {reward!r}; expected a number from 0 to 1")
    tokens = _tokens(score.get("metrics_list"))
    return Graded(trial, float(reward), str(score.get("error") or ""), *(tokens.get(name) for name in _TOKENS))


def _tokens(entries: Any) -> dict[str, float]:
    return {
        entry["name"]: float(entry["value"])
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and entry.get("name") in _TOKENS and _is_number(entry.get("value"))
    }


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
