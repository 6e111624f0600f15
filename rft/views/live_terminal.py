"""A run in a terminal: where it is, its curves, its grader, what its detectors and alarms say."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from lambda_src.run.detectors.bands import Band
from lambda_src.run.detectors.finding import Severity
from rft.alarms import RAISED
from rft.verdicts import TITLES
from rft.views import detector_table
from rft.views.curves import healthy, rows
from rft.views.figures import is_number, percent
from rft.views.key_numbers import dollars, duration
from rft.views.panels import MAIN, Panel, panels_of
from rft.views.terminal import bar, safe
from rft.views.text_chart import TextChart, is_outside
from rft.watching.look import Look

_WIDEST: Final = 160
_WIDE: Final = 110  # columns from which three charts stand side by side
_GAP: Final = 2
_ROWS: Final = 3
_BAR: Final = 24
_MINUTE: Final = 60  # s
_GRADER: Final = {
    "graderErrorShare": ("not graded", percent),
    "unparsedShare": ("without an answer", percent),
    "truncatedShare": ("cut off", percent),
    "degenerateShare": ("prompts without spread", percent),
    "graderMilliseconds": ("slowest batch", lambda value: f"{value / 1000:.1f} s"),
}
_SEVERE: Final[Mapping[str, str]] = {Severity.CRITICAL: "bold red", Severity.WARNING: "bold yellow"}
_VERDICTS: Final = {"healthy": "bold green", "live": "bold cyan", "alarm": "bold yellow"}


def view(console: Console, look: Look) -> RenderableType:
    """Everything, as wide as the console, up to a width that can be read."""
    return Group(*_above(console, look), *_findings(look, _advised), *_below(look))


def fitting(console: Console, look: Look) -> RenderableType:
    """The view, without advice where the screen is too low for it."""
    whole = view(console, look)
    if len(console.render_lines(whole)) < console.height:
        return whole
    return Group(*_above(console, look), *_findings(look, _told), *_below(look))


def progress(look: Look) -> str:
    """Where a run is, in one line.

    >>> from datetime import datetime, UTC
    >>> progress(Look("r", datetime.now(UTC), {}, None, None, ()))
    'the run has ended'
    """
    parts = [look.phase]
    if look.step:
        of = f" of {look.total_steps}" if look.total_steps else ""
        share = f" ({percent(look.share_done)})" if look.share_done is not None else ""
        parts.append(f"step {look.step}{of}{share}")
    if look.seconds_left is not None:
        parts.append(f"about {_roughly(look.seconds_left)} left" if look.seconds_left else "any moment now")
    if look.cost is not None:
        parts.append(dollars(look.cost))
    return ", ".join(parts)


def _roughly(seconds: float) -> str:
    """A span as exact as a forecast can be.

    >>> _roughly(1169), _roughly(7270)
    ('19 min', '2 h 01 min')
    """
    if not 2 * _MINUTE <= seconds < 60 * _MINUTE:
        return duration(seconds)
    return f"{seconds / _MINUTE:.0f} min"


def _head(look: Look) -> Iterator[Text]:
    verdict = str(look.record.get("verdict", ""))
    title = Text(safe(look.run), "bold")
    if verdict in TITLES:
        title.append(f"  {TITLES[verdict]}", _VERDICTS.get(verdict, "bold red"))
    yield title
    if look.has_verdict:
        yield Text(safe(look.record.get("verdictReason")))
    line = Text()
    if look.share_done is not None:
        line.append(bar(look.share_done, _BAR).ljust(_BAR, "░") + "  ", "cyan")
    yield line.append(progress(look))


def _charts(record: Mapping[str, Any], width: int) -> Table:
    columns = 3 if width >= _WIDE else 2
    each = (width - _GAP * (columns - 1)) // columns
    bands = healthy(record)
    cells = [
        _chart(panel, key, rows(record, key)[1], bands.get(key, Band()), each)
        for panel in panels_of(record)[: len(MAIN)]
        for key in panel.series
        if rows(record, key)[0] or key == next(iter(panel.series))
    ]
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for _ in range(columns):
        table.add_column(width=each, no_wrap=True)
    for start in range(0, len(cells), columns):
        table.add_row(*cells[start : start + columns])
    return table


def _chart(panel: Panel, key: str, values: Sequence[float], band: Band, width: int) -> Group:
    name = panel.title.lower()
    title = Text(f"{panel.series[key]} {name}" if len(panel.series) > 1 else name, "bold", overflow="ellipsis")
    if not values:
        return Group(title, Text("known when the job's files are", "dim"), *[Text()] * (_ROWS - 1))
    title.append(f" {_short(values[0])} → ", "not bold dim")
    title.append(_short(values[-1]), "bold red" if is_outside(values[-1], band) else "bold cyan")
    title.append(_limits(band), "not bold green")
    return Group(title, *TextChart(values, width, _ROWS, band, panel.top).lines())


def _limits(band: Band) -> str:
    """A band in a few characters.

    >>> _limits(Band(low=0.25))
    ' ≥0.25'
    """
    ends = (("≥", band.low), ("≤", band.high))
    return "".join(f" {sign}{_short(end)}" for sign, end in ends if end is not None)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - three digits either way


def _grader(record: Mapping[str, Any]) -> Iterator[Text]:
    newest = {key: values[-1] for key in _GRADER if (values := rows(record, key)[1])}
    words = [f"{_GRADER[key][0]} {_GRADER[key][1](value)}" for key, value in newest.items()]
    shadow, shadowed = (rows(record, key)[1] for key in ("shadowReward", "shadowedReward"))
    if shadow and shadowed:
        gap = shadowed[-1] - shadow[-1]
        words.append(f"rubric {shadowed[-1]:.2f}, shadow {shadow[-1]:.2f} ({gap:+.2f})")
    if words:
        yield Text("grader: ", "bold").append("; ".join(words), "not bold")


def _above(console: Console, look: Look) -> Iterator[RenderableType]:
    yield from _head(look)
    if look.steps:
        yield _charts(look.record, min(console.width, _WIDEST))
    yield from _grader(look.record)


def _below(look: Look) -> Iterator[Text]:
    yield from _alarms(look)
    yield from (Text(safe(complaint), "yellow") for complaint in look.complaints)
    yield from (Text(f"note: {safe(note)}", "dim") for note in look.record.get("notes") or ())


def _findings(look: Look, told: Callable[[Mapping[str, Any]], Iterator[Text]]) -> Iterator[Text]:
    found = detector_table.ordered(list(look.findings))
    raised = [finding for finding in found if detector_table.state(finding) == detector_table.RAISED]
    for finding in raised:
        yield from told(finding)
    quiet = sum(detector_table.state(finding) == "quiet" for finding in found)
    if found:
        rest = len(found) - len(raised) - quiet
        counts = f"{len(raised)} went off, {quiet} quiet" + (f", {rest} with too little to judge" if rest else "")
        yield Text("detectors: ", "bold").append(counts, "not bold")


def _told(finding: Mapping[str, Any]) -> Iterator[Text]:
    severity = str(finding.get("severity", Severity.WARNING))
    step = f" at step {finding['step']}" if finding.get("step") is not None else ""
    line = Text(f"▲ {safe(finding.get('name'))}", _SEVERE.get(severity, "bold"))
    yield line.append(f" {safe(severity)}{step}: {safe(finding.get('evidence'))}", "not bold default")


def _advised(finding: Mapping[str, Any]) -> Iterator[Text]:
    yield from _told(finding)
    if finding.get("advice"):
        yield Text(f"  {safe(finding['advice'])}", "dim")


def _alarms(look: Look) -> Iterator[Text]:
    if not look.alarms:
        return
    raised = [alarm.name for alarm in look.alarms if alarm.state == RAISED]
    line = Text("alarms: ", "bold")
    if raised:
        line.append(", ".join(map(safe, raised)), "not bold red").append("; ", "not bold")
    states = [alarm.state for alarm in look.alarms if alarm.state != RAISED]
    counts = {state: states.count(state) for state in sorted(set(states), reverse=True)}
    others = ", ".join(f"{count} {state.replace('_', ' ').lower()}" for state, count in counts.items())
    yield line.append(others, "not bold")


def numbers(look: Look) -> str:
    """The newest values of the curves, in one line."""
    newest = {
        f"{panel.series[key]} {panel.title.lower()}" if len(panel.series) > 1 else panel.title.lower(): values[-1]
        for panel in panels_of(look.record)[: len(MAIN)]
        for key in panel.series
        if (values := rows(look.record, key)[1]) and is_number(values[-1])
    }
    return ", ".join(f"{name} {_short(value)}" for name, value in newest.items())
