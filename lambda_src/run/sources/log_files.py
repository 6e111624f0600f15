"""Where model invocation logs lie: a folder on this machine, or a prefix in S3.

Bedrock writes gzipped lines of JSON to ``<prefix>/AWSLogs/<account>/BedrockModelInvocationLogs/<region>/<year>/<month>/
<day>/<hour>/``; a body of more than 100 kB is an object of its own in a folder ``data`` there, which the line names.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, Protocol, cast

from .s3_objects import SCHEME, S3Object, SourceError, explained, explained_each

_BODIES: Final = "data"
_ENDINGS: Final = (".json", ".jsonl", ".gz")
_GZIP: Final = b"\x1f\x8b"
_BROKEN: Final = (EOFError, OSError, zlib.error)  # of a gzip file that ends too early or holds something else

Lines = Iterator[bytes | None]
"""Lines of a file; None, and then no more, where it breaks off."""


class Logs(Protocol):
    """Log files, in an order that is the same each time."""

    def files(self) -> Iterator[tuple[str, Lines]]:
        """Names and lines.

        Raises:
            SourceError: A file cannot be read.
        """

    def body(self, uri: str) -> Any:
        """A body that is an object of its own; None if it is not to be had."""


def logs_at(location: str, s3_client_factory: Callable[[], Any]) -> Logs:
    """The logs of a folder, a file, or ``s3://bucket/prefix``.

    Raises:
        SourceError: There is no such folder.
    """
    if location.startswith(SCHEME):
        bucket, _, prefix = location.removeprefix(SCHEME).partition("/")
        return _S3Logs(s3_client_factory(), bucket, prefix)
    if not Path(location).exists():
        raise SourceError(f"{location}: no such file or folder; expected model invocation logs, or an s3:// prefix")
    return _LocalLogs(Path(location))


@dataclass(frozen=True)
class _LocalLogs:
    root: Path

    @cached_property
    def _paths(self) -> list[Path]:
        return [self.root] if self.root.is_file() else sorted(path for path in self.root.rglob("*") if path.is_file())

    @cached_property
    def _bodies(self) -> dict[str, Path]:
        """By name, which is unique; the folders above may be other ones than in S3."""
        return {path.name: path for path in self._paths if path.parent.name == _BODIES}

    def files(self) -> Iterator[tuple[str, Lines]]:
        for path in self._paths:
            if path == self.root or _is_log(path.relative_to(self.root).as_posix()):
                try:
                    with path.open("rb") as file:
                        yield str(path), _lines(file)
                except OSError as error:
                    raise SourceError(f"{path}: cannot be read ({error.strerror})") from None

    def body(self, uri: str) -> Any:
        path = self._bodies.get(PurePosixPath(uri).name)
        if path is None:
            return None
        with path.open("rb") as file:
            return _json(file)


@dataclass(frozen=True, slots=True)
class _S3Logs:
    s3: Any
    bucket: str
    prefix: str

    def files(self) -> Iterator[tuple[str, Lines]]:
        folder = self.prefix.rpartition("/")[0]
        for key in self._keys():
            if _is_log(key[len(folder) :].lstrip("/")):
                where = S3Object(self.bucket, key)
                with io.BufferedReader(where.get(self.s3)["Body"]) as file:
                    yield str(where), explained_each(str(where), _lines(cast(BinaryIO, file)))

    def body(self, uri: str) -> Any:
        with (
            suppress(SourceError),
            explained(uri),
            io.BufferedReader(S3Object.of(uri).get(self.s3)["Body"]) as file,
        ):
            return _json(cast(BinaryIO, file))
        return None

    def _keys(self) -> Iterator[str]:
        """In S3's own order, which is that of the bytes."""
        with explained(f"{SCHEME}{self.bucket}/{self.prefix}"):
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            found = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        yield from found


def _is_log(name: str) -> bool:
    path = PurePosixPath(name)
    return path.parent.name != _BODIES and path.name.endswith(_ENDINGS)


def _lines(file: BinaryIO) -> Lines:
    try:
        yield from _unzipped(file)
    except _BROKEN:
        yield None


def _json(file: BinaryIO) -> Any:
    try:
        return json.loads(_unzipped(file).read())
    except (*_BROKEN, ValueError):
        return None


def _unzipped(file: BinaryIO) -> BinaryIO:
    is_zipped = cast(io.BufferedReader, file).peek(len(_GZIP))[: len(_GZIP)] == _GZIP
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_zipped else file
