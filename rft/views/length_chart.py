"""A histogram of lengths in tokens, beside the limit that cuts them."""

from collections.abc import Iterator, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rft.views.charts import Chart, Mark, bars
from rft.views.curves import INK
from rft.views.figures import is_number


def length_chart(
    name: str, title: str, how_to_read: str, lengths: Mapping[str, Any], *, unit: str, limit: tuple[str, int] | None
) -> Chart | None:
    """The chart; None where there is no histogram to draw.

    Args:
        lengths: ``Distribution.to_json``.
        unit: Of the lengths, for the axis.
        limit: A hyperparameter's name and its value.
    """
    bins = list(_bins(lengths))
    if not bins:
        return None
    marks = [] if limit is None else [Mark(f"{limit[0]} {limit[1]:,}", limit[1])]
    if is_number(lengths.get("p50")):
        marks.append(Mark(f"median {lengths['p50']:,.0f}", lengths["p50"], INK))

    def draw(axes: Axes) -> None:
        bars(axes, bins, marks=marks)
        axes.xaxis.set_major_locator(MaxNLocator(nbins=7, integer=True, steps=[1, 2, 2.5, 5, 10]))
        axes.set_xlabel(unit)

    return Chart(name, title, how_to_read, draw)


def _bins(lengths: Mapping[str, Any]) -> Iterator[tuple[float, float, float]]:
    """Lower end, upper end and count; a bin holds whole numbers, so it ends where the next one begins."""
    low = lengths.get("least") or 0
    for bound, count in lengths.get("histogram") or ():
        yield low, bound + 1, count
        low = bound + 1
