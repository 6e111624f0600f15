"""The charts of a probe: what the base model earns, on which prompts, and how long it answers."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rft.views.charts import Chart, Mark, bars
from rft.views.charts import write_pngs as write_charts
from rft.views.curves import INK, TRAINING, VALIDATION
from rft.views.figures import fraction, is_number, section_of
from rft.views.length_chart import length_chart

_FLAT = 1e-9  # rewards nearer to each other than this are the same
_BIG, _SMALL, _MANY = 5.0, 2.5, 150  # size of a dot in points, and prompts from which on it is small
_HOW_TO_READ = {
    "rewards": "Rewards of all responses of the untrained model. Everything at 0: it cannot do the task, and no "
    "response shows it how. Everything at 1: nothing is left to learn. In between there is something to choose from.",
    "prompts": "Each column is a prompt, sorted by its mean reward (dot); the line goes from its worst to its best "
    "response. Long lines teach: the model sometimes gets it right. A prompt without one pays all its responses the "
    "same, and its share of the training moves nothing.",
    "lengths": "Tokens of the model's responses, as Bedrock counted them. A pile at inferenceMaxTokens are answers "
    "that were cut off; raise the limit, or they are paid as wrong.",
}


def write_pngs(probe: Mapping[str, Any], folder: Path) -> list[Path]:
    """Every chart that there is data for as a PNG.

    Args:
        probe: ``Probe.to_json`` or ``Probe.summary``.
        folder: Made where it is missing.
    """
    return write_charts(list(charts(probe)), folder)


def charts(probe: Mapping[str, Any]) -> Iterator[Chart]:
    """Those that there is data for; a summary has none of single prompts."""
    counts = [count for count in probe.get("rewardHistogram") or () if is_number(count)]
    if any(counts):
        yield Chart(
            "rewards", "Rewards of the base model", _HOW_TO_READ["rewards"], lambda axes: _rewards(axes, probe, counts)
        )
    prompts = [one for one in probe.get("perPrompt") or () if is_number(one.get("mean"))]
    if prompts:
        yield Chart(
            "reward-per-prompt", "Reward per prompt", _HOW_TO_READ["prompts"], lambda axes: _each(axes, prompts)
        )
    most = probe.get("maxTokens")
    limit = ("inferenceMaxTokens", int(most)) if is_number(most) else None
    tokens = section_of(probe, "responseTokens")
    chart = length_chart(
        "response-lengths", "Response length", _HOW_TO_READ["lengths"], tokens, unit="tokens", limit=limit
    )
    if chart is not None:
        yield chart


def _rewards(axes: Axes, probe: Mapping[str, Any], counts: Sequence[float]) -> None:
    width = 1 / len(counts)
    mean = section_of(probe, "reward").get("mean")
    marks = [Mark(f"mean {fraction(mean)}", mean, INK)] if is_number(mean) else []
    bars(axes, [(n * width, (n + 1) * width, count) for n, count in enumerate(counts)], marks=marks)
    axes.set_xlim(0, 1)
    axes.set_xlabel("reward")
    axes.set_ylabel("responses")


def _each(axes: Axes, prompts: Sequence[Mapping[str, Any]]) -> None:
    ranked = sorted(prompts, key=lambda one: (one["mean"], _bound(one, "most"), _bound(one, "least")))
    flat = [n for n, one in enumerate(ranked) if _bound(one, "most") - _bound(one, "least") < _FLAT]
    others = sorted(set(range(len(ranked))) - set(flat))
    _ranges(axes, [_bound(one, "least") for one in ranked], [_bound(one, "most") for one in ranked])
    dots: dict[str, Any] = {"linestyle": "", "markersize": _dot(len(ranked)), "clip_on": False}
    axes.plot(others, [ranked[n]["mean"] for n in others], marker="o", color=TRAINING, label="mean", **dots)
    if flat:
        label = f"all the same: {len(flat):,} of {len(ranked):,}"
        axes.plot(flat, [ranked[n]["mean"] for n in flat], marker="s", color=VALIDATION, label=label, **dots)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlim(-1, len(ranked))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, steps=[1, 2, 5, 10]))
    axes.grid(visible=False, axis="x")
    axes.set_xlabel("prompts, hardest first")
    axes.set_ylabel("reward")
    axes.set_title(axes.get_title(loc="left"), pad=26)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, borderpad=0, handletextpad=0.4)


def _ranges(axes: Axes, lows: Sequence[float], highs: Sequence[float]) -> None:
    """From the worst to the best response: a line for each prompt, or one band where lines would touch."""
    places = range(len(lows))
    look: dict[str, Any] = {"color": TRAINING, "label": "worst to best"}
    if len(lows) > _MANY:
        axes.fill_between(places, lows, highs, step="mid", alpha=0.3, linewidth=0, **look)
    else:
        axes.vlines(places, lows, highs, alpha=0.35, linewidth=_dot(len(lows)) * 0.7, **look)


def _dot(prompts: int) -> float:
    return _SMALL if prompts > _MANY else _BIG


def _bound(prompt: Mapping[str, Any], key: str) -> float:
    value = prompt.get(key)
    return float(value) if is_number(value) else float(prompt["mean"])
