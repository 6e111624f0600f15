"""Several runs in the same charts: one for each curve, a colour and a line style for each run."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from matplotlib.axes import Axes

from rft.views.charts import Chart
from rft.views.curves import RUNS, VARIABLES, rows
from rft.views.panels import Panel, panels_of
from rft.views.run_charts import frame

_DASHES: Final[Sequence[tuple[float, ...]]] = ((), (6, 3), (6, 2, 1, 2), (1, 2))
MOST: Final = len(RUNS)
"""Runs that can be told apart."""

Records = Mapping[str, Mapping[str, Any]]
"""Runs by the letters that they are called by."""


def charts(records: Records) -> list[Chart]:
    """A chart for each curve that any of the runs has."""
    return [
        Chart(
            f"compare-{key}",
            panel.title if len(panel.series) == 1 else f"{panel.title}: {label}",
            "",
            partial(_draw, panel=panel, key=key, records=records),
        )
        for panel in panels_of(*records.values())
        for key, label in panel.series.items()
        if any(rows(record, key)[0] for record in records.values())
    ]


def swatch(place: int) -> str:
    """How the run at this place is drawn, for a legend."""
    dashes = " ".join(f"{2 * length:g}" for length in _DASHES[place % len(_DASHES)])
    look = f"stroke: var({VARIABLES[RUNS[place]]}); stroke-width: 3; stroke-dasharray: {dashes or 'none'}"
    return f'<svg viewBox="0 0 34 10" role="presentation"><path d="M 0 5 L 34 5" style="{look}"/></svg>'


def _draw(axes: Axes, panel: Panel, key: str, records: Records) -> None:
    frame(axes, panel.unit)
    curves = [(place, letter, *rows(record, key)) for place, (letter, record) in enumerate(records.items())]
    for place, letter, steps, values in curves:
        if not steps:
            continue
        marker: dict[str, Any] = {"marker": "o", "markersize": 5} if len(steps) == 1 else {}
        dashes = _DASHES[place % len(_DASHES)]
        style: Any = (0, dashes) if dashes else "-"
        axes.plot(steps, values, color=RUNS[place], linestyle=style, linewidth=2, label=letter, **marker)
    axes.set_ylim(bottom=0, top=panel.top)
    axes.legend(loc="best", ncols=len(records))
