"""``rft check``: a project's records and its grader, tried on this machine before anything is deployed."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from infra.config import ConfigError
from lambda_src.run.dataset import DatasetError
from rft.checking import fix as check_fix
from rft.checking import pins as check_pins
from rft.checking.result import CheckResult
from rft.checking.subject import Subject
from rft.places import PlaceError, require_file, require_folder
from rft.views import (
    audit_table,
    check_page,
    dataset_limits,
    dataset_plots,
    dataset_table,
    probe_plots,
    probe_table,
    terminal,
)

Project = Annotated[str | None, typer.Argument(help="A project, as its file in projects/ is called.")]
Stage = Annotated[str | None, typer.Option(help="A stage of it; without it, the first in the file.")]
Data = Annotated[
    str | None,
    typer.Option(help="A file or an s3:// object to check in place of the training file; needs no project."),
]
Records = Annotated[int | None, typer.Option(min=1, max=32, help="Records to try the grader on, 32 at most.")]
References = Annotated[bool, typer.Option("--no-references", help="Records without reference_answer are fine.")]
Json = Annotated[Path | None, typer.Option("--json", help="Where to write everything that was found.")]
Html = Annotated[Path | None, typer.Option("--html", help="Where to write it as a page.")]
Plots = Annotated[Path | None, typer.Option(help="A folder for the charts, as PNG files.")]
ProbeFile = Annotated[Path | None, typer.Option("--probe", help="What rft probe --json wrote, to be shown as well.")]
Fix = Annotated[Path | None, typer.Option(help="Where to write a cleaned copy of the training file, to be checked.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")]


class _UsageError(ValueError):
    """Arguments that do not go together, or that name something that is not there."""


def check(
    project: Project = None,
    *,
    stage: Stage = None,
    data: Data = None,
    records: Records = None,
    no_references: References = False,
    fix: Fix = None,
    probe_file: ProbeFile = None,
    json_file: Json = None,
    html_file: Html = None,
    plots: Plots = None,
    strict: Strict = False,
) -> None:
    """Check a project's records and audit its grader; status 1 where either is not sound."""
    try:
        require_file(json_file)
        require_file(html_file)
        require_folder(plots)
        probe, repaired = _read_probe(probe_file), None
        subject = Subject.of(project, stage, data, references=not no_references)
        if fix is not None:
            subject, repaired = subject.fixed(fix)
        report = subject.examined()
        subject = subject.resolved(report)
    except (ConfigError, DatasetError, PlaceError, _UsageError) as error:
        _give_up(error)
    console = terminal.console()
    dataset = dataset_limits.document(report, subject.hyper_parameters)
    _show_records(console, subject.title, repaired, dataset)
    result = CheckResult(
        title=subject.title,
        dataset=dataset,
        audit=subject.audited(report, tried=records),
        repair=repaired,
        probe=probe,
        pins=check_pins.pins(report, subject.files),
        strict=strict,
    )
    _show_rest(console, result)
    _write(json_file, lambda: json.dumps(result.to_json(), indent=2) + "\n")
    _write(html_file, lambda: check_page.render(result.to_json()))
    _draw(plots, result)
    if not result.passed:
        raise typer.Exit(1)


def _read_probe(file: Path | None) -> Mapping[str, Any] | None:
    if file is None:
        return None
    try:
        probe = json.loads(file.read_bytes())
    except OSError as error:
        raise _UsageError(f"{file}: {error.strerror}; expected what rft probe --json has written") from None
    except ValueError as error:
        raise _UsageError(f"{file}: not JSON ({error}); expected what rft probe --json has written") from None
    if not isinstance(probe, dict) or "rewardHistogram" not in probe:
        raise _UsageError(f"{file}: no rewardHistogram; expected what rft probe --json has written")
    return probe


def _show_records(console: Console, title: str, repaired: Mapping[str, Any] | None, dataset: Mapping[str, Any]) -> None:
    console.print(Text(f"{terminal.safe(title)}\n", "bold"))
    if repaired is not None:
        check_fix.show(console, repaired)
    dataset_table.show(console, dataset)


def _show_rest(console: Console, result: CheckResult) -> None:
    if result.audit is not None:
        console.print()
        audit_table.show(console, result.audit)
    if result.probe is not None:
        console.print()
        probe_table.show(console, result.probe)
    if result.pins is not None:
        console.print("\nFor the project file:\n")
        console.print(check_pins.snippet(result.pins), markup=False, highlight=False, soft_wrap=True)
    console.print(Text(f"\n{result.sentence}", "bold green" if result.passed else "bold red"))


def _draw(folder: Path | None, result: CheckResult) -> None:
    if folder is None:
        return
    try:
        dataset_plots.write_pngs(result.dataset, folder)
        if result.probe is not None:
            probe_plots.write_pngs(result.probe, folder)
    except OSError as error:
        _give_up(f"{folder}: {error.strerror}; expected a folder that can be written to")


def _write(file: Path | None, content: Callable[[], str]) -> None:
    if file is None:
        return
    try:
        file.write_text(content(), encoding="utf-8")
    except OSError as error:
        _give_up(f"{file}: {error.strerror}; expected a file that can be written")


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft check: {reason}", err=True)
    raise typer.Exit(1) from None
