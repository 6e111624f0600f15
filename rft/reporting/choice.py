"""Which rollouts of a run are worth a person's time: a few of each kind, no prompt twice in one kind."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean
from typing import Final

from lambda_src.reward.rollout_row import Row
from lambda_src.run.steps import Step

EACH: Final = 10
"""Rollouts of a kind."""

_LEAST_DROP: Final = 0.05  # of reward; less is noise


@dataclass(frozen=True, slots=True)
class Chosen:
    """A rollout to be shown.

    Attributes:
        step: The training step whose rollouts were graded at its time; None where that is not known.
        why: What is remarkable about it, beyond its kind; empty where nothing is.
    """

    row: Row
    step: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """Rollouts that are worth reading for the same reason."""

    name: str
    about: str
    chosen: tuple[Chosen, ...]


def choose(rows: Iterable[Row], steps: Sequence[Step]) -> list[Kind]:
    """The kinds that there are rollouts for; only those whose text is kept can be read.

    Args:
        steps: Of the run, to tell when a rollout was made.
    """
    texts = sorted((row for row in rows if row.response is not None), key=lambda row: row.time)
    graded = [row for row in texts if row.error is None]
    clock = _Clock.of(steps)
    kinds = (
        Kind(
            "Best paid",
            "What the grader pays most, newest first: is this what people want?",
            _first(graded, lambda row: -row.reward, clock),
        ),
        Kind(
            "Worst paid",
            "What the grader pays least, newest first: is any of it right?",
            _first(graded, lambda row: row.reward, clock),
        ),
        Kind(
            "Longest",
            "Loops, padding and answers that never end are here.",
            _first(graded, lambda row: -row.characters, clock),
        ),
        Kind(
            "Got worse",
            "Answers to one prompt, early and late, where the reward fell most: what the model has unlearnt.",
            _drops(graded, clock),
        ),
        Kind(
            "Not graded",
            "What the grader could not take.",
            _first([row for row in texts if row.error is not None], lambda _: 0.0, clock),
        ),
    )
    return [kind for kind in kinds if kind.chosen]


@dataclass(frozen=True, slots=True)
class _Clock:
    """Tells the step of a time."""

    times: Sequence[str]
    steps: Sequence[int]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "_Clock":
        known = sorted((step.time, step.step) for step in steps if step.time)
        return cls([time for time, _ in known], [step for _, step in known])

    def step(self, row: Row) -> int | None:
        place = bisect_left(self.times, row.time)
        return self.steps[place] if place < len(self.steps) else None


def _first(rows: Sequence[Row], rank: Callable[[Row], float], clock: _Clock) -> tuple[Chosen, ...]:
    """The lowest in rank, the newest of equals first, one of each prompt."""
    seen: set[str] = set()
    chosen: list[Chosen] = []
    newest = rows[::-1]
    for row in sorted(newest, key=rank):
        if row.prompt_id not in seen:
            seen.add(row.prompt_id)
            chosen.append(Chosen(row, clock.step(row)))
        if len(chosen) == EACH:
            break
    return tuple(chosen)


def _drops(rows: Sequence[Row], clock: _Clock) -> tuple[Chosen, ...]:
    """Pairs of an early and a late answer to one prompt, those with the largest fall first."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.prompt_id].append(row)
    falls = sorted(filter(None, map(_fall, groups.values())), key=lambda fall: -fall[0])
    pairs = []
    for size, early, late in islice(falls, EACH // 2):
        why = f"the mean reward of this prompt fell by {size:.2f}"
        pairs += [Chosen(early, clock.step(early), f"early; {why}"), Chosen(late, clock.step(late), f"late; {why}")]
    return tuple(pairs)


def _fall(group: Sequence[Row]) -> tuple[float, Row, Row] | None:
    """By how much the mean reward of a prompt fell between its first and its last time, the best and the worst then."""
    times = sorted({row.time for row in group})
    middle = times[len(times) // 2]
    early, late = [row for row in group if row.time < middle], [row for row in group if row.time >= middle]
    if not early:
        return None
    size = fmean(row.reward for row in early) - fmean(row.reward for row in late)
    if size < _LEAST_DROP:
        return None
    return size, max(early, key=lambda row: row.reward), min(late, key=lambda row: row.reward)
