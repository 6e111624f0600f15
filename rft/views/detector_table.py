"""What the detectors say: those that went off first, then the quiet ones, then those that had too little to judge."""

from collections.abc import Mapping
from typing import Any, Final

from lambda_src.run.detectors import WATCHED
from lambda_src.run.detectors.finding import Severity
from rft.views.figures import NONE, is_number
from rft.views.markup import ABSENT, number, table, text

RAISED: Final = "alarm"

_HEAD: Final = ("detector", "state", "value", "goes off at", "at step", "evidence, and what to do")
_UNITS: Final = {about.name: about.unit for about in WATCHED}
_ORDER: Final = (RAISED, "quiet", "not judged")


def state(finding: Mapping[str, Any]) -> str:
    """Whether a detector went off.

    >>> state({"alarm": False, "value": None})
    'not judged'
    """
    if finding.get("alarm"):
        return RAISED
    return "quiet" if is_number(finding.get("value")) else "not judged"


def ordered(findings: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The order in which they are read: by state, critical ones first."""
    return sorted(findings, key=lambda each: (_ORDER.index(state(each)), each.get("severity") != Severity.CRITICAL))


def content(record: Mapping[str, Any]) -> str:
    """Body of the section."""
    findings = ordered(record.get("detectors") or [])
    if not findings:
        return f"<p>{ABSENT}</p>"
    counts = {name: sum(state(finding) == name for finding in findings) for name in _ORDER}
    words = {RAISED: "went off"}
    summary = ", ".join(f"{count} {words.get(name, name)}" for name, count in counts.items() if count)
    rows = table(_HEAD, "".join(map(_row, findings)))
    return f'<p>{summary}</p>\n<div class="detectors">{rows}</div>'


def _row(finding: Mapping[str, Any]) -> str:
    name, shown = finding.get("name"), state(finding)
    looks = {RAISED: "raised", "quiet": "quiet"}.get(shown, "unjudged")
    unit = f'<p class="hint">{text(_UNITS[str(name)])}</p>' if name in _UNITS else ""
    severity = f'<p class="hint">{text(finding["severity"])}</p>' if finding.get("severity") else ""
    return (
        f'<tr class="{looks}"><td class="name"><strong>{text(name)}</strong>{unit}</td>'
        f'<td class="state">{shown}{severity if shown == RAISED else ""}</td>'
        f"{_figure('value', finding.get('value'))}{_figure('goes off at', finding.get('threshold'))}"
        f"{_figure('at step', finding.get('step'))}"
        f'<td class="text">{text(finding.get("evidence") or NONE)}{_help(finding)}</td></tr>\n'
    )


def _help(finding: Mapping[str, Any]) -> str:
    parts = {"Cause": finding.get("cause"), "Advice": finding.get("advice")}
    return "".join(f"<p><strong>{name}:</strong> {text(said)}</p>" for name, said in parts.items() if said)


def _figure(label: str, value: object) -> str:
    """A number that brings its label to where the table's head has no room."""
    return f'<td class="number" data-label="{label}">{text(NONE if value is None else number(value))}</td>'
