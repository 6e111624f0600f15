"""``rft score``: the grader on known responses, before any job pays for it."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.config import ConfigError, ProjectConfig
from lambda_src.reward.rollout import RecordError, Rollout, Score, TransientError
from lambda_src.reward.rubric import Rubric

_STANDARD = Path("-")
_EXPECTED = "expected one rollout a line: {id, messages, metadata}"


class RolloutsError(ValueError):
    """A file of rollouts that cannot be graded: file, line, and what is expected there."""


def score(
    rollouts: Annotated[Path, typer.Argument(help="Items of Bedrock's payload, one a line; - for standard input.")],
    project: Annotated[str, typer.Option(help="A project, as its file in projects/ is called.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to write; - for standard output.")] = _STANDARD,
    stage: Annotated[str | None, typer.Option(help="The stage whose rubric grades; without it, the project's.")] = None,
) -> None:
    """Grade rollouts as the deployed grader would, and write its responses."""
    try:
        scores = _rubric(project, stage).grade(list(read_items(rollouts)))
        _write(output, scores)
    except (ConfigError, RolloutsError, TransientError) as error:
        typer.echo(f"rft score: {error}", err=True)
        raise typer.Exit(1) from None
    _summarize(scores)


def read_items(path: Path) -> Iterator[dict[str, Any]]:
    """The rollouts of a JSON Lines file; blank lines are skipped.

    Raises:
        RolloutsError: A line is no rollout, or there is none.
    """
    name = "<standard input>" if path == _STANDARD else str(path)
    try:
        content = sys.stdin.buffer.read() if path == _STANDARD else path.read_bytes()
    except OSError as error:
        raise RolloutsError(f"{name}: {error.strerror}; {_EXPECTED}") from None
    if not content.strip():
        raise RolloutsError(f"{name}: empty; {_EXPECTED}")
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield _item(line, f"{name}:{number}")


def _item(line: bytes, where: str) -> dict[str, Any]:
    try:
        item: dict[str, Any] = json.loads(line.decode("utf-8-sig"))
        Rollout.from_event(item)
    except RecordError as error:
        raise RolloutsError(f"{where}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise RolloutsError(f"{where}: not JSON ({error}); {_EXPECTED}") from None
    return item


def _rubric(project: str, stage: str | None) -> Rubric:
    config = ProjectConfig.load(Path("projects") / f"{project}.yaml")
    reward = config.for_stage(stage).reward if stage else config.reward
    return Rubric.from_config([entry.model_dump(by_alias=True) for entry in reward])


def _write(output: Path, scores: Sequence[Score]) -> None:
    lines = "".join(json.dumps(score.to_response()) + "\n" for score in scores)
    if output == _STANDARD:
        sys.stdout.write(lines)
        return
    try:
        _replace(output.resolve(), lines)
    except OSError as error:
        raise RolloutsError(f"{output}: {error.strerror}; expected a file in a folder that exists") from None


def _replace(file: Path, content: str) -> None:
    """All or nothing: a reader never meets half a file."""
    if file.exists() and not file.is_file():  # a device or a pipe is written to, not replaced
        file.write_text(content, encoding="utf-8")
        return
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_text(content, encoding="utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _summarize(scores: Sequence[Score]) -> None:
    errors = [score.error for score in scores if score.error]
    for error in errors:
        typer.echo(error, err=True)
    mean = sum(score.reward for score in scores) / len(scores)
    typer.echo(f"rollouts {len(scores)}, mean reward {mean:.3f}, errors {len(errors)}", err=True)
