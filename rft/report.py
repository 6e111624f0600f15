"""``rft report``: what a run did or does, as one HTML file and one picture of its curves; or several runs compared."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from infra.config import ConfigError
from rft import runs
from rft.places import PlaceError, require_folder
from rft.reporting import source
from rft.reporting.source import Reported
from rft.runs import Record, Stack
from rft.views import compare_charts, compare_page, page, run_charts

PAGE = "index.html"
PICTURE = "curves.png"
RECORD = runs.RECORD_FILE
FOLDER = Path("reports")

_PAIR = 2


def write_report(reported: Reported, folder: Path) -> Path:
    """Write the page, the picture of the curves and the record they show; the page needs no other file.

    Args:
        folder: Made where it is missing; a report that is there is replaced.

    Returns:
        The page.
    """
    record = reported.record
    folder.mkdir(parents=True, exist_ok=True)
    run_charts.write_png(record, folder / PICTURE)
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return _write(folder, page.render(record, reported.kinds, reported.note))


def write_comparison(records: Sequence[Record], folder: Path) -> Path:
    """Write the page on several runs; the first is what the others are compared with."""
    folder.mkdir(parents=True, exist_ok=True)
    return _write(folder, compare_page.render(records))


def folder_of(record: Record) -> Path:
    """Where reports of a run go: ``reports/<project>-<stage>/<run>``."""
    return FOLDER / f"{record['project']}-{record['stage']}" / str(record["run"])


def report(
    project: Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")],
    stage: Annotated[str, typer.Option(help="The stage whose run is reported.")],
    run: Annotated[str | None, typer.Option(help="A run by its name; without it the newest, live or ended.")] = None,
    record: Annotated[
        Path | None, typer.Option(help="A record.json, or a folder with one and the run's rollout files; asks no AWS.")
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(help="Compare with this run, by its name or record file; give it again for more runs."),
    ] = None,
) -> None:
    """Write a run's report: verdict, curves, detectors, rollouts, lineage. Of a run that goes on, what is known by now.

    With --compare twice or more, and neither --run nor --record, exactly those runs are compared.
    """
    try:
        require_folder(FOLDER)
        if run and record:
            raise runs.RunError("--run and --record name two runs; expected one of them")
        asked = _Asked(project, stage)
        if compare:
            own = [] if len(compare) >= _PAIR and not (run or record) else [asked.own(run, record).record]
            written = _compare([*own, *map(asked.named, compare)])
        else:
            reported = asked.own(run, record)
            written = write_report(reported, folder_of(reported.record))
    except (ConfigError, PlaceError, runs.RunError) as error:
        _give_up(error)
    except OSError as error:
        _give_up(f"{error.filename}: {error.strerror}; expected a place that can be written to")
    typer.echo(written)


class _Asked:
    """The runs that the command line names; the stack is asked only where one is not a file."""

    def __init__(self, project: str, stage: str) -> None:
        self._project, self._stage = project, stage
        self._stack: Stack | None = None

    def own(self, run: str | None, path: Path | None) -> Reported:
        """The run that the report is on."""
        if path:
            return source.of_path(path)
        stack = self._of_account()
        return source.of_stack(stack, stack.state(run or stack.newest()))

    def named(self, name: str) -> Record:
        """A run by its name in the stack, or by a file or folder."""
        path = Path(name)
        if path.exists() or path.suffix or len(path.parts) > 1:
            return source.record_at(path)
        return self._of_account().state(name)

    def _of_account(self) -> Stack:
        self._stack = self._stack or Stack.of(self._project, self._stage)
        return self._stack


def _compare(records: Sequence[Record]) -> Path:
    if len(records) > compare_charts.MOST:
        raise runs.RunError(f"{len(records)} runs; expected at most {compare_charts.MOST}, which can be told apart")
    names = hashlib.sha256(" ".join(str(record["run"]) for record in records).encode()).hexdigest()[:12]
    return write_comparison(records, folder_of(records[0]).with_name(f"compare-{names}"))


def _write(folder: Path, html: str) -> Path:
    written = folder / PAGE
    written.write_text(html, encoding="utf-8")
    return written


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft report: {reason}", err=True)
    raise typer.Exit(1) from None
