"""The six curves of a run, drawn from its record: training and validation reward and length, entropy, gradient norm.

Colours are told apart with every common colour vision deficiency, and each series also has its own line style
(https://jfly.uni-koeln.de/color/).
"""

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lambda_src.run.detectors import entropy_collapse, length_spike
from lambda_src.run.detectors.series import series

INK, GRID, TRAINING, VALIDATION, BOUND, ALARM = "#1b2733", "#d5dbe1", "#0072b2", "#d55e00", "#6b7783", "#a4105f"
"""The light theme. A page may give each one another value: ``svg`` writes them as CSS variables."""

VARIABLES = {
    INK: "--ink",
    GRID: "--grid",
    TRAINING: "--training",
    VALIDATION: "--validation",
    BOUND: "--bound",
    ALARM: "--alarm",
}

STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": BOUND,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "svg.fonttype": "none",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """How a detector's threshold reads on the axis of the curve that it watches."""

    detector: str
    bound: Callable[[float, float], float]
    """From the run's baseline and the threshold to a value on the axis."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart."""

    name: str
    title: str
    unit: str
    series: Mapping[str, str]
    """Keys of a record's ``curves`` rows, each with its label."""
    guard: Guard | None = None
    top: float | None = None
    """Upper end of the axis, where the unit has one."""


PANELS: Sequence[Panel] = (
    Panel(
        "reward",
        "Reward",
        "mean reward, 0 to 1",
        {"trainingReward": "training", "validationReward": "validation"},
        top=1.0,
    ),
    Panel(
        "length",
        "Episode length",
        "tokens per response",
        {"trainingEpisodeLength": "training", "validationEpisodeLength": "validation"},
        Guard(length_spike.NAME, lambda baseline, threshold: baseline * threshold),
    ),
    Panel(
        "entropy",
        "Policy entropy",
        "nats",
        {"policyEntropy": "training"},
        Guard(entropy_collapse.NAME, lambda baseline, threshold: baseline * (1 - threshold)),
    ),
    Panel("gradient", "Gradient norm", "L2 norm", {"gradientNorm": "training"}),
)


def rows(record: Mapping[str, Any], key: str) -> tuple[list[int], list[float]]:
    """Steps and values of one curve; steps without a value are left out."""
    pairs = [(row["step"], row[key]) for row in record.get("curves") or [] if _is_number(row.get(key))]
    return [int(step) for step, _ in pairs], [float(value) for _, value in pairs]


def write_png(record: Mapping[str, Any], path: Path) -> None:
    """All charts in one picture."""
    with rc_context(STYLE):
        figure = Figure(figsize=(12, 7.5), layout="constrained")
        figure.suptitle(
            f"Run {record.get('run', 'without a name')}: {record.get('verdict', 'no verdict')}", fontsize=13
        )
        for axes, panel in zip(figure.subplots(2, 2).flat, PANELS, strict=True):
            _draw(axes, panel, record)
        figure.savefig(path, format="png", dpi=130)


def svg(record: Mapping[str, Any], panel: Panel) -> str:
    """One chart as an ``<svg>`` element whose colours are CSS variables of the page around it."""
    buffer = io.StringIO()
    with rc_context(STYLE | {"svg.hashsalt": panel.name}):
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.subplots()
        axes.patch.set_alpha(0)
        _draw(axes, panel, record)
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))  # the same record gives the same bytes
        figure.savefig(buffer, format="svg", metadata=nothing)
    return _for_inlining(buffer.getvalue(), panel)


def _for_inlining(document: str, panel: Panel) -> str:
    element = document[document.index("<svg") :]
    element = re.sub(r' id="[^"]*_\d+"', "", element)  # several charts share one page
    element = re.sub(r'<svg [^>]*?(viewBox="[^"]+")[^>]*>', rf'<svg \1 role="img" aria-label="{panel.title}">', element)
    element = element.replace("xlink:href", "href")
    for colour, variable in VARIABLES.items():
        element = re.sub(rf"(stroke|fill): {colour}", rf"\1: var({variable})", element)
    return element


def _draw(axes: Axes, panel: Panel, record: Mapping[str, Any]) -> None:
    curves = {label: rows(record, key) for key, label in panel.series.items()}
    axes.set_title(panel.title)
    axes.set_xlabel("training step")
    axes.set_ylabel(panel.unit)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    if not any(steps for steps, _ in curves.values()):
        axes.text(0.5, 0.5, "not recorded", transform=axes.transAxes, ha="center", va="center")
        axes.set_xticks([])
        axes.set_yticks([])
        return
    for label, (steps, values) in curves.items():
        _draw_series(axes, label, steps, values)
    if panel.guard:
        _draw_guard(axes, panel.guard, record, next(iter(curves.values())))
    axes.set_ylim(bottom=0, top=panel.top)
    axes.legend(loc="best")


def _draw_series(axes: Axes, label: str, steps: list[int], values: list[float]) -> None:
    if not steps:
        axes.plot([], [], " ", label=f"{label}: not recorded")
    elif label == "validation":
        axes.plot(
            steps,
            values,
            color=VALIDATION,
            marker="o",
            markersize=5,
            linestyle="--",
            linewidth=1.8,
            clip_on=False,
            label=label,
        )
    else:
        axes.plot(steps, values, color=TRAINING, linewidth=2, clip_on=False, label=label)


def _draw_guard(
    axes: Axes, guard: Guard, record: Mapping[str, Any], curve: tuple[Sequence[int], Sequence[float]]
) -> None:
    finding = next((f for f in record.get("detectors") or [] if f.get("name") == guard.detector), None)
    watched = series(list(zip(*curve, strict=True)))
    if finding is None or watched is None:
        return
    base = watched.baseline
    axes.axhline(base, color=BOUND, linewidth=1.4, linestyle=":", label="baseline: the run's first steps")
    if _is_number(finding.get("threshold")):
        bound = guard.bound(base, finding["threshold"])
        axes.axhline(bound, color=ALARM, linewidth=1.4, linestyle=(0, (6, 3)), label=f"{guard.detector} threshold")
    if finding.get("alarm") and _is_number(finding.get("step")):
        axes.axvline(finding["step"], color=ALARM, linewidth=1.4)
        axes.plot([], [], color=ALARM, linewidth=1.4, label=f"alarm at step {finding['step']}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
