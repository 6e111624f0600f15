"""Counts rollouts off into training steps: they carry no step number.

A policy is updated when all rollouts of a step are graded, so those of the next step come later. What has not become
a step yet is read again at the next look, which makes a look repeatable and the state small.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ...reward.rollout_row import Row
from .rollouts import Batch, payload

WHOLE: Final = -1
"""Number of rows taken of a batch that has been taken altogether."""


@dataclass(frozen=True, slots=True)
class Full:
    """A training step with all of its rollouts.

    Attributes:
        validation: Responses to validation prompts that came before the last of them, after those of the step before.
    """

    training: Sequence[Row]
    validation: Sequence[Row]


@dataclass(slots=True)
class Counter:
    """Takes batches in the order of time.

    Attributes:
        size: Rollouts of a training step.
        prompts: Ids of the validation set's prompts.
        taken: How many of its rows earlier steps hold, by name of the batch; ``WHOLE`` for all.
        training: Rollouts of the step that is not full yet.
        validation: Responses to validation prompts since the last full step.
        open: Names of the batches that these come from.
        calls: Batches that steps hold.
        milliseconds: What grading those took.
    """

    size: int
    prompts: Container[str]
    taken: dict[str, int] = field(default_factory=dict)
    training: list[Row] = field(default_factory=list)
    validation: list[Row] = field(default_factory=list)
    open: dict[str, float] = field(default_factory=dict)
    calls: int = 0
    milliseconds: float = 0.0
    _first: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in sorted(self.taken):
            self._first.setdefault(payload(name), name)

    def add(self, batch: Batch) -> Iterator[Full]:
        """Count a batch; the steps that it fills. Training rollouts that Bedrock sent twice count once."""
        begin = self.taken.get(batch.name, 0)
        is_first = self._first.setdefault(payload(batch.name), batch.name) == batch.name
        self.open[batch.name] = max((row.milliseconds for row in batch.rows), default=0.0)
        for place, row in enumerate(batch.rows[begin:], begin + 1):
            if row.prompt_id in self.prompts:
                self.validation.append(row)
            elif is_first:
                self.training.append(row)
                if len(self.training) == self.size:
                    yield self._fill(batch, place)

    def _fill(self, batch: Batch, place: int) -> Full:
        """Close the step with the row at ``place``, counted from 1."""
        full = Full(self.training, self.validation)
        rest = {batch.name: self.open.pop(batch.name)} if place < len(batch.rows) else {}
        self.calls += len(self.open)
        self.milliseconds += sum(self.open.values())
        self.taken |= dict.fromkeys(self.open, WHOLE)
        if rest:
            self.taken[batch.name] = place
        self.training, self.validation, self.open = [], [], rest
        return full


def kept(taken: Mapping[str, int], *, since: str) -> dict[str, int]:
    """What has to be remembered of batches from a name on; names begin with the time."""
    return {name: rows for name, rows in taken.items() if name >= since}
