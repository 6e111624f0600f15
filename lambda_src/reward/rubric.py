"""A set of reward functions that make one number per rollout.

The reward is the weighted mean of the values; entries that are gates keep the others from being paid until they are
met; penalties are subtracted at the end:

    reward = max(0, sum(weight * value) / sum(weight) - sum(penalty * (1 - value)))

where, as long as a gate is not met, the sum above the line runs over the gates alone.
"""

import math
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast

from .batched import NEVER, Deadline, Judgement
from .criterion import Call, Criterion, RubricError, family_module, known_functions
from .rollout import RecordError, Rollout, Score, TransientError, item_id

__all__ = ["Criterion", "Rubric", "RubricError", "known_functions"]


@dataclass(slots=True)
class Values:
    """What is known of one rollout while it is graded: the values by criterion, and why it cannot be graded."""

    values: dict[str, float] = field(default_factory=dict)
    parsed: bool = False
    error: str | None = None
    failed: str | None = None
    reasons: dict[str, str] = field(default_factory=dict)
    metrics: dict[str, float] = field(default_factory=dict)


Each = Callable[[Callable[[Rollout], Values], Sequence[Rollout]], Sequence[Values]]
"""Applies a function to every rollout; in the Lambda, in a process that can be killed."""


def in_this_process(function: Callable[[Rollout], Values], rollouts: Sequence[Rollout]) -> list[Values]:
    """Apply a function to every rollout, one after the other."""
    return [function(rollout) for rollout in rollouts]


class _Family(Protocol):
    """What a module of reward functions offers beside them."""

    def parsed(self, rollout: Rollout, /) -> bool: ...


@dataclass(frozen=True)
class Rubric:
    """Criteria that turn their values into one reward."""

    criteria: tuple[Criterion, ...]

    @classmethod
    def from_config(cls, entries: Sequence[Mapping[str, Any]]) -> "Rubric":
        """Read a rubric as project files write it.

        Raises:
            RubricError: An entry or the sum of the weights is not usable.
        """
        criteria = tuple(Criterion.of(f"reward[{i}]", entry) for i, entry in enumerate(entries))
        names = [criterion.name for criterion in criteria]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise RubricError(f"reward[{i}].name: {name} is listed twice; expected a name for each entry")
        if not sum(criterion.weight for criterion in criteria) > 0:
            raise RubricError("reward: the weights sum to 0; expected at least one weight above 0")
        return cls(criteria)

    @cached_property
    def family(self) -> str:
        """The family of the heaviest criterion: how responses to this project look."""
        return max(self.criteria, key=lambda criterion: criterion.weight).family

    @property
    def families(self) -> set[str]:
        return {call.family for criterion in self.criteria for call in criterion.calls}

    @cached_property
    def _single(self) -> tuple[Criterion, ...]:
        """Those that are applied to one rollout after the other."""
        return tuple(criterion for criterion in self.criteria if not criterion.takes_batch)

    @cached_property
    def _batched(self) -> tuple[Criterion, ...]:
        """The others, gates first: what they close need not be judged."""
        return tuple(sorted((c for c in self.criteria if c.takes_batch), key=lambda c: c.gate is None))

    @cached_property
    def _parsed(self) -> Callable[[Rollout], bool]:
        return cast(_Family, family_module(self.family)).parsed

    @cached_property
    def _total(self) -> float:
        return math.fsum(criterion.weight for criterion in self.criteria)

    @cached_property
    def _is_plain(self) -> bool:
        """Whether there are weights and nothing else."""
        return all(criterion.gate is None and not criterion.penalty for criterion in self.criteria)

    def preload(self) -> None:
        """Import what functions import with the first rollout that needs it: before a time limit holds."""
        for call in (call for criterion in self.criteria for call in criterion.calls):
            hook = getattr(family_module(call.family), "preload", None)
            if hook is not None:
                hook(call.function.__name__)

    def grade(
        self, items: Iterable[object], *, deadline: Deadline = NEVER, each: Each = in_this_process
    ) -> list[Score]:
        """Score a batch: same length, order and ids; what cannot be graded costs that item alone.

        Args:
            deadline: When the batch is cut off.
            each: How the functions that take single rollouts are applied to them.

        Raises:
            TransientError: The batch is to be tried again.
        """
        read = [_read(item) for item in items]
        readable = [rollout for rollout, error in read if error is None]
        graded = iter(self._graded(readable, deadline, each))
        return [next(graded) if error is None else _score_of(r, Values(error=error)) for r, error in read]

    def score(self, rollout: Rollout, *, deadline: Deadline = NEVER) -> Score:
        """Score one rollout; a bug in a reward function is an error of this score.

        Raises:
            TransientError: The rollout is to be graded again.
        """
        if self._batched:
            return self._graded([rollout], deadline, in_this_process)[0]
        known = self.evaluate(rollout)
        return _score_of(rollout, known, 0.0 if known.error else self._reward(known.values))

    def evaluate(self, rollout: Rollout) -> Values:
        """Apply the functions that take single rollouts.

        Raises:
            TransientError: The rollout is to be graded again.
        """
        known = Values()
        for criterion in self._single:
            try:
                known.values[criterion.name] = criterion.value(rollout)
            except TransientError:
                raise
            except Exception as bug:
                return _failed(rollout, criterion, bug)
        try:
            known.parsed = self._parsed(rollout)
        except Exception as bug:
            return _failed(rollout, self.criteria[0], bug)
        return known

    def _graded(self, rollouts: Sequence[Rollout], deadline: Deadline, each: Each) -> list[Score]:
        known = list(each(self.evaluate, rollouts))
        for criterion in self._batched:
            open_ = [i for i, values in enumerate(known) if values.error is None and self._is_open(values, criterion)]
            for call in criterion.calls if open_ else ():
                answers = _answers(call, [rollouts[i] for i in open_], deadline)
                for i, answer in zip(open_, answers, strict=True):
                    _add(known[i], criterion, rollouts[i], answer)
        return [
            _score_of(r, v, 0.0 if v.error else self._reward(v.values)) for r, v in zip(rollouts, known, strict=True)
        ]

    def _is_open(self, known: Values, criterion: Criterion) -> bool:
        """Whether a criterion may be paid, as far as is known; a closed gate spares the price of a judge."""
        return criterion.gate is not None or all(
            gate.is_met(known.values[gate.name]) for gate in self.criteria if gate.gate and gate.name in known.values
        )

    def _reward(self, values: Mapping[str, float]) -> float:
        # exact sums: full marks are to make 1.0, whatever the weights
        if self._is_plain:
            return math.fsum([criterion.weight * values[criterion.name] for criterion in self.criteria]) / self._total
        gates_met = all(c.is_met(values.get(c.name, 0.0)) for c in self.criteria)
        paid = self.criteria if gates_met else [c for c in self.criteria if c.gate is not None]
        mean = math.fsum(criterion.weight * values[criterion.name] for criterion in paid) / self._total
        lost = math.fsum(c.penalty * (1.0 - values.get(c.name, 1.0)) for c in self.criteria if c.penalty)
        return max(mean - lost, 0.0)


