"""A probe of the base model in the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rft.views import probe_verdicts
from rft.views.figures import is_number, section_of
from rft.views.probe_figures import LEGEND, figures, introduction
from rft.views.terminal import safe

_LEVELS = "▁▂▃▄▅▆▇█"
_STYLES = {"healthy": "bold green", "alarm": "bold yellow", "failed": "bold red"}
_DROPPED = 5  # shown


def show(console: Console, probe: Mapping[str, Any]) -> None:
    """Print what the base model earns and whether that is worth training on.

    Args:
        probe: ``Probe.to_json`` or ``Probe.summary``.
    """
    console.print(Text(safe(introduction(probe))))
    console.print()
    console.print(_figures(probe))
    console.print(Text(f"\n{LEGEND}", "dim"))
    if dropped := probe.get("drop"):
        console.print(Text("\nPrompts to leave out"))
        for one in dropped[:_DROPPED]:
            console.print(Text(f"- {safe(one.get('id'))}: {safe(one.get('why'))}"))
        if len(dropped) > _DROPPED:
            console.print(Text(f"- and {len(dropped) - _DROPPED:,} more", "dim"))
    for note in probe.get("notes") or ():
        console.print(Text(f"\n{safe(note)}"))
    _show_verdict(console, probe)


def _figures(probe: Mapping[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in figures(probe).items():
        table.add_row(name, value)
    counts = [count for count in probe.get("rewardHistogram") or () if is_number(count)]
    if any(counts):
        table.add_row("rewards from 0 to 1", f"|{_sparkline(counts)}|")
    return table


def _sparkline(counts: Sequence[float]) -> str:
    """A bar for each count; what is more than nothing can be seen."""
    most = max(counts)
    return "".join(
        _LEVELS[min(int(count / most * len(_LEVELS)), len(_LEVELS) - 1)] if count else " " for count in counts
    )


def _show_verdict(console: Console, probe: Mapping[str, Any]) -> None:
    verdict = section_of(probe, "verdict")
    if not verdict:
        return
    title = Text(f"\n{probe_verdicts.title(probe)}: ", _STYLES.get(probe_verdicts.look(probe), "bold"))
    console.print(title.append(safe(verdict.get("reason") or "no reason is recorded"), "not bold"))
    if verdict.get("advice"):
        console.print(Text(safe(verdict["advice"])))
