"""How the rewards of each step are spread, as a map: steps from left to right, rewards from bottom to top."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator

from lambda_src.run.steps import HISTOGRAM_BINS
from rft.views.charts import Chart
from rft.views.curves import TRAINING, steps_of

_COLUMNS: Final = 80
"""At most; steps are taken together beyond that, so that the chart of a long run stays small."""
_FAINTEST: Final = 0.06  # opacity of what is more than nothing
_HOW_TO_READ: Final = (
    "Share of a step's responses that earned each reward; the stronger the colour, the more. Healthy: mass moves "
    "upwards. Two bands at the ends are a reward that is all or nothing; one band that narrows in the middle is a "
    "partial credit that is easier to earn than the answer."
)


def chart(record: Mapping[str, Any]) -> Chart | None:
    """The map; None where no rollouts told of it."""
    counts = {step.step: step.reward_histogram for step in steps_of(record) if step.reward_histogram}
    known = {step: bins for step, bins in counts.items() if sum(bins)}
    if not known:
        return None
    starts, columns = _columns(known)

    def draw(axes: Axes) -> None:
        edges = [*starts, max(known) + 1]
        rows = [[_shade(column[row]) for column in columns] for row in range(HISTOGRAM_BINS)]
        levels = [row / HISTOGRAM_BINS for row in range(HISTOGRAM_BINS + 1)]
        axes.pcolormesh(edges, levels, rows, linewidth=0)
        axes.grid(visible=False)
        axes.set_ylim(0, 1)
        axes.set_xlabel("training step")
        axes.set_ylabel("reward")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))

    return Chart("histogram", "Rewards of each step", _HOW_TO_READ, draw, size=(10, 3.2))


def _columns(known: Mapping[int, Sequence[int]]) -> tuple[list[int], list[list[float]]]:
    """First step of each column, and the shares of the rewards in it."""
    steps = sorted(known)
    width = -(-len(steps) // _COLUMNS)
    groups = [steps[start : start + width] for start in range(0, len(steps), width)]
    sums = [[sum(known[step][row] for step in group) for row in range(HISTOGRAM_BINS)] for group in groups]
    return [group[0] for group in groups], [[count / sum(column) for count in column] for column in sums]


def _shade(share: float) -> tuple[float, float, float, float]:
    """A colour as opaque as the share is large; square-rooted, so that small shares can be seen."""
    return to_rgba(TRAINING, max(round(share**0.5, 2), _FAINTEST) if share else 0.0)
