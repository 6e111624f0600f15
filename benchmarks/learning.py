"""How the local model learns: ``python -m benchmarks.learning --seeds 0 1 2``.

Trains the bundled project's local stage in this process, graded by the project's own rubric code: as it is, with the
learning rate at the API's maximum, and with a rubric that pays for length. Prints a table and draws the curves to
``reports/learning.png``. ``--seconds-per-batch`` adds the time that a call of a grader function takes.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a job; read by numpy, which matplotlib imports first

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from infra.config import ProjectConfig, StageConfig
from lambda_src.reward.rubric import Rubric
from lambda_src.run.detectors import detect_all
from lambda_src.run.detectors.finding import Finding
from lambda_src.run.steps import Step
from rehearsal.tiny_lm.grpo import HyperParameters, Record, StepRow, train
from rft.views.curves import STYLE, TRAINING, VALIDATION

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "projects" / "gsm8k-style.yaml"
PICTURE = ROOT / "reports" / "learning.png"

PAYS_FOR_LENGTH = [
    {"function": "maths.final_answer", "weight": 0.5},
    {"function": "text.worked_steps", "weight": 0.5, "options": {"steps": 12}},
]


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a run changes of the project's local stage."""

    name: str
    hyper_parameters: Mapping[str, Any]
    rubric: Sequence[Mapping[str, Any]] | None = None


SCENARIOS = (
    Scenario("as bundled", {}),
    Scenario("learningRate 1e-3", {"learningRate": 1e-3}),
    Scenario("paid for length", {"inferenceMaxTokens": 120}, PAYS_FOR_LENGTH),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One training with what the detectors say about it."""

    scenario: Scenario
    seed: int
    steps: Sequence[Step]
    findings: Sequence[Finding]
    seconds: float

    def row(self) -> str:
        """The run's line in the table: values of the first and of the last validation or step."""
        first, last = self.steps[0], self.steps[-1]
        found = {finding.name: finding for finding in self.findings}
        return (
            f"{self.scenario.name:18} {self.seed:4} {len(self.steps):5} "
            f"{first.validation_reward:9.2f} -> {last.validation_reward:4.2f} "
            f"{first.validation_episode_length:8.1f} -> {last.validation_episode_length:5.1f} "
            f"{_verdict(found['entropy-collapse']):>15} {_verdict(found['length-spike']):>13} {self.seconds:7.1f} "
            f"{', '.join(name for name, finding in found.items() if finding.alarm) or 'none'}"
        )


HEADER = (
    f"{'run':18} {'seed':>4} {'steps':>5} {'validation reward':>17} {'tokens per answer':>17} "
    f"{'entropy fall':>15} {'length ratio':>13} {'seconds':>7} alarms"
)


def _verdict(finding: Finding) -> str:
    return f"{finding.value:.2f}{' ALARM' if finding.alarm else ''}"


def run(stage: StageConfig, scenario: Scenario, seed: int, seconds_per_batch: float) -> Run:
    """Train once."""
    rubric = Rubric.from_config(scenario.rubric or stage.rubric)
    given = (stage.hyper_parameters.to_api() if stage.hyper_parameters else {}) | dict(scenario.hyper_parameters)
    rows: list[StepRow] = []

    def grade(items: Sequence[Record]) -> list[float]:
        time.sleep(seconds_per_batch)
        return [score.reward for score in rubric.grade(items)]

    started = time.perf_counter()
    train(
        train=_records(stage.train_file),
        validation=_records(stage.validation_file) if stage.validation_file else [],
        grade=grade,
        hyper_parameters=HyperParameters.from_api(given),
        seed=seed,
        on_step=rows.append,
    )
    seconds = time.perf_counter() - started
    steps = [_step(row) for row in rows]
    return Run(scenario, seed, steps, detect_all(steps, stage.alarms.model_dump(by_alias=True)), seconds)


def _records(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _step(row: StepRow) -> Step:
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


CURVES = {
    "mean reward, 0 to 1": ("training_reward", "validation_reward"),
    "tokens per response": ("training_episode_length", "validation_episode_length"),
    "entropy, nats per token": ("policy_entropy",),
}


def draw(runs: Sequence[Run], path: Path) -> None:
    """One row of charts per scenario, one line per seed; validation is dashed."""
    names = list(dict.fromkeys(run.scenario.name for run in runs))
    with rc_context(STYLE):
        figure = Figure(figsize=(13, 3.2 * len(names)), layout="constrained")
        grid = figure.subplots(len(names), len(CURVES), squeeze=False)
        for name, row in zip(names, grid, strict=True):
            row[0].set_title(name)
            for (unit, keys), axes in zip(CURVES.items(), row, strict=True):
                axes.set_ylabel(unit)
                axes.set_xlabel("training step")
                for each in (run for run in runs if run.scenario.name == name):
                    _draw_run(axes, each, keys)
                axes.set_ylim(bottom=0)
        path.parent.mkdir(exist_ok=True)
        figure.savefig(path, dpi=110)


def _draw_run(axes: Any, run: Run, keys: Sequence[str]) -> None:
    for key, colour, line in zip(keys, (TRAINING, VALIDATION), ("-", "--"), strict=False):
        points = [(step.step, getattr(step, key)) for step in run.steps if getattr(step, key) is not None]
        axes.plot(*zip(*points, strict=True), color=colour, linestyle=line, linewidth=1.2, alpha=0.8)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--seconds-per-batch", type=float, default=0.0)
    arguments = parser.parse_args()
    stage = ProjectConfig.load(PROJECT).for_stage("local")
    runs = []
    print(HEADER)
    for scenario in SCENARIOS:
        for seed in arguments.seeds:
            runs.append(run(stage, scenario, seed, arguments.seconds_per_batch))
            print(runs[-1].row(), flush=True)
    draw(runs, PICTURE)
    print(f"curves: {PICTURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
