"""Charts in the style of a run's curves: each as a PNG, or as an ``<svg>`` that takes the colours of its page."""

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rft.views.curves import ALARM, INK, STYLE, TRAINING, VARIABLES

FAR = 2.5
"""How many times the largest value a bound may be and still be drawn at its place; else the bars were too thin."""

_DPI = 130
_MARGIN = 1.08  # of the height above the highest bar
_FILLED = 0.9  # of a bin's width; the rest parts it from the next one
_PAD, _ROW = 8, 14  # points: between axes and title, and for each row of labels between them


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.

    Attributes:
        name: Of its file, and unique on a page.
        title: What it shows.
        how_to_read: What is healthy and what is not, for the page; empty where the page says it elsewhere.
        draw: Draws everything but the title.
        size: Width and height in inches.
    """

    name: str
    title: str
    how_to_read: str
    draw: Callable[[Axes], None]
    size: tuple[float, float] = (6.4, 3.4)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value on the axis that the bars are to be compared with."""

    label: str
    at: float
    colour: str = ALARM


def write_pngs(charts: Sequence[Chart], folder: Path) -> list[Path]:
    """Each chart as ``<name>.png``; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_png(chart, folder / f"{chart.name}.png") for chart in charts]


def figure(chart: Chart) -> str:
    """The chart as a ``<figure>`` that says how to read it."""
    caption = f"<figcaption>{escape(chart.how_to_read)}</figcaption>" if chart.how_to_read else ""
    return f"<figure>{svg(chart)}{caption}</figure>\n"


def svg(chart: Chart) -> str:
    """The chart as an ``<svg>`` element whose colours are CSS variables of the page around it."""
    buffer = io.StringIO()
    with _drawn(chart, {"svg.hashsalt": chart.name}) as drawn:
        drawn.patch.set_alpha(0)
        drawn.axes[0].patch.set_alpha(0)
        drawn.savefig(buffer, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return _for_inlining(buffer.getvalue(), chart)


def bars(axes: Axes, bins: Sequence[tuple[float, float, float]], *, marks: Sequence[Mark] = ()) -> None:
    """A histogram.

    Args:
        bins: Lower end, upper end and count of each.
        marks: Drawn as lines across; one far right of the bars is named at the edge, with an arrow.
    """
    lows, highs, counts = zip(*bins, strict=True)
    widths = [high - low for low, high in zip(lows, highs, strict=True)]
    axes.bar(lows, counts, width=[_FILLED * width for width in widths], align="edge", color=TRAINING)
    axes.set_ylim(0, max(counts) * _MARGIN or 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(visible=False, axis="x")
    reach = max(highs) * FAR
    right = max([*highs, *(mark.at * 1.03 for mark in marks if mark.at <= reach)])
    axes.set_xlim(min(lows), right)
    axes.set_title(axes.get_title(loc="left"), pad=_PAD + _ROW * len(marks))
    for row, mark in enumerate(marks):
        _mark(axes, mark, above=_PAD / 2 + _ROW * row, inside=mark.at <= reach)


def rows(axes: Axes, values: Sequence[tuple[str, float]], *, form: Callable[[float], str]) -> None:
    """Horizontal bars, the first at the top, each with its figure behind it."""
    places = range(len(values))
    axes.barh(places, [value for _, value in values], height=0.62, color=TRAINING)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks(places, [label for label, _ in values], parse_math=False)
    axes.set_xlim(0, max((value for _, value in values), default=0) * 1.2 or 1)
    for place, (_, value) in zip(places, values, strict=True):
        axes.annotate(form(value), (value, place), xytext=(5, 0), textcoords="offset points", va="center", color=INK)


def cut(text: str, length: int) -> str:
    """A label of at most this many characters.

    >>> cut("measurement", 8)
    'measure…'
    """
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _mark(axes: Axes, mark: Mark, *, above: float, inside: bool) -> None:
    """The line of a mark, and its label above the axes in a row of its own, so that no two can overlap."""
    text, at, side = (mark.label, mark.at, "left") if inside else (f"{mark.label} →", axes.get_xlim()[1], "right")
    if inside:
        axes.axvline(mark.at, color=mark.colour, linewidth=1.6, linestyle=(0, (6, 3)))
        side = "left" if mark.at < sum(axes.get_xlim()) / 2 else "right"
    place: dict[str, Any] = {"xy": (at, 1), "xycoords": ("data", "axes fraction"), "xytext": (0, above)}
    axes.annotate(text, **place, textcoords="offset points", ha=side, color=mark.colour, fontsize=10, parse_math=False)


@contextmanager
def _drawn(chart: Chart, options: dict[str, str]) -> Iterator[Figure]:
    with rc_context(STYLE | options), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        drawn = Figure(figsize=chart.size, layout="constrained")
        axes = drawn.subplots()
        axes.set_title(chart.title)
        chart.draw(axes)
        yield drawn


def _write_png(chart: Chart, path: Path) -> Path:
    with _drawn(chart, {}) as drawn:
        drawn.savefig(path, format="png", dpi=_DPI)
    return path


def _for_inlining(document: str, chart: Chart) -> str:
    element = document[document.index("<svg") :]
    element = re.sub(r"<!--.*?-->", "", element, flags=re.DOTALL)
    element = re.sub(r' id="[^"]*_\d+"', "", element)  # several charts share one page
    opening = f'role="img" aria-label="{escape(chart.title)}">'
    element = re.sub(
        r'<svg [^>]*?(viewBox="[^"]+")[^>]*>', lambda found: f"<svg {found[1]} {opening}", element, count=1
    )
    element = element.replace("xlink:href", "href")
    for colour, variable in VARIABLES.items():
        element = re.sub(rf"(stroke|fill): {colour}", rf"\1: var({variable})", element)
    return element
