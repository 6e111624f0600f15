"""The widgets of a CloudWatch dashboard, drawn in its grid of 24 columns."""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from matplotlib import dates as matplotlib_dates
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from rft.metric_data import Line, Span, lines
from rft.views.curves import ALARM, BOUND, INK, STYLE

_dates: Any = matplotlib_dates  # carries no types
_COLUMNS = 24
_COLUMN, _ROW, _GAP = 0.75, 0.62, 0.12  # inches
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STYLES = ("-", "--", "-.", ":")
_STATES = {"OK": "#0b6b4f", "ALARM": ALARM, "INSUFFICIENT_DATA": BOUND}
_TIME_LABEL = 1.1  # inches with the space around it
_LABEL_CHARACTERS = 44


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture's numbers come from."""

    cloudwatch: Any
    """A boto3 client."""
    span: Span


@dataclass(frozen=True, slots=True)
class Card:
    """A widget's place on the picture, in inches from the lower left corner."""

    figure: Figure
    left: float
    bottom: float
    width: float
    height: float

    def axes(self, *, left: float, bottom: float, right: float, top: float) -> Axes:
        """Axes that leave this much of the card free at each side."""
        wide, high = self.figure.get_size_inches()
        size = (max(self.width - left - right, 0.1) / wide, max(self.height - bottom - top, 0.1) / high)
        return self.figure.add_axes(((self.left + left) / wide, (self.bottom + bottom) / high, *size))

    def text(self, x: float, from_top: float, text: str, **options: Any) -> None:
        wide, high = self.figure.get_size_inches()
        position = ((self.left + x) / wide, (self.bottom + self.height - from_top) / high)
        self.figure.text(*position, text, **{"va": "top", "parse_math": False, **options})


def draw(widgets: Sequence[Mapping[str, Any]], source: Source, path: Path) -> None:
    """Draw every widget at its place; unknown kinds say what they are."""
    rows = max((widget.get("y", 0) + widget.get("height", 6) for widget in widgets), default=6)
    with rc_context({**STYLE, "font.size": 9, "legend.fontsize": 8}):
        figure = Figure(figsize=(_COLUMNS * _COLUMN, rows * _ROW), facecolor="#eef1f4")
        for widget in widgets:
            _draw_widget(_card(figure, widget, rows), widget, source)
        figure.savefig(path, format="png", dpi=100)


def plain(markdown: str) -> str:
    """Markdown without its marks.

    >>> plain("# Run **a**, see [the guide](https://example.com)")
    'Run a, see the guide'
    """
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"^#+ *|\*\*|__|`", "", text, flags=re.MULTILINE)


def _card(figure: Figure, widget: Mapping[str, Any], rows: int) -> Card:
    x, y, width, height = (widget.get(key, value) for key, value in (("x", 0), ("y", 0), ("width", 6), ("height", 6)))
    bottom = (rows - y - height) * _ROW + _GAP / 2
    return Card(figure, x * _COLUMN + _GAP / 2, bottom, width * _COLUMN - _GAP, height * _ROW - _GAP)


def _draw_widget(card: Card, widget: Mapping[str, Any], source: Source) -> None:
    background = card.axes(left=0, bottom=0, right=0, top=0)
    background.set_axis_off()
    shape: dict[str, Any] = {"boxstyle": "round,pad=0,rounding_size=0.01", "transform": background.transAxes}
    background.add_patch(FancyBboxPatch((0, 0), 1, 1, facecolor="white", edgecolor="#d5dbe1", clip_on=False, **shape))
    kind, properties = widget.get("type"), widget.get("properties", {})
    if title := properties.get("title"):
        card.text(0.15, 0.1, title, weight="bold", fontsize=10)
    try:
        if kind == "text":
            _draw_text(card, properties)
        elif kind == "alarm":
            _draw_alarms(card, properties, source)
        elif kind == "metric":
            _draw_metric(card, properties, source)
        else:
            card.text(0.15, 0.4, f"a widget of type {kind}: not drawn")
    except ClientError as error:
        card.text(0.15, 0.4, "\n".join(textwrap.wrap(f"no data: {error}", int(card.width * 13))), color=ALARM)


def _draw_text(card: Card, properties: Mapping[str, Any]) -> None:
    width = int(card.width * 13)  # characters
    paragraphs = plain(properties.get("markdown", "")).splitlines()
    card.text(
        0.15, 0.12, "\n".join("\n".join(textwrap.wrap(paragraph, width)) for paragraph in paragraphs), fontsize=10
    )


