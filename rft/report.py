"""``rft report``: what a run did, as one HTML file and one picture of its curves."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from infra.config import ConfigError
from rft import runs
from rft.places import PlaceError, require_folder
from rft.views import curves, page

PAGE = "index.html"
PICTURE = "curves.png"
RECORD = "record.json"
FOLDER = Path("reports")


def write_report(record: Mapping[str, Any], folder: Path) -> Path:
    """Write the page, the picture of the curves and the record they show; the page needs no other file.

    Args:
        record: A run's ``record.json``.
        folder: Made where it is missing; a report that is there is replaced.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    curves.write_png(record, folder / PICTURE)
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    written = folder / PAGE
    written.write_text(page.render(record), encoding="utf-8")
    return written


def folder_of(record: Mapping[str, Any]) -> Path:
    """Where reports of a run go: ``reports/<project>-<stage>/<run>``."""
    return FOLDER / f"{record['project']}-{record['stage']}" / str(record["run"])


def report(
    project: Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")],
    stage: Annotated[str, typer.Option(help="The stage whose run is reported.")],
    record: Annotated[Path | None, typer.Option(help="A record.json; without it, the stack's newest.")] = None,
) -> None:
    """Write a run's report: verdict, curves, detectors, lineage."""
    try:
        require_folder(FOLDER)
        content = runs.read_record(record) if record else runs.Stack.of(project, stage).latest_record()
        written = write_report(content, folder_of(content))
    except (ConfigError, PlaceError, runs.RunError) as error:
        _give_up(error)
    except OSError as error:
        _give_up(f"{error.filename}: {error.strerror}; expected a place that can be written to")
    typer.echo(written)


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft report: {reason}", err=True)
    raise typer.Exit(1) from None
