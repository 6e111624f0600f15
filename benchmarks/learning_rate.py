"""The article's sweep of learning rates, on ``local.tiny-lm``: ``python -m benchmarks.learning_rate``.

Seven orders of magnitude, LoRA of rank 1 and full fine-tuning, one epoch of the bundled project, three seeds. Prints
what came out beside what the article says, and with ``--draw`` makes the picture of ``docs/learning-rate.md``. Results
are kept in ``build/learning_rate``; from nothing it takes less than ten minutes on two cores.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes side by side; read by numpy when first imported

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from statistics import fmean
from typing import Final

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.code_hash import ROOT, code_hash
from lambda_src.reward.rubric import Rubric
from rehearsal.hyper_parameters import HyperParameters
from rehearsal.tiny_lm.fine_tuning import Full, Method
from rehearsal.tiny_lm.grpo import LEARNING_RATE_SCALE, Grade, Record, StepRow, train
from rehearsal.tiny_lm.lora import Adapter
from rft.views.curves import STYLE, TRAINING, VALIDATION

LORA, FULL = "LoRA, rank 1", "full fine-tuning"
METHODS: Final[Mapping[str, Method]] = {LORA: partial(Adapter, rank=1, alpha=2.0), FULL: Full}
"""The adapter is scaled by 2, as that of a job is."""
RATES: Final = (1e-7, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0)
"""Of the optimiser (Adam); a job's is its ``learningRate`` times ``LEARNING_RATE_SCALE``."""
SEEDS: Final = (0, 1, 2)
FOLDER: Final = ROOT / "build" / "learning_rate"
PICTURE: Final = ROOT / "docs" / "images" / "learning-rate.png"

CLAIMED_RATIO, CLAIMED_LOSS = 10.0, 0.055
"""LoRA's best rate over that of full fine-tuning; what LoRA's best reward lacks. See ``docs/learning-rate.md``."""
_TOLD: Final = 6  # trainings between two signs of life
_NEAR: Final = 0.1  # of the best gain: still a good rate
_CODE: Final = (
    "datasets/gsm8k-style/*.jsonl",
    "lambda_src/reward/rewards/maths/*.py",
    "lambda_src/reward/rubric.py",
    "rehearsal/grpo.py",
    "rehearsal/optimiser.py",
    "rehearsal/sampling.py",
    "rehearsal/tiny_lm/*",
)
_RUBRIC: Final = [
    {"function": "maths.final_answer", "weight": 0.9},
    {"function": "maths.one_final_answer", "weight": 0.1},
]
_SIZES: Final = {"epoch_count": 1, "batch_size": 16, "samples_per_prompt": 8, "inference_max_tokens": 64}


@dataclass(frozen=True, slots=True)
class Trained:
    """One training.

    Attributes:
        rate: Of the optimiser.
        start: Validation reward before the first step.
        end: After the last step.
        entropy: Mean of the last five steps, in nats.
    """

    method: str
    rate: float
    seed: int
    start: float
    end: float
    entropy: float


@dataclass(frozen=True, slots=True)
class Curve:
    """What a method comes to at each rate, over the seeds."""

    method: str
    rates: Sequence[float]
    rewards: Sequence[Sequence[float]]

    @property
    def means(self) -> list[float]:
        return [fmean(each) for each in self.rewards]

    @property
    def best(self) -> float:
        """The rate with the highest mean."""
        return self.rates[self.means.index(self.top)]

    @property
    def top(self) -> float:
        return max(self.means)

    def good(self, base: float) -> tuple[float, float]:
        """The lowest and the highest rate with nine tenths of the best gain over the base model's reward."""
        bound = self.top - _NEAR * (self.top - base)
        fitting = [rate for rate, mean in zip(self.rates, self.means, strict=True) if mean >= bound]
        return min(fitting), max(fitting)


