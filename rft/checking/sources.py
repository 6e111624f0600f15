"""The files that a check reads: a project's own, or another one in place of its training file."""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from infra.config import StageConfig
from infra.sections import DataFile
from lambda_src.run.dataset import Source
from lambda_src.run.sources import SourceError, open_source, size_of

Report = Callable[[int, int], None]
"""Takes what is done, and all there is to do."""

_STEP = 1 << 18  # bytes between two reports


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where one part of a dataset lies.

    Attributes:
        part: ``train``, ``validation`` or ``test``.
        name: How findings call the file.
        location: A path, or ``s3://bucket/key``.
        pin: What the project file says of it.
    """

    part: str
    name: str
    location: str
    pin: DataFile | None = None

    @property
    def is_in_s3(self) -> bool:
        return self.location.startswith("s3://")


def places(config: StageConfig | None, data: str | None) -> list[DataPlace]:
    """The parts to check, the training file first.

    Args:
        data: In place of the project's training file; None for that itself.
    """
    own = [] if config is None else [*_local(config), *_in_s3(config)]
    if data is None:
        return own
    return [DataPlace("train", data, data), *(place for place in own if place.part != "train")]


def sources(every: Sequence[DataPlace], region: str | None, progress: Report) -> list[Source]:
    """The parts as ``examine`` takes them; nothing is read yet.

    Args:
        region: Of the buckets; None for that of the environment.
        progress: Called with the bytes read of all files, and the bytes that there are.

    Raises:
        SourceError: A file is not there.
    """
    client = cache(partial(s3_client, region))
    meter = _Meter(sum(size_of(place.location, client) for place in every), progress)
    return [Source(place.part, place.name, _read(place, client, meter)) for place in every]


def s3_client(region: str | None) -> Any:
    """A client of S3 with the ambient credentials; None for the ambient region."""
    import boto3  # noqa: PLC0415 - half a second, and files on this machine need none

    return boto3.Session(region_name=region).client("s3")


@contextmanager
def shown(what: str, *, in_bytes: bool = False) -> Iterator[Report]:
    """A bar on standard error, where that is a terminal."""
    count = DownloadColumn() if in_bytes else MofNCompleteColumn()
    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _local(config: StageConfig) -> Iterator[DataPlace]:
    for part, file in config.data_files.items():
        yield DataPlace(part, f"datasets/{config.dataset}/{part}.jsonl", str(file))


def _in_s3(config: StageConfig) -> Iterator[DataPlace]:
    for part, file in config.s3_files.items():
        yield DataPlace(part, file.uri, file.uri, file)


@dataclass(slots=True)
class _Meter:
    """Counts the bytes that go by."""

    total: int
    report: Report
    done: int = 0
    told: int = 0

    def count(self, size: int) -> None:
        self.done += size
        if self.done - self.told >= _STEP or self.done == self.total:
            self.told = self.done
            self.report(self.done, self.total)

    def each(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        for line in lines:
            self.count(len(line))
            yield line


class _Blocks(io.RawIOBase):
    """A file of this machine, opened when it is read and never by lines: one of them may be as long as the file."""

    def __init__(self, location: str, meter: _Meter) -> None:
        super().__init__()
        self._location, self._meter = location, meter
        self._file: IO[bytes] | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes; 0 at the end, where the file is closed.

        Raises:
            SourceError: The file cannot be read.
        """
        try:
            if self._file is None:
                self._file = Path(self._location).open("rb", buffering=0)  # noqa: SIM115 - closed at its end
            block = b"" if self._file.closed else self._file.read(len(buffer))
        except OSError as error:
            raise SourceError(
                f"{self._location}: cannot be read ({error.strerror}); expected a file of JSON lines"
            ) from None
        if not block:
            self._file.close()
            return 0
        buffer[: len(block)] = block
        self._meter.count(len(block))
        return len(block)


def _read(place: DataPlace, client: Callable[[], Any], meter: _Meter) -> Iterable[bytes]:
    if place.is_in_s3:
        return meter.each(open_source(place.location, client))
    return io.BufferedReader(_Blocks(place.location, meter), _STEP)
