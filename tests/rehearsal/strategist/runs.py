"""Whole trainings in this process: the bundled word problems, any grader, and what the run's own code says of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lambda_src.reward.rubric import Rubric
from lambda_src.run import curves
from lambda_src.run.detectors import detect_all, reward_hacking
from lambda_src.run.detectors.finding import Finding
from lambda_src.run.detectors.reward_hacking import StrategyResult
from rehearsal.bedrock.training import artifacts
from rehearsal.bedrock.training.progress import Progress
from rehearsal.grpo import Record, StepRow
from rehearsal.strategist import tally
from rehearsal.strategist.trainer import HyperParameters, train

DATASETS = Path(__file__).parents[3] / "datasets"
ALARMS = {"entropyCollapse": 0.6, "lengthSpike": 2.0}
BUNDLED = HyperParameters(epoch_count=3, batch_size=16, samples_per_prompt=8, eval_interval=5)
SHORT = HyperParameters(epoch_count=1, batch_size=16, samples_per_prompt=8, eval_interval=5)
FEW = 64
"""Problems that suffice for four steps, and to see what a grader pays for."""
_RUBRIC = Rubric.from_config(
    [
        {"function": "maths.final_answer", "weight": 0.9},
        {"function": "maths.one_final_answer", "weight": 0.1},
    ]
)

Pay = Callable[[str, Record], float]
"""A reward for a response to an item."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a training left behind, as the run's workflow reads it."""

    rows: Sequence[StepRow]
    strategies: Sequence[StrategyResult]
    findings: Sequence[Finding]

    @property
    def validation(self) -> list[float]:
        return [row.validation_reward for row in self.rows if row.validation_reward is not None]

    @property
    def hacking(self) -> Finding:
        return reward_hacking.detect(self.strategies)


def records(dataset: str, split: str, count: int) -> list[Record]:
    lines = (DATASETS / dataset / f"{split}.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:count]]


def sound(items: Sequence[Record]) -> list[float]:
    return [score.reward for score in _RUBRIC.grade(items)]


def paying(pay: Pay) -> Callable[[Sequence[Record]], list[float]]:
    return lambda items: [pay(item["messages"][-1]["content"], item) for item in items]


def run(
    grade: Callable[[Sequence[Record]], Sequence[float]],
    folder: Path,
    *,
    hyper_parameters: HyperParameters = BUNDLED,
    seed: int = 0,
    problems: int = 200,
) -> Run:
    """Train on word problems and judge the training by its artifacts.

    Args:
        problems: How many to train on; a quarter as many validate.
    """
    progress = Progress(folder / f"progress-{seed}.jsonl")
    rows: list[StepRow] = []

    def on_step(row: StepRow) -> None:
        rows.append(row)
        progress.add(row)

    trained = train(
        train=records("gsm8k-style", "train", problems),
        validation=records("gsm8k-style", "validation", problems // 4),
        grade=grade,
        hyper_parameters=hyper_parameters,
        seed=seed,
        on_step=on_step,
    )
    steps = curves.read(*artifacts.files(progress.rows).values()).steps
    written: list[dict[str, Any]] = json.loads(trained.artifacts[tally.FILE])
    return Run(rows, [StrategyResult.from_json(row) for row in written], detect_all(steps, ALARMS))
