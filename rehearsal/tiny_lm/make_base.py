"""Trains the base model and writes it: ``python -m rehearsal.tiny_lm.make_base``.

A fixed number of steps from a fixed seed, first on flawless demonstrations, then on mixed ones. Takes several minutes
of one core. BLAS libraries add in different orders, so other machines give weights that differ in the last digits:
``base.npz`` is committed, and ``base.json`` says what it was made from.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read by numpy when it is first imported

import hashlib
import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from datasets.material import stories
from rehearsal.optimiser import Adam
from rehearsal.tiny_lm.likelihood import likelihood
from rehearsal.tiny_lm.model import BASE, Transformer, Weights, initial_weights
from rehearsal.tiny_lm.sampler import pad
from rehearsal.tiny_lm.teacher import FLAWLESS, MIXED, Habits, demonstrate
from rehearsal.tiny_lm.tokenizer import END, encode

SEED = 2
_MANIFEST = BASE.with_suffix(".json")
_DATASET = Path(__file__).parents[2] / "datasets" / "gsm8k-style"
_PROMPTS, _GROUP = 48, 2


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of pre-training; the learning rate falls linearly from its peak."""

    habits: Habits
    steps: int
    peak: float


PHASES = (Phase(FLAWLESS, 2000, 4e-3), Phase(MIXED, 700, 1.5e-3))


def pretrain(phases: tuple[Phase, ...], seed: int, on_step: Callable[[int, float], None]) -> Weights:
    """Weights after ``phases``; ``on_step`` is told the number of each step and its loss, in nats per token."""
    weights = initial_weights(np.random.default_rng(seed))
    optimiser = Adam(weights, betas=(0.9, 0.98))
    rng = random.Random(seed)  # noqa: S311  # not for security
    problems = _unseen_problems(rng)
    done = 0
    for phase in phases:
        for step in range(phase.steps):
            rate = phase.peak * min(1, (step + 1) / 50) * max(0.02, 1 - step / phase.steps)
            batch = [next(problems) for _ in range(_PROMPTS)]
            texts = [demonstrate(problem, phase.habits, rng) for problem in batch for _ in range(_GROUP)]
            result = likelihood(
                Transformer(weights),
                pad([encode(problem.prompt) for problem in batch]),
                pad([[*encode(text), END] for text in texts]),
                np.ones(len(texts)),
            )
            optimiser.step(result.gradients, rate)
            done += 1
            on_step(done, result.loss)
    return weights


def _unseen_problems(rng: random.Random) -> Iterator[stories.Problem]:
    """Problems that are in no file of the bundled dataset."""
    files = _DATASET.glob("*.jsonl")
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    bundled = {json.loads(line)["messages"][0]["content"] for line in lines}
    while True:
        problem = stories.write(rng)
        if problem.prompt not in bundled:
            yield problem


def _print_progress(step: int, loss: float) -> None:
    if step % 100 == 0:
        sys.stdout.write(f"step {step} of {sum(phase.steps for phase in PHASES)}: loss {loss:.3f}\n")
        sys.stdout.flush()


def main() -> None:
    """Write ``base.npz`` (float16) and ``base.json``."""
    weights = pretrain(PHASES, SEED, _print_progress)
    np.savez_compressed(BASE, **{name: weight.astype(np.float16) for name, weight in weights.items()})  # type: ignore[arg-type]  # numpy's stub takes the keyword for allow_pickle
    manifest = {
        "seed": SEED,
        "phases": [asdict(phase) for phase in PHASES],
        "parameters": sum(weight.size for weight in weights.values()),
        "sha256": hashlib.sha256(BASE.read_bytes()).hexdigest(),
    }
    _MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
