"""The curves that the rollouts tell, against those that the training itself has written down."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from lambda_src.reward.rollout_row import Row
from lambda_src.reward.rubric import Rubric
from rehearsal.environment import ROOT
from rehearsal.grpo import Record, StepRow
from rehearsal.tiny_lm import grpo
from tests.lambda_src.run.live.samples import DIGITS, put
from tests.lambda_src.run.live.test_look import look
from tests.lambda_src.run.objects import Objects

FOLDER = ROOT / "datasets" / "gsm8k-style"
SETTINGS: dict[str, Any] = {
    "epochCount": 1,
    "batchSize": 16,
    "trainingSamplePerPrompt": 3,
    "inferenceMaxTokens": 24,
    "evalInterval": 2,
}
STEPS = 5
BATCH = 20  # rollouts: no divisor of a step, so that batches lie across its edges


class Training:
    """A short training, the rollouts of which are kept as the grader keeps them."""

    def __init__(self) -> None:
        self.objects = Objects()
        self.steps: list[StepRow] = []
        self._rubric = Rubric.from_config([{"function": "maths.final_answer", "weight": 1}])
        train, validation = (self._records(part, most) for part, most in (("train", 16 * STEPS), ("validation", 10)))
        grpo.train(
            train=train,
            validation=validation,
            grade=self._grade,
            hyper_parameters=grpo.HyperParameters.from_api(SETTINGS),
            seed=0,
            on_step=self.steps.append,
        )

    def _records(self, part: str, most: int) -> list[Record]:
        """The first records of a file, which are all of the run's own."""
        lines = (FOLDER / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()[:most]
        self.objects.contents[f"s3://data/hash/{part}.jsonl"] = "\n".join(lines).encode()
        return [json.loads(line) for line in lines]

    def _grade(self, items: Sequence[Record]) -> list[float]:
        scores = self._rubric.grade(items)
        rows = [Row.of(score, run=DIGITS, time="", batch="", milliseconds=1.0) for score in scores]
        for start in range(0, len(rows), BATCH):
            put(self.objects, len(self.objects.contents), rows[start : start + BATCH])
        return [score.reward for score in scores]


@pytest.fixture(scope="module")
def training() -> Training:
    return Training()


def test_live_rewards_are_those_of_the_training(training: Training) -> None:
    live = look(training.objects, status="Completed", hyperParameters=SETTINGS).live

    assert live["notes"] == []
    assert [step["trainingReward"] for step in live["steps"]] == pytest.approx(
        [step.training_reward for step in training.steps]
    )
    assert len(live["steps"]) == live["totalSteps"] == STEPS


def test_live_validation_belongs_to_the_step_that_it_followed(training: Training) -> None:
    live = look(training.objects, status="Completed", hyperParameters=SETTINGS).live

    validated = {
        step["step"]: step["validationReward"] for step in live["steps"] if step["validationReward"] is not None
    }
    assert validated == pytest.approx(
        {step.step: step.validation_reward for step in training.steps if step.validation_reward is not None}
    )
    assert set(validated) == {1, 2, 4, 5}
