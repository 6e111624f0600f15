"""A run as one HTML page that needs nothing else: no network, no script, light and dark."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rft.reporting.choice import Kind
from rft.verdicts import TITLES
from rft.views import (
    audit_page,
    dataset_page,
    detector_table,
    lineage,
    probe_page,
    reward_histogram,
    rollout_browser,
    run_charts,
    strategies,
)
from rft.views.charts import figure
from rft.views.dataset_summary import as_report
from rft.views.figures import section_of
from rft.views.html_file import html_file
from rft.views.key_numbers import HINT, key_numbers
from rft.views.markup import hint, section, text
from rft.views.tiles import tiles

_BANDS = (
    "Dashed green lines end what is healthy as of the newest step; the detectors look at smoothed curves, so that one "
    "step outside is no alarm. Upright lines are alarms."
)
_LOOKS = {verdict: verdict for verdict in TITLES} | {"hacking": "alarm"}


def render(record: Mapping[str, Any], kinds: Sequence[Kind] = (), rollouts_note: str = "None were read.") -> str:
    """The whole page.

    Args:
        record: Of a run that has ended, or what is known of one that goes on.
        kinds: Rollouts to be read.
        rollouts_note: What rollouts these are, or why there are none.
    """
    title = f"{record.get('project', '?')} · {record.get('stage', '?')}"
    sections = [
        _header(title, record),
        section("Key numbers", tiles(key_numbers(record)) + hint(HINT)),
        section(
            "Curves", hint(_BANDS) + f'<div class="charts">{"".join(map(figure, run_charts.charts(record)))}</div>'
        ),
        *_histogram(record),
        section("Detectors", detector_table.content(record)),
        section("Rollouts", rollout_browser.content(kinds, rollouts_note)),
        *_evaluation(record),
        *([audit_page.section(record["audit"])] if record.get("audit") else []),
        *_preflight(record),
        *_strategies(record),
        *lineage.sections(record),
    ]
    return html_file(title, "".join(sections))


def _header(title: str, record: Mapping[str, Any]) -> str:
    verdict = str(record.get("verdict", ""))
    failure = record.get("failureMessage")
    return (
        f'<header><h1>{text(title)}</h1><p class="run">run <code>{text(record.get("run"))}</code></p>'
        f'<p class="verdict {_LOOKS.get(verdict, "unknown")}"><strong>{TITLES.get(verdict, "No verdict")}</strong> '
        f"{text(record.get('verdictReason'))}</p>"
        + _stopped(section_of(record, "stoppedBy"))
        + (f'<p class="failure">{text(failure)}</p>' if failure else "")
        + "</header>\n"
    )


def _stopped(by: Mapping[str, Any]) -> str:
    """What stopped the run, where a detector did."""
    if not by:
        return ""
    return (
        f'<p class="failure"><strong>Stopped by {text(by.get("detector"))}</strong>, {text(by.get("time"))}: '
        f"{text(by.get('reason'))} {text(by.get('evidence'))}</p>"
    )


def _histogram(record: Mapping[str, Any]) -> Iterable[str]:
    if chart := reward_histogram.chart(record):
        yield section("Rewards over time", figure(chart))


def _evaluation(record: Mapping[str, Any]) -> Iterable[str]:
    if evaluation := section_of(record, "evaluation"):
        yield section("Evaluation", lineage.pairs(dict(lineage.flat(evaluation))))


def _preflight(record: Mapping[str, Any]) -> Iterable[str]:
    """What the deploy had found out before training, as far as it is recorded."""
    found = section_of(record, "preflight")
    if dataset := section_of(found, "dataset"):
        yield dataset_page.sections(as_report(dataset), section_of(record, "hyperParameters"))
    if probe := section_of(found, "probe"):
        yield probe_page.sections(probe)
    yield from (hint(text(note)) for note in found.get("notes") or ())
    if found.get("report"):
        yield hint(f"Everything that the preflight found: <code>{text(found['report'])}</code>")


def _strategies(record: Mapping[str, Any]) -> Iterable[str]:
    """Only of a model that chooses among responses of known worth."""
    if content := strategies.content(record):
        yield section("Strategies", content)