def main() -> int:
    """Train, print, draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning_rate", description=__doc__)
    parser.add_argument("--draw", action="store_true", help=f"draw {PICTURE.relative_to(ROOT)}")
    draws = parser.parse_args().draw
    results = list(_trained())
    base = fmean(each.start for each in results if each.rate == min(RATES))
    curves = [_curve(method, results) for method in METHODS]
    print("\n".join(_lines(curves, base, results)))
    if draws:
        _draw(curves, base)
    return 0


def train_once(method: str, rate: float, seed: int) -> Trained:
    """Train on the bundled project; the same again for the same seed."""
    rows: list[StepRow] = []
    train(
        train=_records("train"),
        validation=_records("validation"),
        grade=_grader(),
        hyper_parameters=HyperParameters(
            learning_rate=rate / LEARNING_RATE_SCALE, max_prompt_length=64, eval_interval=1000, **_SIZES
        ),
        seed=seed,
        on_step=rows.append,
        method=METHODS[method],
    )
    validated = [row.validation_reward for row in rows if row.validation_reward is not None]
    return Trained(method, rate, seed, validated[0], validated[-1], fmean(row.policy_entropy for row in rows[-5:]))


def _trained() -> Iterator[Trained]:
    """Every training, those that are kept first; the others are made side by side and kept."""
    tasks = [(method, rate, seed) for rate in RATES for method in METHODS for seed in SEEDS]
    waiting = [task for task in tasks if not _path(*task).exists()]
    yield from (_read(_path(*task)) for task in tasks if task not in waiting)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(train_once, *task) for task in waiting]
        for number, future in enumerate(as_completed(futures), start=1):
            result = future.result()
            _write(result)
            if not number % _TOLD or number == len(waiting):
                print(f"{number} of {len(waiting)} trainings", file=sys.stderr, flush=True)
            yield result


def _path(method: str, rate: float, seed: int) -> Path:
    name = hashlib.sha256(f"{method} {rate} {seed} {_SIZES} {_code()}".encode()).hexdigest()[:16]
    return FOLDER / f"{name}.json"


@cache
def _code() -> str:
    return code_hash(_CODE)


def _read(path: Path) -> Trained:
    return Trained(**json.loads(path.read_text(encoding="utf-8")))


def _write(result: Trained) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = _path(result.method, result.rate, result.seed)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(asdict(result)), encoding="utf-8")
    unfinished.replace(path)


@cache
def _records(split: str) -> list[Record]:
    lines = (ROOT / "datasets" / "gsm8k-style" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def _grader() -> Grade:
    rubric = Rubric.from_config(_RUBRIC)
    return lambda items: [score.reward for score in rubric.grade(items)]


def _curve(method: str, results: Sequence[Trained]) -> Curve:
    own = [each for each in results if each.method == method]
    return Curve(method, RATES, [[each.end for each in own if each.rate == rate] for rate in RATES])


def _lines(curves: Sequence[Curve], base: float, results: Sequence[Trained]) -> Iterator[str]:
    yield f"validation reward after one epoch, mean of {len(SEEDS)} seeds (least to most); at the start {base:.3f}"
    yield f"{'rate':>8}  {'learningRate':>12}" + "".join(f"  {curve.method:>26}" for curve in curves)
    for place, rate in enumerate(RATES):
        cells = "".join(
            f"  {fmean(each):>10.3f} ({min(each):.3f}-{max(each):.3f})"
            for each in (curve.rewards[place] for curve in curves)
        )
        yield f"{rate:>8.0e}  {rate / LEARNING_RATE_SCALE:>12.1e}{cells}"
    lora, full = curves
    for curve in curves:
        low, high = curve.good(base)
        yield (
            f"{curve.method}: best {curve.top:.3f} at {curve.best:.0e}; nine tenths of the gain from {low:.0e} to "
            f"{high:.0e}"
        )
    yield f"LoRA's best rate is {lora.best / full.best:.0f} times full fine-tuning's (article: {CLAIMED_RATIO:.0f})"
    yield f"LoRA's best reward lacks {1 - lora.top / full.top:.1%} (article: {CLAIMED_LOSS:.1%})"
    for method in METHODS:
        gone = [each.rate for each in results if each.method == method and each.end < base / 2]
        yield f"{method}: collapsed from {min(gone, default=float('nan')):.0e} on"


def _draw(curves: Sequence[Curve], base: float) -> None:
    with rc_context(STYLE):
        figure = Figure(figsize=(9.0, 4.4), layout="constrained")
        axes = figure.subplots()
        for curve, colour, marker in zip(curves, (TRAINING, VALIDATION), ("o", "s"), strict=True):
            low, high = [min(each) for each in curve.rewards], [max(each) for each in curve.rewards]
            axes.fill_between(curve.rates, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(curve.rates, curve.means, color=colour, marker=marker, label=curve.method)
            axes.axvline(curve.best, color=colour, linewidth=1.0, linestyle=":")
        full = curves[1]
        axes.axvline(CLAIMED_RATIO * full.best, color="#55626f", linewidth=1.0, linestyle="--")
        axes.annotate(
            "article:\nLoRA is best\nten times\nto the right",
            (CLAIMED_RATIO * full.best, 0.24),
            xytext=(6, 0),
            textcoords="offset points",
            color="#55626f",
        )
        axes.axhline(
            (1 - CLAIMED_LOSS) * full.top, color="#55626f", linewidth=1.0, linestyle="--", label="article: LoRA's best"
        )
        axes.axhline(base, color="#9aa0a6", linewidth=1.0, label="before training")
        axes.set_xscale("log")
        axes.set_ylim(0, 1)
        axes.set_xlabel("learning rate of the optimiser")
        axes.set_ylabel("validation reward after one epoch")
        axes.legend(loc="lower left")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(PICTURE, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    sys.exit(main())
