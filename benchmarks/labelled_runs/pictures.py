"""What each detector sees: for each a picture of a healthy and an unhealthy run, and of what it makes of both."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from benchmarks.labelled_runs.runs import Run
from lambda_src.run.detectors import DETECTORS
from lambda_src.run.detectors.finding import Detector
from rft.views.curves import ALARM, STYLE, TRAINING, VALIDATION

IMAGES = Path(__file__).parents[2] / "docs" / "images" / "detectors"

CURVES: Mapping[str, tuple[str, Sequence[str]]] = {
    "entropy-collapse": ("policy entropy, nats", ["policy_entropy"]),
    "entropy-flat": ("policy entropy, nats", ["policy_entropy"]),
    "length-spike": ("tokens per response", ["training_episode_length"]),
    "verbosity": ("tokens per response", ["training_episode_length"]),
    "reward-plateau": ("training reward", ["training_reward"]),
    "reward-instability": ("training reward", ["training_reward"]),
    "gradient-spike": ("gradient norm", ["gradient_norm"]),
    "gradient-drift": ("gradient norm", ["gradient_norm"]),
    "overfitting": ("reward: training, validation dashed", ["training_reward", "validation_reward"]),
    "degenerate-groups": ("prompts without spread of rewards", ["degenerate_share"]),
    "truncation": ("responses cut off", ["truncated_share"]),
    "grader-faults": ("rollouts not graded", ["grader_error_share"]),
    "grader-latency": ("slowest batch, ms", ["grader_milliseconds"]),
    "shadow-divergence": ("reward: rubric, shadow dashed", ["shadowed_reward", "shadow_reward"]),
}
"""What to draw of each detector: the axis, and fields of a step."""


def draw(runs: Sequence[Run]) -> None:
    """Draw all of them, each with the first run in which it found its fault."""
    healthy = next(run for run in runs if run.is_healthy and not run.allowed)
    IMAGES.mkdir(parents=True, exist_ok=True)
    for detector in DETECTORS:
        name = detector.about.name
        faulty = [run for run in runs if name in run.labels]
        unhealthy = next((run for run in faulty if detector.detect(run.steps).alarm), None)
        if unhealthy is not None:
            _draw(detector, healthy, unhealthy, IMAGES / f"{name}.png")


def _draw(detector: Detector, healthy: Run, unhealthy: Run, path: Path) -> None:
    """Curves on the left, the detector's values on the right."""
    with rc_context(STYLE | {"font.size": 9}):
        figure = Figure(figsize=(7.6, 2.5), layout="constrained")
        left, right = figure.subplots(1, 2)
        unit, fields = CURVES[detector.about.name]
        left.set_title(unit, fontsize=9)
        right.set_title(f"{detector.about.name}: its value", fontsize=9)
        for run, colour in ((healthy, TRAINING), (unhealthy, VALIDATION)):
            for field, line in zip(fields, ("-", "--"), strict=False):
                _plot(left, [(step.step, getattr(step, field)) for step in run.steps], colour, line, run.scenario)
            scores = [(score.step, score.value) for score in detector.measure(run.steps)]
            _plot(right, scores, colour, "-", run.scenario)
        right.axhline(detector.about.threshold, color=ALARM, linewidth=1.2, linestyle=(0, (6, 3)), label="threshold")
        began = detector.detect(unhealthy.steps)
        if began.alarm and began.step is not None:
            for axes in (left, right):
                axes.axvline(began.step, color=ALARM, linewidth=0.8)
        for axes in (left, right):
            axes.set_ylim(bottom=0)
            axes.set_xlabel("training step", fontsize=8)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        right.legend(fontsize=8)
        figure.savefig(path, dpi=90, metadata={"Software": None})


def _plot(axes: Axes, points: Sequence[tuple[int, float | None]], colour: str, line: str, label: str) -> None:
    known = [(step, value) for step, value in points if value is not None]
    axes.plot(*zip(*known, strict=True), color=colour, linestyle=line, linewidth=1.4, label=label)
