"""Stands between a policy and its grader, and keeps a run as the product would: rollouts, counted off into steps."""

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import fmean

from benchmarks.labelled_runs.setting import Setting
from benchmarks.labelled_runs.truth import Judge, Truth
from lambda_src.reward.rollout import Score
from lambda_src.reward.rollout_row import Row
from lambda_src.reward.rubric import Rubric
from lambda_src.run.live.signals import summarise
from lambda_src.run.steps import Step, merge
from rehearsal.grpo import Record, StepRow

_RUN = "0" * 12
_START = datetime(2026, 1, 1, tzinfo=UTC)
_STEP = timedelta(seconds=90)
_INVOCATION = 32  # rollouts
_USUAL_SECONDS, _SPREAD = 4.0, 0.25  # what an invocation takes, and the deviation of its logarithm


class Enough(Exception):  # noqa: N818 - no error: the run is as long as it is to be
    """Ends a training."""


@dataclass(frozen=True, slots=True)
class _Batch:
    items: Sequence[Record]
    scores: Sequence[Score]


class Recorder:
    """Grades by the rubric, faults included.

    Attributes:
        steps: As the product knows them.
        truth: As they were.
    """

    def __init__(
        self, setting: Setting, seed: int, judge: Judge, training: Sequence[Record], validation: Sequence[Record]
    ) -> None:
        self.steps: list[Step] = []
        self.truth: list[Truth] = []
        self._setting, self._judge = setting, judge
        self._rubric, self._shadow = Rubric.from_config(setting.rubric), Rubric.from_config(setting.shadow)
        self._records = {str(record["id"]): record for record in (*training, *validation)}
        self._training = {str(record["id"]) for record in training}
        self._validated = len(validation)
        self._rng = random.Random(seed)  # noqa: S311 - to be repeatable
        self._batches: list[_Batch] = []

    def grade(self, items: Sequence[Record]) -> list[float]:
        """See ``rehearsal.grpo.Grade``."""
        batch = _Batch(items, self._rubric.grade(items))
        if self._is_training(batch) or self._is_validation(batch):  # else it is what a policy asks before it trains
            batch = _Batch(items, self._faulty(batch.scores))
            self._batches.append(batch)
        return [score.reward for score in batch.scores]

    def on_step(self, row: StepRow) -> None:
        """Keep a step.

        Raises:
            Enough: It was the last one.
        """
        training = next(batch for batch in reversed(self._batches) if self._is_training(batch))
        validation = [batch for batch in self._batches if self._is_validation(batch)]
        self._batches.clear()
        seconds = [self._seconds(row.step) for _ in range(0, len(training.items), _INVOCATION)]
        live = summarise(
            row.step,
            list(_rows(training.scores, row.step, seconds)),
            [each for batch in validation for each in _rows(batch.scores, row.step, seconds)],
            max_tokens=self._setting.tokens,
        )
        self.steps += merge({row.step: _curves(row)}, {row.step: self._with_shadow(live, training)})
        self.truth.append(self._truth(row, training, validation, max(seconds)))
        if len(self.steps) == self._setting.steps:
            raise Enough

    def _faulty(self, scores: Sequence[Score]) -> Sequence[Score]:
        for fault in self._setting.faults:
            if fault.holds(len(self.steps) + 1):
                scores = fault.scores(scores, self._rng)
        return scores

    def _is_training(self, batch: _Batch) -> bool:
        expected = self._setting.batch * self._setting.samples
        return len(batch.items) == expected and all(_record_id(item) in self._training for item in batch.items)

    def _is_validation(self, batch: _Batch) -> bool:
        return len(batch.items) == self._validated and not any(_record_id(i) in self._training for i in batch.items)

    def _seconds(self, step: int) -> float:
        usual = self._rng.lognormvariate(math.log(_USUAL_SECONDS), _SPREAD)
        return usual + sum(fault.seconds(step) for fault in self._setting.faults if fault.holds(step))

    def _with_shadow(self, live: Step, batch: _Batch) -> Step:
        graded = [i for i, score in enumerate(batch.scores) if score.error is None]
        chosen = self._rng.sample(graded, min(self._setting.shadowed, len(graded)))
        if not chosen:
            return live
        return replace(
            live,
            shadow_reward=fmean(score.reward for score in self._shadow.grade([batch.items[i] for i in chosen])),
            shadowed_reward=fmean(batch.scores[i].reward for i in chosen),
            shadowed=len(chosen),
        )

    def _truth(self, row: StepRow, batch: _Batch, validation: Sequence[_Batch], seconds: float) -> Truth:
        size = self._setting.samples
        groups = [batch.scores[i : i + size] for i in range(0, len(batch.scores), size)]
        return Truth(
            step=row.step,
            right=fmean(self._right(batch)),
            validation_right=fmean(self._right(validation[-1])) if validation else None,
            reward=row.training_reward,
            validation_reward=row.validation_reward,
            entropy=row.policy_entropy,
            gradient_norm=row.gradient_norm,
            tokens=row.training_episode_length,
            cut=fmean(self._judge.is_cut(score.rollout.response) for score in batch.scores),
            distinct=fmean(len({score.rollout.response for score in group}) / size for group in groups),
            equal=fmean(len({score.reward for score in group}) == 1 for group in groups),
            failed=fmean(score.error is not None for score in batch.scores),
            seconds=seconds,
            disturbed=any(fault.holds(row.step) for fault in self._setting.faults),
        )

    def _right(self, batch: _Batch) -> Iterator[bool]:
        for item, score in zip(batch.items, batch.scores, strict=True):
            yield self._judge.is_right(self._records[_record_id(item)], score.rollout.response)


def _rows(scores: Iterable[Score], step: int, seconds: Sequence[float]) -> Iterator[Row]:
    time = (_START + step * _STEP).isoformat()
    for number, score in enumerate(scores):
        invocation = min(number // _INVOCATION, len(seconds) - 1)
        yield Row.of(
            score,
            run=_RUN,
            time=time,
            batch=f"{step:08x}{invocation:08x}",
            milliseconds=1000 * seconds[invocation],
        )


def _curves(row: StepRow) -> Step:
    return Step(
        row.step,
        epoch=row.epoch,
        training_reward=row.training_reward,
        training_episode_length=row.training_episode_length,
        policy_entropy=row.policy_entropy,
        gradient_norm=row.gradient_norm,
        validation_reward=row.validation_reward,
        validation_episode_length=row.validation_episode_length,
    )


def _record_id(item: Record) -> str:
    return str(item["id"]).rpartition("/")[0]
