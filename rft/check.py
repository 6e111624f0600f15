"""``rft check``: a project's records and its grader, tried on this machine before anything is deployed."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from infra.config import ConfigError, ProjectConfig, StageConfig
from infra.project_check import terms_of
from lambda_src.reward.batched import Deadline
from lambda_src.reward.guard import Guard
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import Audit, Grade, Judges, asks_judge, audit
from lambda_src.run.dataset import DatasetError, Report
from lambda_src.run.dataset import check as check_records
from lambda_src.sandbox import runner as sandbox
from lambda_src.sandbox.template import SandboxError
from rehearsal.bedrock import runtime
from rft import audit_page, audit_table

_BATCH_SECONDS = 300.0  # the deployed grader's time-out
_PARTS = ("train", "validation", "test")
_STAND_IN = (
    "Judges were answered by the local stand-in, which counts words and numbers: that the project is put together "
    "soundly is shown here, what the judge's model would say is not. The deploy's preflight asks the model."
)


def check(
    project: Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")],
    stage: Annotated[str | None, typer.Option(help="A stage of it; without it, the first in the file.")] = None,
    records: Annotated[int | None, typer.Option(min=1, max=32, help="Records to try, 32 at most.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Where to write everything that was found.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", help="Where to write it as a page.")] = None,
) -> None:
    """Check a project's records and audit its grader; status 1 where either is not sound."""
    for file in filter(None, (json_file, html_file)):
        if not file.resolve().parent.is_dir():
            _give_up(f"{file}: no such folder; expected a file in a folder that exists")
    try:
        config = _stage(project, stage)
        reports = _reports(config)
    except (ConfigError, DatasetError) as error:
        _give_up(error)
    console = Console()
    console.print(f"[bold]{config.project}[/bold], stage {config.stage}\n")
    console.print(audit_table.datasets(reports))
    found = _audited(config, reports, tried=records)
    audit_table.show(console, found)
    _write(json_file, lambda: json.dumps(found.to_json(), indent=2) + "\n")
    _write(html_file, lambda: audit_page.page(f"{config.project} · {config.stage}", found.to_json()))
    if not found.passed or any(report.error_count for report in reports):
        raise typer.Exit(1)


def _stage(project: str, stage: str | None) -> StageConfig:
    config = ProjectConfig.load(Path("projects") / f"{project}.yaml")
    return config.for_stage(stage or config.stage_names[0])


def _reports(config: StageConfig) -> list[Report]:
    files = [(part, config.dataset_folder / f"{part}.jsonl") for part in _PARTS]
    sizes = {"train": {}, "validation": {"min_records": 1}, "test": {"min_records": 1}}
    return [
        check_records(file, f"datasets/{config.dataset}/{part}.jsonl", **sizes[part])
        for part, file in files
        if file.is_file()
    ]


def _audited(config: StageConfig, reports: Sequence[Report], *, tried: int | None) -> Audit:
    train = reports[0]
    validation = sum(report.count for report in reports if report.name.endswith("validation.jsonl"))
    rubric = Rubric.from_config(config.rubric)
    terms = terms_of(config, records=train.count, validation_records=validation, tried=tried, judges=Judges.STAND_IN)
    with _grader(rubric, config.rubric) as grade, _progress() as progress:
        return audit(grade, train.sample, rubric, terms, progress=progress).noted(*_notes(rubric))


def _notes(rubric: Rubric) -> Iterator[str]:
    if asks_judge(rubric):
        yield _STAND_IN
    if "code" in rubric.families:
        with suppress(SandboxError):  # the audit has told of it
            held = sandbox.report()
            yield f"Code ran in this machine's sandbox: seccomp {held['seccomp']}, user {held['user']}."


@contextmanager
def _grader(rubric: Rubric, entries: Sequence[Mapping[str, Any]]) -> Iterator[Grade]:
    """The grader as its Lambda runs it: reward functions for single rollouts in a process that can be killed."""
    guard = Guard(entries)

    def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        deadline = Deadline.after(_BATCH_SECONDS)
        scores = rubric.grade(batch(items), deadline=deadline, each=partial(guard, deadline=deadline))
        return [score.to_response() | {"error": score.error} for score in scores]

    try:
        with asking(_stand_in):
            yield grade
    finally:
        guard.close()


def _stand_in(**request: Any) -> Mapping[str, Any]:
    """The local judge under the name of any model."""
    return runtime.converse(**(request | {"modelId": runtime.MODEL}))


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("grading", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _write(file: Path | None, content: Callable[[], str]) -> None:
    if file is None:
        return
    try:
        file.write_text(content(), encoding="utf-8")
    except OSError as error:
        _give_up(f"{file}: {error.strerror}; expected a file that can be written")


def _give_up(reason: object) -> None:
    typer.echo(f"rft check: {reason}", err=True)
    raise typer.Exit(1) from None
