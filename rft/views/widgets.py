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

from rft.metric_data import Line, Span, lines
from rft.views.card import Card
from rft.views.curves import ALARM, BOUND, INK, STYLE

_dates: Any = matplotlib_dates  # carries no types
_COLUMNS = 24
_COLUMN, _ROW, _GAP = 0.75, 0.62, 0.12  # inches
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_STYLES = ("-", "--", "-.", ":")
_STATES = {"OK": "#0b6b4f", "ALARM": ALARM, "INSUFFICIENT_DATA": BOUND}
_TILE, _TILE_HIGH, _TILE_GAP = 2.75, 0.36, 0.1  # inches
_CHARACTERS = 13  # of a text, per inch
_BAND = "#7f7f7f"
"""The colour in which a dashboard draws the ends of a healthy band; nothing else of it is dashed."""
_TIME_LABEL = 1.1  # inches with the space around it
_LABEL_CHARACTERS = 44


@dataclass(frozen=True, slots=True)
class Source:
    """Where a picture's numbers come from."""

    cloudwatch: Any
    """A boto3 client."""
    span: Span


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
    card.fill("white", edge="#d5dbe1")
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
        card.text(0.15, 0.4, "\n".join(textwrap.wrap(f"no data: {error}", int(card.width * _CHARACTERS))), color=ALARM)


def _draw_text(card: Card, properties: Mapping[str, Any]) -> None:
    width = int(card.width * _CHARACTERS)
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
    columns = max(1, int((card.width - _TILE_GAP) // _TILE))
    wide = (card.width - _TILE_GAP) / columns
    for number, name in enumerate(names):
        x, y = _TILE_GAP + (number % columns) * wide, 0.42 + (number // columns) * (_TILE_HIGH + _TILE_GAP)
        _draw_tile(card.part(x, y, wide - _TILE_GAP, _TILE_HIGH), name, states.get(name, "not found"))


def _draw_tile(tile: Card, name: str, state: str) -> None:
    """An alarm in the colour of its state, which is also written, for who sees no colours."""
    tile.fill(_STATES.get(state, BOUND))
    place: dict[str, Any] = {"color": "white", "fontsize": 8, "va": "center"}
    word = state.replace("_", " ").lower()
    room = int(tile.width * _CHARACTERS * 1.1) - len(word)
    tile.text(0.1, tile.height / 2, _short(name, room), **place)
    tile.text(tile.width - 0.1, tile.height / 2, word, ha="right", weight="bold", **place)


def _draw_metric(card: Card, properties: Mapping[str, Any], source: Source) -> None:
    curves = lines(source.cloudwatch, properties, source.span)
    if properties.get("view") == "singleValue":
        _draw_values(card, curves)
    else:
        _draw_graph(card, properties, curves, source.span)


def _draw_values(card: Card, curves: Sequence[Line]) -> None:
    wide = card.width / max(len(curves), 1)
    for number, curve in enumerate(curves):
        x = 0.2 + number * wide
        card.text(x, 0.5, f"{curve.values[-1]:.3g}" if curve.values else "—", fontsize=24, weight="bold")
        card.text(x, 1.1, _short(curve.label, int(wide * _CHARACTERS)), color=BOUND)


def _draw_graph(card: Card, properties: Mapping[str, Any], curves: Sequence[Line], span: Span) -> None:
    has_right = any(curve.right for curve in curves)
    left = card.axes(left=0.74, bottom=0.62, right=0.74 if has_right else 0.22, top=0.42)
    right = left.twinx() if has_right else left
    for number, curve in enumerate(curves):
        axes = right if curve.right else left
        style = _STYLES[number // len(_COLOURS) % len(_STYLES)]
        look = {"linestyle": style, "marker": "o", "markersize": 2.5} if curve.colour != _BAND else {"linestyle": "--"}
        colour = curve.colour or _COLOURS[number % len(_COLOURS)]
        axes.plot(_dates.date2num(curve.times), curve.values, color=colour, label=_short(curve.label), **look)
    for annotation in _flat(properties.get("annotations", {}).get("horizontal", [])):
        _draw_bound(right if annotation.get("yAxis") == "right" else left, annotation)
    _scale(left, properties.get("yAxis", {}).get("left", {}))
    if not any(curve.values for curve in curves if not curve.right):
        left.set_yticks([])
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


def _short(label: str, most: int = _LABEL_CHARACTERS) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"
