"""A dataset as sections of a page: its files, what is wrong with them, and what they are together."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rft.views import charts, dataset_findings, dataset_plots, dataset_similar
from rft.views.dataset_findings import Group
from rft.views.dataset_limits import Limit, limits_of
from rft.views.figures import is_number, percent, section_of, size, whole
from rft.views.markup import cell, hint, section, table, text

_SHOWN = 3  # findings of one rule; the others are folded away
_FIGURES = ("p50", "p90", "p99", "most")


def sections(dataset: Mapping[str, Any], hyper_parameters: Mapping[str, Any] | None = None) -> str:
    """The sections; those that nothing is known for are left out.

    Args:
        dataset: ``DatasetReport.to_json``, ``dataset_limits.document`` or a record's summary of it.
        hyper_parameters: API names; only where the dataset does not bring its limits.
    """
    return section("Dataset", _files(dataset) + _findings(dataset)) + "".join(
        section(title, content)
        for title, content in (
            (
                "Lengths",
                _lengths(dataset, limits_of(dataset, hyper_parameters)) + _length_charts(dataset, hyper_parameters),
            ),
            ("Alike prompts", _similar(dataset)),
            ("What the training records are", _shares(dataset)),
            ("What the grader wants of a response's form", _alignment(dataset)),
        )
        if content
    )


def _files(dataset: Mapping[str, Any]) -> str:
    body = "".join(
        f"<tr>{cell(file.get('name'))}{cell(whole(file.get('records')), 'number')}"
        f"{cell(size(file.get('bytes')), 'number')}{cell(file.get('sha256'), 'code')}{_verdict(file)}</tr>\n"
        for file in dataset.get("files") or ()
    )
    return table(("file", "records", "size", "sha256", "format"), body)


def _verdict(file: Mapping[str, Any]) -> str:
    errors, warnings = dataset_findings.counts(file)
    look = "error" if errors else "warning" if warnings else "fine"
    parts = (f"{n:,} {name}{'s' * (n > 1)}" for name, n in (("error", errors), ("warning", warnings)) if n)
    return cell(", ".join(parts) or "sound", f"found {look}")


def _findings(dataset: Mapping[str, Any]) -> str:
    body = "".join(map(_group, dataset_findings.groups(dataset)))
    return table(("finding", "rule", "times", "where"), body) if body else ""


def _group(group: Group) -> str:
    hidden = group.count - len(group.messages)
    others = f"and {hidden:,} more" if group.messages else "in the whole report"
    items = [*group.messages, *([others] if hidden > 0 else [])]
    more = group.count - len(group.messages[:_SHOWN])
    folded = f"<details><summary>{more:,} more</summary>{_list(items[_SHOWN:])}</details>" if items[_SHOWN:] else ""
    expected = f"<p>Expected {text(group.expected)}.</p>" if group.expected else ""
    return (
        f"<tr>{cell(group.severity, f'found {group.severity}')}{cell(group.rule, 'name')}"
        f"{cell(whole(group.count), 'number')}<td>{_list(items[:_SHOWN])}{folded}{expected}</td></tr>\n"
    )


def _list(messages: Sequence[str]) -> str:
    items = "".join(f"<li>{text(message)}</li>" for message in messages)
    return f'<ul class="examples">{items}</ul>' if items else ""


def _lengths(dataset: Mapping[str, Any], limits: Mapping[str, Limit]) -> str:
    body = ""
    for kind in ("prompt", "reference"):
        for part, lengths in section_of(dataset, "content", "lengths").items():
            figures = section_of(lengths, kind)
            if figures.get("total"):
                numbers = "".join(cell(whole(figures.get(key)), "number") for key in _FIGURES)
                body += f"<tr>{cell(f'{kind}s')}{cell(part)}{numbers}{_above(limits.get(kind), part)}</tr>\n"
    note = hint("Estimated tokens: four bytes of UTF-8 each. Digits, code and JSON take more tokens than that.")
    return table(("", "part", *_FIGURES, "beyond the limit"), body) + note if body else ""


def _above(limit: Limit | None, part: str) -> str:
    if limit is None:
        return cell("no limit is set")
    above = limit.above.get(part)
    longer = f"{percent(above)} over " if is_number(above) else ""
    return cell(f"{longer}{limit.name} {limit.tokens:,}", "found warning" if above else "text")


def _length_charts(dataset: Mapping[str, Any], hyper_parameters: Mapping[str, Any] | None) -> str:
    return _grid(dataset_plots.lengths(dataset, hyper_parameters))


def _similar(dataset: Mapping[str, Any]) -> str:
    sentence = dataset_similar.sentence(dataset)
    return f"<p>{text(sentence)}</p>{_grid(dataset_plots.similar(dataset))}" if sentence else ""


def _shares(dataset: Mapping[str, Any]) -> str:
    drawn = _grid(dataset_plots.shares(dataset))
    rare = hint("What is rare among the training records is learned least.") if drawn else ""
    same = "; ".join(_shared(section_of(dataset, "content").get("shares") or ()))
    return drawn + rare + (hint(f"The same in all of them: {text(same)}.") if same else "")


def _shared(shares: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in shares:
        values = list(section_of(one, "shares"))
        if len(values) == 1:
            yield f"{one.get('name')} {values[0]}"


def _grid(drawn: Iterator[charts.Chart]) -> str:
    figures = "".join(map(charts.figure, drawn))
    return f'<div class="charts">{figures}</div>' if figures else ""


def _alignment(dataset: Mapping[str, Any]) -> str:
    body = "".join(
        f"<tr>{cell(one.get('wants'))}{cell(_lost(one.get('lost')), 'number')}"
        f"{cell(percent(one.get('asked')), 'number')}</tr>\n"
        for one in section_of(dataset, "content").get("alignment") or ()
    )
    return table(("the grader wants", "reward lost without it", "prompts that ask for it"), body) if body else ""


def _lost(lost: object) -> str:
    return f"{lost:.2f}" if isinstance(lost, float | int) else "—"
