from collections.abc import Iterable
from pathlib import Path

import pytest

from lambda_src.run.dataset import DatasetError, Source
from rft.checking.sources import DataPlace, sources


def place(part: str, file: Path) -> DataPlace:
    return DataPlace(part, file.name, str(file))


def lines(source: Source) -> Iterable[bytes]:
    assert not isinstance(source.lines, Path)
    return source.lines


def test_progress_counts_the_bytes_of_all_files_and_ends_at_their_sum(tmp_path: Path) -> None:
    files = {"train": b"x" * 99 + b"\n", "validation": b"y\n"}
    for part, content in files.items():
        (tmp_path / part).write_bytes(content * 10_000)
    told: list[tuple[int, int]] = []

    every = [place(part, tmp_path / part) for part in files]
    every_line = [
        line for source in sources(every, None, lambda *report: told.append(report)) for line in lines(source)
    ]

    assert every_line == [content for content in files.values() for _ in range(10_000)]
    assert told[-1] == (1_020_000, 1_020_000)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) < 10


def test_a_file_that_is_not_there_is_told_before_any_other_is_read(tmp_path: Path) -> None:
    (tmp_path / "train").write_bytes(b"a\n")
    every = [place("train", tmp_path / "train"), place("validation", tmp_path / "none")]

    with pytest.raises(DatasetError, match=r"none: cannot be read .* expected a file of JSON lines"):
        sources(every, None, lambda *_: pytest.fail("nobody has read"))