def _draw_alarms(card: Card, properties: Mapping[str, Any], source: Source) -> None:
    names = [arn.split(":alarm:", 1)[-1] for arn in properties.get("alarms", [])]
    found = (
        source.cloudwatch.describe_alarms(AlarmNames=names, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        if names
        else {}
    )
    states = {
        alarm["AlarmName"]: alarm["StateValue"]
        for kind in ("MetricAlarms", "CompositeAlarms")
        for alarm in found.get(kind, [])
    }
    columns = max(1, int(card.width // 4.2))
    for number, name in enumerate(names):
        state = states.get(name, "not found")
        x, y = 0.15 + (number % columns) * card.width / columns, 0.48 + (number // columns) * 0.32
        chip = {"boxstyle": "round,pad=0.25", "facecolor": _STATES.get(state, BOUND), "edgecolor": "none"}
        card.text(x + 0.06, y, state.replace("_", " ").lower(), color="white", fontsize=8, weight="bold", bbox=chip)
        card.text(x + 1.25, y, textwrap.shorten(name, _LABEL_CHARACTERS, placeholder="…"))


def _draw_metric(card: Card, properties: Mapping[str, Any], source: Source) -> None:
    curves = lines(source.cloudwatch, properties, source.span)
    if properties.get("view") == "singleValue":
        _draw_values(card, curves)
    else:
        _draw_graph(card, properties, curves, source.span)


def _draw_values(card: Card, curves: Sequence[Line]) -> None:
    for number, curve in enumerate(curves):
        x = 0.2 + number * card.width / len(curves)
        card.text(x, 0.45, f"{curve.values[-1]:.4g}" if curve.values else "—", fontsize=20)
        card.text(x, 0.85, _short(curve.label), color=BOUND)


def _draw_graph(card: Card, properties: Mapping[str, Any], curves: Sequence[Line], span: Span) -> None:
    has_right = any(curve.right for curve in curves)
    left = card.axes(left=0.68, bottom=0.62, right=0.68 if has_right else 0.22, top=0.42)
    right = left.twinx() if has_right else left
    for number, curve in enumerate(curves):
        axes = right if curve.right else left
        style = _STYLES[number // len(_COLOURS) % len(_STYLES)]
        colour = curve.colour or _COLOURS[number % len(_COLOURS)]
        axes.plot(
            _dates.date2num(curve.times),
            curve.values,
            color=colour,
            linestyle=style,
            marker="o",
            markersize=2.5,
            label=_short(curve.label),
        )
    for annotation in _flat(properties.get("annotations", {}).get("horizontal", [])):
        _draw_bound(right if annotation.get("yAxis") == "right" else left, annotation)
    _scale(left, properties.get("yAxis", {}).get("left", {}))
    if has_right:
        right.grid(visible=False)
        _scale(right, properties.get("yAxis", {}).get("right", {}))
    left.set_xlim(_dates.date2num(span.start), _dates.date2num(span.end))
    left.set_xticks(_ticks(span, max(2, int(card.width / _TIME_LABEL))))
    left.xaxis.set_major_formatter(_dates.DateFormatter(_time_format(span)))
    _draw_legend(card, left, right, empty=not any(curve.values for curve in curves))


def _ticks(span: Span, count: int) -> list[float]:
    # matplotlib's own choice lets the labels of a narrow widget overlap
    step = (span.end - span.start) / count
    return [float(_dates.date2num(span.start + step * (number + 0.5))) for number in range(count)]


def _time_format(span: Span) -> str:
    if span.end - span.start <= timedelta(minutes=15):
        return "%H:%M:%S"
    return "%H:%M" if span.end - span.start <= timedelta(days=1) else "%d %b"


def _draw_bound(axes: Axes, annotation: Mapping[str, Any]) -> None:
    colour = annotation.get("color") or ALARM
    axes.axhline(annotation["value"], color=colour, linewidth=1.3, linestyle=(0, (6, 3)))
    if label := annotation.get("label"):
        place: dict[str, Any] = {
            "xy": (1, annotation["value"]),
            "xycoords": ("axes fraction", "data"),
            "xytext": (-2, 2),
        }
        axes.annotate(label, **place, textcoords="offset points", ha="right", va="bottom", fontsize=8, color=colour)


def _scale(axes: Axes, options: Mapping[str, Any]) -> None:
    axes.set_ylabel(options.get("label", ""))
    low, high = axes.get_ylim()
    axes.set_ylim(options.get("min", low), options.get("max", high))


def _draw_legend(card: Card, left: Axes, right: Axes, *, empty: bool) -> None:
    if empty:
        left.text(0.5, 0.5, "no data in this span", transform=left.transAxes, ha="center", va="center", color=INK)
        left.set_yticks([])
    handles = {
        label: handle for axes in (left, right) for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    wide, high = card.figure.get_size_inches()
    corner = ((card.left + 0.1) / wide, (card.bottom + 0.02) / high)
    columns = max(1, int(card.width // 1.9))
    place: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": corner,
        "bbox_transform": card.figure.transFigure,
        "ncols": columns,
    }
    if handles:
        left.legend(handles.values(), handles.keys(), **place, handlelength=1.6, columnspacing=1.2, labelspacing=0.2)


def _flat(annotations: Sequence[Any]) -> list[Mapping[str, Any]]:
    """Bands are pairs of lines."""
    return [line for entry in annotations for line in (entry if isinstance(entry, list) else [entry])]


def _short(label: str) -> str:
    return textwrap.shorten(label, _LABEL_CHARACTERS, placeholder="…")
