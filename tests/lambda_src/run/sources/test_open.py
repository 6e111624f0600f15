import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from botocore.stub import Stubber

from lambda_src.run.sources import SourceError, open_source, size_of
from tests.lambda_src.run.sources.answers import holds

CONTENT = b"one\ntwo\r\n\nfour"


def nobody() -> NoReturn:
    raise AssertionError("S3 is not to be asked")


def test_a_file_comes_line_by_line_and_without_s3(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_bytes(CONTENT)

    assert list(open_source(str(file), nobody)) == [b"one\n", b"two\r\n", b"\n", b"four"]
    assert size_of(str(file), nobody) == len(CONTENT)


def test_an_object_comes_line_by_line(s3: Stubber) -> None:
    holds(s3, "records", "a/train.jsonl", CONTENT)
    s3.add_response("head_object", {"ContentLength": 14}, {"Bucket": "records", "Key": "a/train.jsonl"})

    assert list(open_source("s3://records/a/train.jsonl", lambda: s3.client)) == CONTENT.splitlines(keepends=True)
    assert size_of("s3://records/a/train.jsonl", lambda: s3.client) == 14


def test_no_more_is_read_than_is_asked_for() -> None:
    read: list[int] = []

    class Endless(io.RawIOBase):
        """A body without an end."""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            read.append(len(buffer))
            buffer[:] = b"x" * (len(buffer) - 1) + b"\n"
            return len(buffer)

    class Client:
        body = Endless()

        def get_object(self, **_: Any) -> dict[str, Any]:
            return {"Body": self.body}

    lines: Iterator[bytes] = open_source("s3://records/a.jsonl", Client)
    assert read == []

    next(lines)
    lines.close()  # type: ignore[attr-defined] # it is a generator

    assert len(read) == 1
    assert Client.body.closed


@pytest.mark.parametrize("call", [lambda *given: list(open_source(*given)), size_of], ids=["lines", "size"])
@pytest.mark.parametrize(
    ("location", "expected"),
    [
        pytest.param("no/such.jsonl", "no/such.jsonl: cannot be read (No such file or directory)", id="missing file"),
        pytest.param("s3://records/", "s3://records/: no object in S3; expected s3://<bucket>/<key>", id="no key"),
    ],
)
def test_what_cannot_be_read_is_named(call: Any, location: str, expected: str) -> None:
    with pytest.raises(SourceError) as raised:
        call(location, nobody if not location.startswith("s3:") else object)

    assert str(raised.value).startswith(expected)


def test_a_missing_object_is_named(s3: Stubber) -> None:
    s3.add_client_error("get_object", "NoSuchKey", "The specified key does not exist.")
    s3.add_client_error("head_object", "404", "Not Found", 404)

    with pytest.raises(SourceError, match=r"s3://records/a.jsonl: there is no such object \(NoSuchKey"):
        list(open_source("s3://records/a.jsonl", lambda: s3.client))
    with pytest.raises(SourceError, match=r"s3://records/a.jsonl: there is no such object \(404"):
        size_of("s3://records/a.jsonl", lambda: s3.client)


def test_reading_files_needs_no_aws_client() -> None:
    code = "import sys, lambda_src.run.sources; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
