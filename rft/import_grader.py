"""``rft import-grader``: a grader of OpenAI's reinforcement fine-tuning as part of a project's reward."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
import yaml

from rft.openai_graders import definition
from rft.openai_graders.definition import MARK, GraderError
from rft.openai_graders.plan import Import, plan

_FOLDER: Final = Path("lambda_src", "reward")


def import_grader(
    grader: Annotated[Path, typer.Argument(help="A JSON file with a grader definition.")],
    name: Annotated[str | None, typer.Option(help="How it is called here; without it, as its file is.")] = None,
    judge: Annotated[
        str | None, typer.Option(help="The Bedrock model that judges in place of the definition's.")
    ] = None,
    python_range: Annotated[
        tuple[float, float], typer.Option("--range", help="Lowest and highest value of its python graders.")
    ] = (0.0, 1.0),
    force: Annotated[bool, typer.Option("--force", help="Replace what an earlier import has written.")] = False,
) -> None:
    """Print the `reward` entries for a grader definition, and write the rubrics and modules that they need."""
    try:
        read, where = definition.load(grader)
        outcome = plan(read, name or _name(grader), where=where, bounds=_ordered(python_range))
        written = write(outcome, _FOLDER, is_forced=force)
    except GraderError as error:
        typer.echo(f"rft import-grader: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo("".join(_yaml(outcome, judge)), nl=False)
    for path in written:
        typer.echo(f"wrote {path}", err=True)
    for note in outcome.notes:
        typer.echo(f"different: {note}", err=True)


def write(outcome: Import, folder: Path, *, is_forced: bool) -> list[Path]:
    """Write the files of an import, all of them or none.

    Args:
        folder: Of the grader's package.
        is_forced: Whether files of an earlier import may be replaced; what is no import is never replaced.

    Raises:
        GraderError: A file exists, or cannot be written.
    """
    contents = {folder / path: text for path, text in outcome.files.items()}
    for path in contents:
        _require_room(path, is_forced=is_forced)
    partials = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, text in contents.items():
            partials[path].write_text(text, encoding="utf-8")
        for path, partial in partials.items():
            partial.replace(path)
    except OSError as error:
        raise GraderError(str(error.filename), f"{error.strerror}; expected the folder of a checkout") from None
    finally:
        for partial in partials.values():
            partial.unlink(missing_ok=True)
    return list(contents)


def _require_room(path: Path, *, is_forced: bool) -> None:
    if not path.parent.is_dir():
        raise GraderError(str(path), "no such folder; expected to be called at the root of a checkout")
    if not path.exists():
        return
    if not is_forced:
        raise GraderError(str(path), "exists; expected another --name, or --force to replace an earlier import")
    if MARK not in path.read_text(encoding="utf-8")[:200]:
        raise GraderError(str(path), "is no earlier import, so --force does not replace it; expected another --name")


def _name(path: Path) -> str:
    return "-".join(path.stem.lower().replace("_", " ").replace("-", " ").split())


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    if not bounds[0] < bounds[1]:
        raise GraderError("--range", f"{bounds[0]:g} {bounds[1]:g}; expected the lower number first")
    return bounds


def _yaml(outcome: Import, judge: str | None) -> Iterator[str]:
    """What goes into the project file."""
    if outcome.models:
        placeholder = f"# judge:\n#   model: a Bedrock model in place of {', '.join(outcome.models)}\n\n"
        yield f"judge:\n  model: {judge}\n\n" if judge else placeholder
    yield "reward:\n"
    for entry in outcome.reward:
        yield f"  - {_flow(entry)}\n"


def _flow(entry: Mapping[str, object]) -> str:
    return yaml.safe_dump(
        dict(entry), default_flow_style=True, sort_keys=False, width=float("inf"), allow_unicode=True
    ).strip()