def _answers(call: Call, rollouts: Sequence[Rollout], deadline: Deadline) -> Sequence[Judgement | Exception]:
    """What a function says of each rollout, or why it cannot."""
    if not call.takes_batch:
        return [_attempt(call, rollout) for rollout in rollouts]
    try:
        return call.judgements(rollouts, deadline)
    except TransientError:
        raise
    except Exception as bug:
        return [bug] * len(rollouts)


def _attempt(call: Call, rollout: Rollout) -> Judgement | Exception:
    try:
        return Judgement(call.value(rollout))
    except TransientError:
        raise
    except Exception as bug:
        return bug


def _add(known: Values, criterion: Criterion, rollout: Rollout, answer: Judgement | Exception) -> None:
    if isinstance(answer, Exception):
        known.error, known.failed = _described(rollout, criterion, answer), criterion.name
        return
    known.values[criterion.name] = min(known.values.get(criterion.name, 1.0), answer.value)
    for name, number in answer.metrics.items():
        known.metrics[name] = known.metrics.get(name, 0.0) + number
    if answer.reason:
        known.reasons[criterion.name] = answer.reason


def _score_of(rollout: Rollout, known: Values, reward: float = 0.0) -> Score:
    if known.error is not None:
        return Score(rollout, reward=0.0, parsed=False, error=known.error, failed=known.failed)
    return Score(rollout, reward, known.values, parsed=known.parsed, reasons=known.reasons, metrics=known.metrics)


def _read(item: object) -> tuple[Rollout, str | None]:
    try:
        return Rollout.from_event(item), None
    except RecordError as unreadable:
        return Rollout(item_id(item), ""), str(unreadable)


def _failed(rollout: Rollout, criterion: Criterion, bug: Exception) -> Values:
    return Values(error=_described(rollout, criterion, bug), failed=criterion.name)


def _described(rollout: Rollout, criterion: Criterion, bug: Exception) -> str:
    if isinstance(bug, RecordError):
        return str(bug)
    frames = traceback.extract_tb(bug.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"rollout {rollout.id}: {criterion.name}: {type(bug).__name__}: {bug}{where}"
