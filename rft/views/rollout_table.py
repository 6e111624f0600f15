"""Rollouts in a terminal: numbers on one line, texts below; or any table that a query answers with."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rft.views.terminal import safe

_MOST: Final = 600  # characters of a text
_CELL: Final = 80  # of one in a table
_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")
_ROLLOUT: Final = frozenset({"reward", "prompt_id", "response", "parts"})
"""Columns that tell a rollout from another answer."""


def view(answers: Sequence[Mapping[str, Any]], *, full: bool) -> RenderableType:
    """Rollouts one below the other, or a table of what else was answered."""
    if not answers:
        return Text("Nothing.", style="dim")
    if answers[0].keys() >= _ROLLOUT:
        return Group(*(block for answer in answers for block in _rollout(answer, None if full else _MOST)))
    return _table(answers, None if full else _CELL)


def difference(early: Mapping[str, Any], late: Mapping[str, Any]) -> RenderableType:
    """The later answer, with what it lost struck through and what it gained underlined."""
    head = Text.assemble(
        (f"prompt {early['prompt_id']}", "bold"),
        f"  early {early['time'][:19]} reward {early['reward']:.3g}, late {late['time'][:19]} "
        f"reward {late['reward']:.3g}",
    )
    before, after = _WORD.findall(str(early["response"])), _WORD.findall(str(late["response"]))
    text = Text()
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            text.append(_lines("".join(before[i:j])))
            continue
        if i < j:
            text.append(f"[-{_lines(''.join(before[i:j]))}-]", "red strike")
        if k < m:
            text.append(f"{{+{_lines(''.join(after[k:m]))}+}}", "green underline")
    return Group(head, Padding(text, (0, 0, 0, 2)))


def _rollout(answer: Mapping[str, Any], most: int | None) -> Iterator[RenderableType]:
    numbers = [
        f"{answer['characters']:,} characters",
        *([] if answer["parsed"] else ["no answer found"]),
        *(["breaks off"] if answer["unfinished"] else []),
        *(["redacted"] if answer["redacted"] else []),
        str(answer["time"])[:19],
        f"prompt {answer['prompt_id']}",
        f"id {answer['id']}",
    ]
    yield Text.assemble((f"{answer['reward']:.3g}", "bold"), "  ", safe(" · ".join(numbers)))
    parts = [f"{name} {value:.3g}" for name, value in (answer["parts"] or {}).items()]
    if parts:
        yield Text(f"  {safe(', '.join(parts))}", "cyan")
    if answer["error"]:
        yield Text(f"  {safe(answer['error'])}", "red")
    for name, reason in (answer["reasons"] or {}).items():
        yield Text(f"  {safe(name)}: {safe(reason)}", "yellow")
    if answer["prompt"] is None and answer["response"] is None:
        yield Text("  its texts are not kept (rollouts.keep)", "dim")
    else:
        yield Padding(Text(_cut(answer["prompt"], most), "dim"), (0, 0, 0, 2))
        yield Padding(Text(_cut(answer["response"], most)), (0, 0, 0, 2))
    yield Text()


def _table(answers: Sequence[Mapping[str, Any]], most: int | None) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False, show_edge=False)
    for name, value in answers[0].items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(safe(name), justify="right" if is_number else "left", no_wrap=is_number, overflow="fold")
    for answer in answers:
        table.add_row(*(Text(_cell(value, most)) for value in answer.values()))
    return table


def _cell(value: object, most: int | None) -> str:
    if value is None:
        return "—"
    text = f"{value:.3g}" if isinstance(value, float) else safe(value)
    return text if most is None or len(text) <= most else f"{text[: most - 1]}…"


def _cut(text: str | None, most: int | None) -> str:
    shown = _lines(text or "")
    return shown if most is None or len(shown) <= most else f"{shown[:most]}… ({len(shown) - most:,} more characters)"


def _lines(text: str) -> str:
    """Text of which nothing but its line breaks is left to the terminal."""
    return "\n".join(map(safe, text.split("\n")))
