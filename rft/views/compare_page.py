"""Several runs on one page: their curves in the same charts, their numbers, inputs and detectors side by side."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from rft.live_run import LIVE
from rft.verdicts import TITLES
from rft.views import compare_charts, detector_table, key_numbers, lineage
from rft.views.charts import figure
from rft.views.compare_charts import Records
from rft.views.figures import NONE, section_of
from rft.views.html_file import html_file
from rft.views.markup import ABSENT, hint, number, section, text

_PLAIN = ("digest", "attempt", "git commit")
_HASH = 12  # digits that are shown
_IS_HASH = re.compile("[0-9a-f]{64}")


def render(found: Sequence[Mapping[str, Any]]) -> str:
    """The whole page; the first run is what the others are compared with."""
    records = dict(zip(ascii_uppercase, found, strict=False))
    title = f"{len(records)} runs of {', '.join(sorted({str(record.get('project', '?')) for record in found}))}"
    legend = "".join(map(_legend, enumerate(records.items())))
    charts = "".join(map(figure, compare_charts.charts(records)))
    return html_file(
        title,
        f'<header><h1>{text(title)}</h1><ul class="legend">{legend}</ul></header>\n'
        + section("Key numbers", _numbers(records))
        + section("Curves", f'<div class="charts">{charts}</div>' if charts else f"<p>{ABSENT}</p>")
        + section("What went in", _inputs(records))
        + section("Detectors", _detectors(records)),
    )


def _legend(entry: tuple[int, tuple[str, Mapping[str, Any]]]) -> str:
    place, (letter, record) = entry
    verdict = TITLES.get(str(record.get("verdict")), "No verdict")
    return (
        f"<li>{compare_charts.swatch(place)}<strong>{letter}</strong><code>{text(record.get('run'))}</code>"
        f"<strong>{text(verdict)}</strong>: {text(record.get('verdictReason'))}</li>\n"
    )


def _numbers(records: Records) -> str:
    figures = {letter: key_numbers.figures(record) for letter, record in records.items()}
    first = next(iter(figures.values()), {})

    def cell(name: str, letter: str) -> str:
        words, value = figures[letter].get(name, (NONE, None))
        base = first.get(name, (ABSENT, None))[1]
        change = "" if value is None or base is None or figures[letter] is first else f"{value - base:+.3g}"
        return f'<td class="number">{text(words)} <span class="difference">{change}</span></td>'

    return _table(records, _union(figures.values()), cell) + hint(
        f"{key_numbers.HINT} Behind it: the end's difference from that of {next(iter(records), 'the first')}; times in "
        "seconds."
    )


def _inputs(records: Records) -> str:
    inputs = {letter: _flat_inputs(record) for letter, record in records.items()}
    names = _union(inputs.values())
    known = [inputs[letter] for letter, record in records.items() if record.get("verdict") != LIVE]
    differing = [name for name in names if len({str(values.get(name)) for values in known}) > 1]

    def cell(name: str, letter: str) -> str:
        absent = "not known yet" if records[letter].get("verdict") == LIVE else NONE
        return f'<td class="code">{text(_shortened(inputs[letter].get(name), absent))}</td>'

    same = _table(records, [name for name in names if name not in differing], cell)
    return (
        (_table(records, differing, cell, kind="differs") if differing else "<p>nothing differs</p>")
        + hint(f"Highlighted: what differs. {NONE} had the service's default.")
        + f"<details><summary>What is the same</summary>{same}</details>"
    )


def _detectors(records: Records) -> str:
    findings = {
        letter: {str(finding.get("name")): finding for finding in record.get("detectors") or []}
        for letter, record in records.items()
    }

    def cell(name: str, letter: str) -> str:
        finding = findings[letter].get(name)
        if finding is None:
            return f"<td>{NONE}</td>"
        state = detector_table.state(finding)
        step = f" at step {finding['step']}" if finding.get("alarm") and finding.get("step") is not None else ""
        value = f", {number(finding['value'])}" if finding.get("value") is not None else ""
        looks = "raised" if state == detector_table.RAISED else "quiet" if state == "quiet" else "unjudged"
        return f'<td class="{looks}" title="{text(finding.get("evidence"))}">{text(f"{state}{step}{value}")}</td>'

    names = _union(findings.values())
    raised = [name for name in names if any(found.get(name, {}).get("alarm") for found in findings.values())]
    return _table(records, [*raised, *(name for name in names if name not in raised)], cell)


def _flat_inputs(record: Mapping[str, Any]) -> dict[str, Any]:
    rubric = {
        f"reward {entry.get('function')}": ", ".join([f"weight {entry.get('weight')}", *_options(entry)])
        for entry in record.get("rubric") or []
    }
    return {
        "model": record.get("model"),
        **section_of(record, "hyperParameters"),
        **rubric,
        **{name if name in _PLAIN else f"hash of {name}": value for name, value in lineage.inputs(record).items()},
    }


def _options(entry: Mapping[str, Any]) -> list[str]:
    return [f"{name} = {value}" for name, value in section_of(entry, "options").items()]


def _shortened(value: object, absent: str) -> object:
    if value is None:
        return absent
    return value[:_HASH] if isinstance(value, str) and _IS_HASH.fullmatch(value) else number(value)


def _union(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys, in the order in which they come."""
    return list(dict.fromkeys(name for mapping in mappings for name in mapping))


def _table(records: Records, names: Sequence[str], cell: Callable[[str, str], str], *, kind: str = "") -> str:
    """A row for each name, a column for each run."""
    head = "".join(f"<th>{compare_charts.swatch(place)}{letter}</th>" for place, letter in enumerate(records))
    body = "".join(
        f'<tr class="{kind}"><th>{text(name)}</th>{"".join(cell(name, letter) for letter in records)}</tr>\n'
        for name in names
    )
    return (
        f'<div class="wide side-by-side"><table><thead><tr><th></th>{head}</tr></thead><tbody>\n{body}</tbody></table>'
        "</div>"
    )
