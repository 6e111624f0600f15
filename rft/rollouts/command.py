"""``rft rollouts``: what a model wrote while it was trained, and what it got for it."""

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from infra.config import ConfigError
from lambda_src.reward.rollout_row import Row
from lambda_src.run.run_name import PhysicalId
from rft import exit_status
from rft.rollouts import files, questions
from rft.rollouts.questions import ABOUT, Question
from rft.rollouts.table import Answer, Table, table_of
from rft.runs import RunError, Stack
from rft.views import rollout_table, terminal

_HELP: Final = "; ".join(f"{question}: {about}" for question, about in ABOUT.items())


def rollouts(  # noqa: PLR0917 - each is an option of the command
    project: Annotated[str | None, typer.Argument(help="A project, as its file in projects/ is called.")] = None,
    stage: Annotated[str | None, typer.Option(help="The stage whose run is read.")] = None,
    run: Annotated[str | None, typer.Option(help="A run by its name; without it, the one deployed last.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Read a copy of the rollout files instead.")] = None,
    show: Annotated[Question, typer.Option(help=_HELP)] = Question.WORST,
    part: Annotated[str | None, typer.Option(help="Rank by this part of the reward.")] = None,
    prompt: Annotated[str | None, typer.Option(help="All rollouts of a prompt, by the first digits of its id.")] = None,
    diff: Annotated[str | None, typer.Option(help="An early and a late answer to a prompt, word by word.")] = None,
    sql: Annotated[str | None, typer.Option(help="A query of your own about the table rollouts.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="Rows to show.")] = 10,
    limit: Annotated[int, typer.Option(min=1, help="Rollouts to read, spread over the run.")] = 20_000,
    full: Annotated[bool, typer.Option("--full", help="Texts as long as they are.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Comma-separated values.")] = False,
) -> None:
    """Show rollouts of a run: the best, the worst, the longest, those of a prompt; or ask in SQL."""
    try:
        rows = _read(project, stage, run, folder, limit)
        with table_of(rows) as table:
            if diff is not None:
                _show_difference(table, diff)
                return
            answers = table.ask(sql) if sql else questions.ask(table, show, count, part=part, prompt=prompt)
    except (ConfigError, RunError) as error:
        _give_up(error)
    if as_json:
        typer.echo("\n".join(json.dumps(answer, ensure_ascii=False, default=str) for answer in answers))
    elif as_csv:
        _write_csv(answers)
    else:
        terminal.console().print(rollout_table.view(answers, full=full))
        typer.echo(f"{len(rows):,} rollouts were read.", err=True)


def _read(project: str | None, stage: str | None, run: str | None, folder: Path | None, limit: int) -> Sequence[Row]:
    if folder is not None:
        rows = files.read_folder(folder, limit=limit)
        expected = f"{folder}: no rollouts; expected files *{files.SUFFIX} below it"
    elif project is None or stage is None:
        raise RunError("expected a project and --stage, or --folder with a copy of the rollout files")
    else:
        stack = Stack.of(project, stage)
        name = run or stack.deployed_run()
        digits = PhysicalId.parse(f"{name}/1")
        if digits is None:
            raise RunError(f"{name} is no name of a run; expected one such as {project}-{stage}-0123456789ab-a1b2c3")
        rows = files.read(stack, digits.run, limit=limit)
        expected = (
            f"run {name} has left no rollouts; expected some below {files.prefix(digits.run)} of the runs bucket: "
            "they may have expired (rollouts.days) or not be kept (rollouts.keep: 0), or none is graded yet"
        )
    if not rows:
        raise RunError(expected)
    return rows


def _show_difference(table: Table, prompt: str) -> None:
    pair = questions.ends(table, prompt)
    if pair is None:
        raise RunError(f"prompt {prompt}: no two answers of different times whose texts are kept")
    terminal.console().print(rollout_table.difference(*pair))


def _write_csv(answers: Sequence[Answer]) -> None:
    if answers:
        writer = csv.DictWriter(sys.stdout, list(answers[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(answers)


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft rollouts: {reason}", err=True)
    raise typer.Exit(exit_status.FAILED) from None
