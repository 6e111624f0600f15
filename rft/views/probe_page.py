"""A probe of the base model as a section of a page."""

from collections.abc import Mapping
from typing import Any

from rft.views import charts, probe_plots, probe_verdicts
from rft.views.figures import fraction, is_number, section_of, whole
from rft.views.html_file import html_file
from rft.views.markup import cell, hint, section, table, text
from rft.views.probe_figures import LEGEND, figures, introduction
from rft.views.tiles import tiles

_DROPPED = 20  # shown
_PROMPTS = 200  # shown
_COLUMNS = ("mean", "least", "most", "spread")


def sections(probe: Mapping[str, Any]) -> str:
    """The section.

    Args:
        probe: ``Probe.to_json`` or ``Probe.summary``.
    """
    drawn = "".join(map(charts.figure, probe_plots.charts(probe)))
    return section(
        "Base model",
        f"<p>{text(introduction(probe))}</p>\n{_verdict(probe)}{tiles(figures(probe))}"
        + hint(LEGEND)
        + (f'<div class="charts probe">{drawn}</div>' if drawn else "")
        + "".join(hint(text(note)) for note in probe.get("notes") or ())
        + _dropped(probe)
        + _prompts(probe),
    )


def page(title: str, probe: Mapping[str, Any]) -> str:
    """The section as a page of its own, which needs nothing else."""
    return html_file(title, f"<header><h1>{text(title)}</h1></header>\n{sections(probe)}")


def _verdict(probe: Mapping[str, Any]) -> str:
    verdict = section_of(probe, "verdict")
    if not verdict:
        return ""
    advice = f" {text(verdict['advice'])}" if verdict.get("advice") else ""
    return (
        f'<p class="verdict {probe_verdicts.look(probe)}"><strong>{probe_verdicts.title(probe)}</strong> '
        f"{text(verdict.get('reason'))}{advice}</p>\n"
    )


def _dropped(probe: Mapping[str, Any]) -> str:
    dropped = probe.get("drop") or ()
    body = "".join(f"<tr>{cell(one.get('id'), 'name')}{cell(one.get('why'))}</tr>\n" for one in dropped[:_DROPPED])
    more = hint(f"And {len(dropped) - _DROPPED:,} more.") if len(dropped) > _DROPPED else ""
    return f"<h3>Prompts to leave out</h3>\n{table(('record', 'why'), body)}{more}" if body else ""


def _prompts(probe: Mapping[str, Any]) -> str:
    prompts = [one for one in probe.get("perPrompt") or () if is_number(one.get("mean"))]
    if not prompts:
        return ""
    hardest = sorted(prompts, key=lambda one: float(one["mean"]))[:_PROMPTS]
    body = "".join(map(_prompt, hardest))
    shown = "Each prompt" if len(hardest) == len(prompts) else f"The {_PROMPTS} hardest of {len(prompts):,} prompts"
    head = ("record", "line", *_COLUMNS, "tokens", "cut off")
    return f"<details><summary>{shown}</summary>\n{table(head, body)}</details>"


def _prompt(one: Mapping[str, Any]) -> str:
    rewards = "".join(cell(fraction(one.get(key)), "number") for key in _COLUMNS)
    whole_numbers = "".join(cell(whole(one.get(key)), "number") for key in ("tokens", "truncated"))
    return f"<tr>{cell(one.get('id'), 'name')}{cell(whole(one.get('line')), 'number')}{rewards}{whole_numbers}</tr>\n"
