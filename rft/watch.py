"""``rft watch``: a run as it goes on, in the terminal; its exit status is the run's verdict."""

import time
from collections.abc import Callable, Iterator
from typing import Annotated, Final, NoReturn

import typer
from rich.console import Console
from rich.live import Live

from infra.config import ConfigError
from rft import exit_status
from rft.runs import BusyError, RunError, Stack
from rft.verdicts import status_of
from rft.views import live_terminal, terminal
from rft.watching.changes import changes
from rft.watching.look import Look
from rft.watching.reader import PATIENCE, Reader

_LEFT_ALONE: Final = "no longer watching; the run goes on. Look again with the same command."


def watch(
    project: Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")],
    stage: Annotated[str, typer.Option(help="The stage whose run is watched.")],
    run: Annotated[str | None, typer.Option(help="A run by its name; without it, the one deployed last.")] = None,
    interval: Annotated[float, typer.Option(min=1, max=3600, help="Seconds between two looks.")] = 10,
    once: Annotated[bool, typer.Option("--once", help="Look once, and do not wait for the end.")] = False,
) -> None:
    """Follow a run until it ends: progress, curves, detectors, alarms.

    Exit status: 0 healthy (or, with --once, no alarm so far), 1 it failed or cannot be followed, 2 wrong arguments,
    3 it has alarms or hacks its reward, 4 it was stopped, 130 interrupted, which leaves the run alone.
    """
    try:
        reader = _reader(project, stage, run)
        looks = looking(reader.look, interval)
        console = terminal.console()
        last = _once(console, looks) if once else _follow(console, looks)
        if last.is_over and not last.has_verdict:
            raise RunError(_without_end(last))
    except (ConfigError, RunError) as error:
        _give_up(error)
    except KeyboardInterrupt:
        typer.echo(f"rft watch: {_LEFT_ALONE}", err=True)
        raise typer.Exit(exit_status.INTERRUPTED) from None
    raise typer.Exit(status_of(last.record) if last.record else exit_status.HEALTHY)


def looking(look: Callable[[], Look], interval: float, wait: Callable[[float], None] = time.sleep) -> Iterator[Look]:
    """Looks with a pause between them, until the run is over.

    Args:
        interval: In seconds.

    Raises:
        RunError: As ``look`` does; that the account is busy is borne for some looks.
    """
    busy = 0
    while True:
        try:
            now = look()
        except BusyError:
            busy += 1
            if busy >= PATIENCE:
                raise
        else:
            busy = 0
            yield now
            if now.is_over:
                return
        wait(interval)


def _reader(project: str, stage: str, run: str | None) -> Reader:
    stack = Stack.of(project, stage)
    return Reader(stack, run or stack.deployed_run())


def _once(console: Console, looks: Iterator[Look]) -> Look:
    now = next(looks)
    console.print(live_terminal.view(console, now))
    return now


def _follow(console: Console, looks: Iterator[Look]) -> Look:
    return _on_terminal(console, looks) if console.is_terminal else _line_by_line(looks)


def _on_terminal(console: Console, looks: Iterator[Look]) -> Look:
    now = next(looks)
    with Live(live_terminal.fitting(console, now), console=console, auto_refresh=False) as live:
        for now in looks:
            live.update(live_terminal.fitting(console, now), refresh=True)
        live.update(live_terminal.view(console, now))  # what stays may scroll
    return now


def _line_by_line(looks: Iterator[Look]) -> Look:
    before = None
    for now in looks:
        for line in changes(before, now):
            typer.echo(f"{now.time.astimezone():%H:%M:%S}  {line}")
        before = now
    assert before is not None  # noqa: S101 - for the type checker: there is a first look, or an error
    return before


def _without_end(last: Look) -> str:
    if last.execution is None:
        return f"run {last.run}: its workflow is gone and left no record; expected a run of this stack"
    return f"run {last.run}: its workflow ended without a record: {last.execution.reason}"


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft watch: {reason}", err=True)
    raise typer.Exit(exit_status.FAILED) from None
