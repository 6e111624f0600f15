"""The charts of a dataset: how long prompts and references are, how many are alike, how the records divide."""

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rft.views import dataset_similar
from rft.views.charts import Chart, cut, rows
from rft.views.charts import write_pngs as write_charts
from rft.views.curves import TRAINING
from rft.views.dataset_limits import limits_of
from rft.views.figures import is_number, percent, section_of
from rft.views.length_chart import length_chart
from rft.views.terminal import safe

_SHARES = 8  # charts at most; a dataset may have many fields
_VALUES = 8  # of one property
_LABEL, _NAME = 24, 36  # characters
_HOW_TO_READ = {
    "prompt": "Estimated tokens of each training prompt. Prompts longer than maxPromptLength are left out of the "
    "training; a limit far above the longest prompt cuts nothing.",
    "reference": "Estimated tokens of each reference answer as text. A response may need more: it reasons too. Where "
    "references reach inferenceMaxTokens, right answers are cut off and earn nothing.",
    "similar": "Groups of prompts that are equal or nearly equal, by the size of the group. Repeated prompts are "
    "trained on more often than the others.",
}


def write_pngs(
    dataset: Mapping[str, Any], folder: Path, hyper_parameters: Mapping[str, Any] | None = None
) -> list[Path]:
    """Every chart that there is data for as a PNG.

    Args:
        dataset: ``DatasetReport.to_json``, ``dataset_limits.document`` or a record's summary of it.
        folder: Made where it is missing.
    """
    return write_charts([*lengths(dataset, hyper_parameters), *similar(dataset), *shares(dataset)], folder)


def lengths(dataset: Mapping[str, Any], hyper_parameters: Mapping[str, Any] | None = None) -> Iterator[Chart]:
    """Of the training file."""
    limits = limits_of(dataset, hyper_parameters)
    for kind, title in (("prompt", "Prompt length"), ("reference", "Reference length")):
        limit = limits.get(kind)
        chart = length_chart(
            f"{kind}-lengths",
            title,
            _HOW_TO_READ[kind],
            section_of(dataset, "content", "lengths", "train", kind),
            unit="estimated tokens",
            limit=None if limit is None else (limit.name, limit.tokens),
        )
        if chart is not None:
            yield chart


def similar(dataset: Mapping[str, Any]) -> Iterator[Chart]:
    """Nothing where groups of alike prompts do not differ in size: a sentence says it better."""
    groups = dataset_similar.groups(dataset)

    def draw(axes: Axes) -> None:
        drawn = axes.bar(list(groups), list(groups.values()), width=0.6, color=TRAINING)
        axes.bar_label(drawn, fmt="{:,.0f}", padding=3)
        axes.margins(x=max(0.05, 0.6 / len(groups)), y=0.15)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
        axes.grid(visible=False, axis="x")
        axes.set_xlabel("prompts in the group")
        axes.set_ylabel("groups")

    if len(groups) > 1:
        yield Chart("similar-prompts", "Groups of alike prompts", _HOW_TO_READ["similar"], draw)


def shares(dataset: Mapping[str, Any]) -> Iterator[Chart]:
    """One chart for each property by which the training records divide; one that all share is no chart."""
    dividing = (one for one in section_of(dataset, "content").get("shares") or () if len(_values(one)) > 1)
    for number, one in enumerate(islice(dividing, _SHARES), start=1):
        yield _of_property(number, one, _values(one))


def _values(one: Mapping[str, Any]) -> list[tuple[str, float]]:
    return [(safe(value), share) for value, share in section_of(one, "shares").items() if is_number(share)]


def _of_property(number: int, one: Mapping[str, Any], values: list[tuple[str, float]]) -> Chart:
    name, distinct = cut(safe(one.get("name")), _NAME), one.get("distinct")
    shown = [(cut(value, _LABEL), share) for value, share in values[:_VALUES]]
    total = distinct if is_number(distinct) else len(values)
    title = f"Records by {name}" + (f", {len(shown)} of {total:,} values" if total > len(shown) else "")
    height = 0.8 + 0.34 * len(shown)
    return Chart(
        f"shares-{number}",
        title,
        "",
        lambda axes: rows(axes, shown, form=percent),
        size=(6.4, height),
    )
