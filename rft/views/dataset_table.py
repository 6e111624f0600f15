"""A dataset in the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from lambda_src.run.dataset.finding import Severity
from rft.views import dataset_findings, dataset_similar
from rft.views.dataset_limits import Limit, limits_of
from rft.views.figures import is_number, percent, section_of, size, whole
from rft.views.terminal import bar, safe

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}
_SHOWN = 5  # findings of one rule, values of one property
_DIGITS = 12  # of a hash
_BAR = 20  # characters
_VALUE = 28  # characters of a value


def show(console: Console, dataset: Mapping[str, Any], hyper_parameters: Mapping[str, Any] | None = None) -> None:
    """Print the files, what is wrong with them, and what they are together.

    Args:
        dataset: ``DatasetReport.to_json`` or ``dataset_limits.document``.
        hyper_parameters: API names; only where the dataset does not bring its limits.
    """
    blocks = (_files, _findings, lambda each: _lengths(each, hyper_parameters), _similar, _shares, _alignment)
    for number, block in enumerate(filter(None, (block(dataset) for block in blocks))):
        console.print(*([""] if number else []), block, sep="\n", soft_wrap=False)


def _files(dataset: Mapping[str, Any]) -> RenderableType:
    table = Table(box=None, pad_edge=False)
    table.add_column("dataset", overflow="fold")  # a path that is cut cannot be copied
    for title in ("records", "size"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("sha256", no_wrap=True)
    table.add_column("format")
    for file in dataset.get("files") or ():
        errors, warnings = dataset_findings.counts(file)
        style = "bold red" if errors else "yellow" if warnings else "green"
        found = dataset_findings.verdict({"files": [file]}) if errors or warnings else "sound"
        hash_ = safe(file.get("sha256") or "")[:_DIGITS]
        table.add_row(
            Text(safe(file.get("name"))), whole(file.get("records")), size(file.get("bytes")), hash_, Text(found, style)
        )
    return table


def _findings(dataset: Mapping[str, Any]) -> RenderableType | None:
    lines: list[RenderableType] = []
    for group in dataset_findings.groups(dataset):
        title = Text.assemble((group.severity, _STYLES[group.severity]), f"  {safe(group.rule)}")
        lines.append(title.append(f"  {group.count:,}" if group.count > 1 else ""))
        lines += [_indented(safe(message)) for message in group.messages[:_SHOWN]]
        if more := group.count - len(group.messages[:_SHOWN]):
            lines.append(_indented(f"and {more:,} more", "dim"))
        if group.expected:
            lines.append(_indented(f"expected {safe(group.expected)}"))
    return Group(*lines) if lines else None


def _indented(text: str, style: str = "") -> Padding:
    return Padding(Text(text, style), (0, 0, 0, 2), expand=False)


def _lengths(dataset: Mapping[str, Any], hyper_parameters: Mapping[str, Any] | None) -> RenderableType | None:
    table = Table("estimated tokens", "", box=None, pad_edge=False)
    for title in ("p50", "p90", "p99", "most"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    limits = limits_of(dataset, hyper_parameters)
    for kind in ("prompt", "reference"):
        for part, lengths in section_of(dataset, "content", "lengths").items():
            figures = section_of(lengths, kind)
            if figures.get("total"):
                numbers = (whole(figures.get(key)) for key in ("p50", "p90", "p99", "most"))
                table.add_row(f"{kind}s", safe(part), *numbers, _against(limits.get(kind), part))
    return table if table.row_count else None


def _against(limit: Limit | None, part: str) -> Text:
    if limit is None:
        return Text()
    above = limit.above.get(part)
    longer = f"{percent(above)} over " if is_number(above) else ""
    return Text(f"{longer}{limit.name} {limit.tokens:,}", "yellow" if above else "")


def _similar(dataset: Mapping[str, Any]) -> RenderableType | None:
    sentence = dataset_similar.sentence(dataset)
    return Text(sentence) if sentence else None


def _shares(dataset: Mapping[str, Any]) -> RenderableType | None:
    table = Table("training records by", "", "", "", box=None, pad_edge=False)
    for shares in section_of(dataset, "content").get("shares") or ():
        for row in _rows(shares):
            table.add_row(*row)
    return table if table.row_count else None


def _rows(shares: Mapping[str, Any]) -> Iterator[tuple[RenderableType, ...]]:
    values = list(section_of(shares, "shares").items())
    distinct = shares.get("distinct")
    for number, (value, share) in enumerate(values[:_SHOWN]):
        name = "" if number else safe(shares.get("name"))
        yield Text(name), Text(_cut(value)), percent(share), bar(share if is_number(share) else 0, _BAR)
    if is_number(distinct) and (more := distinct - len(values[:_SHOWN])) > 0:
        yield "", Text(f"and {more:,} more value{'s' * (more > 1)}", "dim"), "", ""


def _alignment(dataset: Mapping[str, Any]) -> RenderableType | None:
    table = Table("the grader wants", box=None, pad_edge=False)
    table.add_column("without it", justify="right")
    table.add_column("prompts that ask for it", justify="right")
    for one in section_of(dataset, "content").get("alignment") or ():
        lost = one.get("lost")
        reward = f"-{lost:.2f} reward" if is_number(lost) else ""
        table.add_row(Text(safe(one.get("wants"))), reward, percent(one.get("asked")))
    return table if table.row_count else None


def _cut(value: object) -> str:
    text = safe(value)
    return text if len(text) <= _VALUE else f"{text[: _VALUE - 1]}…"
