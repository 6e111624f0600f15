"""Records by their location: a path on this machine or an object in S3."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .s3_objects import SCHEME, S3Object, SourceError, explained, lines


def open_source(location: str, s3_client_factory: Callable[[], Any]) -> Iterator[bytes]:
    """The lines of a file, with their ends; nothing is read before the first is asked for, and none is kept.

    Args:
        location: A path, or ``s3://bucket/key``.
        s3_client_factory: Makes a client of S3; called for objects in S3 alone.

    Raises:
        SourceError: There is no such file or object, or it cannot be read.
    """
    if not location.startswith(SCHEME):
        yield from _file_lines(location)
        return
    yield from lines(location, S3Object.of(location).get(s3_client_factory())["Body"])


def size_of(location: str, s3_client_factory: Callable[[], Any]) -> int:
    """Bytes of a file; otherwise as ``open_source``.

    Raises:
        SourceError: There is no such file or object, or it cannot be looked at.
    """
    if not location.startswith(SCHEME):
        try:
            return Path(location).stat().st_size
        except OSError as error:
            raise _unreadable(location, error) from None
    found = S3Object.of(location)
    with explained(location):
        return int(s3_client_factory().head_object(Bucket=found.bucket, Key=found.key)["ContentLength"])


def _file_lines(path: str) -> Iterator[bytes]:
    try:
        with Path(path).open("rb") as file:
            yield from file
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError) -> SourceError:
    return SourceError(f"{path}: cannot be read ({error.strerror}); expected a file of JSON lines")
