"""``rft import-logs``: the prompts of logged model calls as the files of a dataset."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from botocore.exceptions import BotoCoreError

from lambda_src.run.dataset import MAX_RECORDS, MIN_RECORDS
from lambda_src.run.sources import SourceError
from lambda_src.run.sources.invocation_logs import Record, Tally, is_for_validation, records
from lambda_src.run.sources.log_files import logs_at
from lambda_src.run.sources.metadata_filters import FilterError, Filters

_VALIDATION = "validation.jsonl"


class ImportLogsError(ValueError):
    """Why nothing was written."""


def import_logs(
    source: Annotated[str, typer.Argument(help="A folder or s3://bucket/prefix of model invocation logs.")],
    *,
    output: Annotated[Path, typer.Option(help="The file to write, such as datasets/<name>/train.jsonl.")],
    where: Annotated[
        list[str] | None, typer.Option(help="key=value or key!=value of a call's request metadata; may be repeated.")
    ] = None,
    is_any: Annotated[bool, typer.Option("--any", help="One --where that holds is enough.")] = False,
    filters: Annotated[
        Path | None, typer.Option(help="A JSON file with requestMetadataFilters as Bedrock's API takes them.")
    ] = None,
    use_prompt_response: Annotated[
        bool, typer.Option("--use-prompt-response", help="Keep what was answered, for graders, as logged_response.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Most records to write, the first ones.")] = None,
    validation_share: Annotated[
        float, typer.Option(min=0.0, max=0.5, help=f"Share of the conversations that goes to {_VALIDATION}.")
    ] = 0.0,
) -> None:
    """Write the prompts of Bedrock's model invocation logs as dataset files, each prompt once."""
    tally = Tally()
    try:
        meant = _filters(where or [], filters, is_any=is_any)
        logs = logs_at(source, _s3)
        found = records(logs, tally, filters=meant, use_prompt_response=use_prompt_response)
        written = write(islice(found, limit), output, validation_share)
    except (ImportLogsError, FilterError, SourceError, BotoCoreError) as error:
        told = f"{source}: cannot be read ({error})" if isinstance(error, BotoCoreError) else str(error)
        for line in (f"rft import-logs: {told}", *_left_out(tally)):
            typer.echo(line, err=True)
        raise typer.Exit(1) from None
    for line in (*_told(tally, written), *_left_out(tally)):
        typer.echo(line)


@dataclass(slots=True)
class Written:
    """A file that was written."""

    path: Path
    count: int = 0
    state: Any = field(default_factory=hashlib.sha256)

    def add(self, file: BinaryIO, record: Record) -> None:
        line = (json.dumps(record, ensure_ascii=False) + "\n").encode()
        file.write(line)
        self.state.update(line)
        self.count += 1


def write(found: Iterable[Record], output: Path, validation_share: float) -> list[Written]:
    """Write records as they come, to files that appear when all of them are written.

    Args:
        output: The training file.
        validation_share: Of the conversations, for the validation file beside it; 0 for no such file.

    Raises:
        ImportLogsError: A file exists, the folder cannot be written, or there is no record to write.
        SourceError: A log cannot be read.
    """
    paths = [output, *([output.with_name(_VALIDATION)] if validation_share else [])]
    for path in paths:
        if path.exists() or paths.count(path) > 1:
            raise ImportLogsError(f"{path}: exists; expected a new file: a dataset that changes is another run")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        return _written_whole(found, paths, validation_share)
    except OSError as error:
        raise ImportLogsError(f"{error.filename or output}: {error.strerror}; expected a folder to write to") from None


def _written_whole(found: Iterable[Record], paths: list[Path], share: float) -> list[Written]:
    partials = [path.with_name(f".{path.name}.{os.getpid()}") for path in paths]
    try:
        written = _written(found, paths, partials, share)
        for path, partial in zip(paths, partials, strict=True):
            partial.replace(path)
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)
    return written


def _written(found: Iterable[Record], paths: list[Path], partials: list[Path], share: float) -> list[Written]:
    written = [Written(path) for path in paths]
    files = [partial.open("wb") for partial in partials]
    try:
        for record in found:
            place = int(is_for_validation(record, share))
            written[place].add(files[place], record)
    finally:
        for file in files:
            file.close()
    if not all(each.count for each in written):
        empty = next(each.path for each in written if not each.count)
        raise ImportLogsError(f"{empty}: there is no record to write; see what the logs hold, and the filters leave")
    return written


def _filters(where: list[str], file: Path | None, *, is_any: bool) -> Filters | None:
    if where and file is not None:
        raise ImportLogsError("--where beside --filters; expected one of the two")
    if where:
        return Filters.where(where, is_any=is_any)
    if is_any:
        raise ImportLogsError("--any without --where; expected conditions to choose from")
    if file is None:
        return None
    try:
        return Filters.of_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ImportLogsError(f"{file}: {error.strerror}; expected a JSON file") from None
    except json.JSONDecodeError as error:
        raise ImportLogsError(f"{file}: not valid JSON ({error}); expected requestMetadataFilters") from None


def _s3() -> Any:
    import boto3  # noqa: PLC0415 - for logs in S3 alone

    return boto3.client("s3")


def _told(tally: Tally, written: list[Written]) -> Iterator[str]:
    yield f"read {tally.calls:,} calls in {tally.files:,} files"
    for each in written:
        yield f"wrote {each.count:,} records to {each.path} (sha256 {each.state.hexdigest()})"
    if not MIN_RECORDS <= written[0].count <= MAX_RECORDS:
        yield f"training takes {MIN_RECORDS:,} to {MAX_RECORDS:,} records"
    yield "no record has a reference answer: set `references: none` in the project file, and run rft check"


def _left_out(tally: Tally) -> Iterator[str]:
    if tally.not_meant:
        yield f"left out {tally.not_meant:,}: the filters do not mean them"
    if tally.repeated:
        yield f"left out {tally.repeated:,}: an earlier call had the same prompt"
    for reason, number in tally.skipped.most_common():
        yield f"left out {number:,}: {reason}"
