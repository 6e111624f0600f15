"""The figure of ``docs/detector-accuracy.md``: hacking with and without a shadow rubric; entropy and its stand-in."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.labelled_runs import hacking
from benchmarks.labelled_runs.runs import Run
from rft.views.curves import ALARM, STYLE, TRAINING, VALIDATION

_INCHES = (10.0, 4.2)
_EDGE = 5  # steps at each end
_HEALTHY, _FAULTY, _COLLAPSED = TRAINING, "#9aa0a6", ALARM


def draw(runs: Sequence[Run], best_curve: str, path: Path) -> None:
    """Draw it.

    Args:
        best_curve: The key of ``hacking.BY_CURVES`` that separates best without a shadow.
    """
    with rc_context(STYLE):
        figure = Figure(figsize=_INCHES, layout="constrained")
        left, right = figure.subplots(1, 2)
        _separations(left, runs, best_curve)
        _falls(right, runs)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=110)


def _separations(axes: Axes, runs: Sequence[Run], best_curve: str) -> None:
    for name, suspicion, colour in (
        ("shadow divergence", hacking.BY_SHADOW, TRAINING),
        (best_curve, hacking.BY_CURVES[best_curve], VALIDATION),
    ):
        each = hacking.separate(name, suspicion, runs)
        found, invented = _rates(each)
        axes.step(invented, found, where="post", color=colour, label=f"{name}, area {each.area:.2f}")
    axes.plot([0, 1], [0, 1], color=_FAULTY, linestyle=":", label="chance")
    axes.set(title="Telling a gamed rubric from learning", xlabel="other runs suspected", ylabel="gamed runs found")
    axes.legend(loc="lower right")


def _rates(separation: hacking.Separation) -> tuple[list[float], list[float]]:
    """Shares of the gamed and of the other runs above each bound, from the strictest one on."""
    bounds = sorted({*separation.positive, *separation.negative}, reverse=True)
    return (
        [0.0, *(float(np.mean(np.asarray(separation.positive) >= bound)) for bound in bounds)],
        [0.0, *(float(np.mean(np.asarray(separation.negative) >= bound)) for bound in bounds)],
    )


def _falls(axes: Axes, runs: Sequence[Run]) -> None:
    groups = (
        ("healthy", _HEALTHY, [run for run in runs if run.is_healthy]),
        ("entropy collapsed", _COLLAPSED, [run for run in runs if "entropy-collapse" in run.labels]),
        ("other faults", _FAULTY, [r for r in runs if not r.is_healthy and "entropy-collapse" not in r.labels]),
    )
    for label, colour, members in groups:
        entropy = [_kept(run, "policy_entropy") for run in members]
        diversity = [_kept(run, "answer_diversity") for run in members]
        axes.scatter(entropy, diversity, color=colour, s=18, label=label)
    axes.set(
        title="Entropy, and what stands in for it",
        xlabel="entropy at the end, as a share of the start",
        ylabel="diversity of answers, likewise",
    )
    axes.legend(loc="lower right")


def _kept(run: Run, field: str) -> float:
    values = [value for step in run.steps if (value := getattr(step, field)) is not None]
    return float(np.mean(values[-_EDGE:]) / max(float(np.mean(values[:_EDGE])), 1e-9)) if values else float("nan")
