"""The curves of one run: with the bands in which they are healthy, and a mark where an alarm began."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lambda_src.run.detectors.bands import Band
from rft.views.charts import FAR, Chart
from rft.views.curves import ALARM, BOUND, HEALTHY, STYLE, TRAINING, VALIDATION, healthy, rows
from rft.views.figures import is_number
from rft.views.markup import ABSENT
from rft.views.panels import Panel, panels_of

_LOOKS: Final[Sequence[Mapping[str, Any]]] = (
    {"color": TRAINING},
    {"color": VALIDATION, "linestyle": "--"},
    {"color": BOUND, "linestyle": "-."},
)
_POINTS: Final = 20  # of a curve that are marked one by one
_MARKED_INSIDE: Final = 0.85  # of the axis; a label right of it would leave the chart
_ON_THE_PICTURE: Final = 4
_WASH: Final = 0.08  # opacity


def charts(record: Mapping[str, Any]) -> list[Chart]:
    """One for each panel that the run has something for, and the four that every run ought to have."""
    bands = healthy(record)
    return [
        Chart(panel.name, panel.title, panel.how_to_read, partial(_draw, panel=panel, record=record, bands=bands))
        for panel in panels_of(record)
    ]


def write_png(record: Mapping[str, Any], path: Path) -> None:
    """The four charts that every run has, in one picture."""
    with rc_context(STYLE):
        figure = Figure(figsize=(12, 7.5), layout="constrained")
        figure.suptitle(
            f"Run {record.get('run', 'without a name')}: {record.get('verdict', 'no verdict')}", fontsize=13
        )
        for axes, chart in zip(figure.subplots(2, 2).flat, charts(record)[:_ON_THE_PICTURE], strict=True):
            axes.set_title(chart.title)
            chart.draw(axes)
        figure.savefig(path, format="png", dpi=130)


def frame(axes: Axes, unit: str) -> None:
    """The axes of a chart over training steps."""
    axes.set_xlabel("training step")
    axes.set_ylabel(unit)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))


def say_absent(axes: Axes) -> None:
    axes.text(0.5, 0.5, ABSENT, transform=axes.transAxes, ha="center", va="center")
    axes.set_xticks([])
    axes.set_yticks([])


def _draw(axes: Axes, panel: Panel, record: Mapping[str, Any], bands: Mapping[str, Band]) -> None:
    curves = {key: rows(record, key) for key in panel.series}
    frame(axes, panel.unit)
    if not any(steps for steps, _ in curves.values()):
        say_absent(axes)
        return
    for look, (key, (steps, values)) in zip(_LOOKS, curves.items(), strict=False):
        _draw_curve(axes, panel.series[key], look, steps, values)
    axes.set_ylim(bottom=0, top=panel.top)
    known = {panel.series[key]: bands[key] for key in panel.series if key in bands}
    for label, band in known.items():
        _draw_band(axes, band, label if len(panel.series) > 1 else "", wash=len(known) == 1)
    _mark_alarms(axes, panel, record)
    axes.legend(loc="best")


def _draw_curve(axes: Axes, label: str, look: Mapping[str, Any], steps: list[int], values: list[float]) -> None:
    if not steps:
        axes.plot([], [], " ", label=f"{label}: {ABSENT}")
        return
    # the training curve is a plain line, but one of one point could not be seen
    marked = len(steps) == 1 or (look["color"] != TRAINING and len(steps) <= _POINTS)
    marker: dict[str, Any] = {"marker": "o", "markersize": 5} if marked else {}
    axes.plot(steps, values, linewidth=2, clip_on=False, label=label, **look, **marker)


def _draw_band(axes: Axes, band: Band, label: str, *, wash: bool) -> None:
    """The healthy values: their ends as lines, unless they are far off the curve, and a wash between them."""
    floor, ceiling = axes.get_ylim()
    if band.high is not None and ceiling < band.high <= ceiling * FAR:
        ceiling = band.high * 1.05
    axes.set_ylim(floor, ceiling)
    if wash:
        low, high = floor if band.low is None else band.low, ceiling if band.high is None else band.high
        axes.axhspan(low, min(high, ceiling), facecolor=HEALTHY, alpha=_WASH, linewidth=0)
    line: dict[str, Any] = {"color": HEALTHY, "linewidth": 1.4, "linestyle": (0, (6, 3))}
    for end in (band.low, band.high):
        if end is not None and floor <= end <= ceiling:
            axes.axhline(end, **line)
    axes.plot([], [], **line, label=f"healthy{f' {label}' if label else ''}: {described(band)}")


def described(band: Band) -> str:
    """A band in words.

    >>> described(Band(low=0.2)), described(Band(0.1, 0.4)), described(Band())
    ('0.2 or more', '0.1 to 0.4', 'any value')
    """
    if band.low is not None and band.high is not None:
        return f"{_short(band.low)} to {_short(band.high)}"
    if band.low is not None:
        return f"{_short(band.low)} or more"
    return "any value" if band.high is None else f"up to {_short(band.high)}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits either way


def _mark_alarms(axes: Axes, panel: Panel, record: Mapping[str, Any]) -> None:
    """A line for each step at which alarms of this panel began, with their names along it."""
    began: defaultdict[float, list[str]] = defaultdict(list)
    for finding in record.get("detectors") or []:
        if finding.get("alarm") and is_number(finding.get("step")) and finding.get("name") in panel.detectors:
            began[finding["step"]].append(finding["name"])
    for step, names in sorted(began.items()):
        axes.axvline(step, color=ALARM, linewidth=1.4)
        _name(axes, step, f"{', '.join(names)} at step {step}", rows(record, next(iter(panel.series))))


def _name(axes: Axes, step: float, words: str, curve: tuple[Sequence[int], Sequence[float]]) -> None:
    """Words along the line at a step, in that half of the chart where the curve is not."""
    left, right = axes.get_xlim()
    inside = step <= left + (right - left) * _MARKED_INSIDE
    here = min(zip(*curve, strict=True), key=lambda point: abs(point[0] - step), default=(step, 0.0))
    low = here[1] > sum(axes.get_ylim()) / 2
    axes.annotate(
        words,
        xy=(step, 0.02 if low else 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(4 if inside else -4, 0),
        textcoords="offset points",
        ha="left" if inside else "right",
        va="bottom" if low else "top",
        rotation=90,
        color=ALARM,
        fontsize=9,
        parse_math=False,
    )
