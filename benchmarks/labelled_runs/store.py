"""The runs, made once: kept by a hash of their setting, their seed and the code that makes them."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchmarks.code_hash import ROOT, code_hash
from benchmarks.labelled_runs.make import Made, make
from benchmarks.labelled_runs.scenarios import Planned
from benchmarks.labelled_runs.setting import Setting
from benchmarks.labelled_runs.truth import Truth
from lambda_src.run.steps import Step

FOLDER = ROOT / "build" / "labelled_runs"

_CODE = (
    "benchmarks/labelled_runs/faults.py",
    "benchmarks/labelled_runs/make.py",
    "benchmarks/labelled_runs/recorder.py",
    "benchmarks/labelled_runs/truth.py",
    "datasets/*/train.jsonl",
    "datasets/*/validation.jsonl",
    "lambda_src/reward/rewards/**/*.py",
    "lambda_src/reward/rollout.py",
    "lambda_src/reward/rollout_row.py",
    "lambda_src/reward/rubric.py",
    "lambda_src/run/candidates/*.py",
    "lambda_src/run/live/signals.py",
    "lambda_src/run/steps.py",
    "rehearsal/completion.py",
    "rehearsal/grpo.py",
    "rehearsal/hyper_parameters.py",
    "rehearsal/optimiser.py",
    "rehearsal/sampling.py",
    "rehearsal/strategist/*.py",
    "rehearsal/tiny_lm/*",
)
"""What a run depends on beside its setting."""


def made(runs: Sequence[Planned], processes: int) -> Iterator[tuple[Planned, Made]]:
    """Every run, those that are kept first; the others are made side by side and kept."""
    waiting = []
    for run in runs:
        if (path := _path(run.setting, run.seed)).exists():
            yield run, _read(path)
        else:
            waiting.append(run)
    with ProcessPoolExecutor(processes) as pool:
        tasks = {pool.submit(_make, run.setting, run.seed): run for run in waiting}
        for task in as_completed(tasks):
            task.result()
            run = tasks[task]
            yield run, _read(_path(run.setting, run.seed))


def _make(setting: Setting, seed: int) -> None:
    run, path = make(setting, seed), _path(setting, seed)
    value = {"steps": [step.to_json() for step in run.steps], "truth": [asdict(each) for each in run.truth]}
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(gzip.compress(json.dumps(value).encode()))
    unfinished.replace(path)


def _read(path: Path) -> Made:
    value: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return Made([Step.from_json(row) for row in value["steps"]], [Truth(**row) for row in value["truth"]])


def _path(setting: Setting, seed: int) -> Path:
    name = hashlib.sha256(f"{setting!r} {seed} {_code()}".encode()).hexdigest()[:16]
    return FOLDER / f"{name}.json.gz"


@lru_cache
def _code() -> str:
    return code_hash(_CODE)
