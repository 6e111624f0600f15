"""Files made by mistake or by malice: what is said of them is short, and neither time nor memory runs away."""

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lambda_src.run.dataset import check
from lambda_src.run.dataset.limits import MAX_BYTES
from tests.lambda_src.run.dataset.records import lines

MEGABYTE = 1 << 20


class Endless(io.RawIOBase):
    """A stream of so many bytes that are made when they are read."""

    def __init__(self, start: bytes, unit: bytes, size: int) -> None:
        self._left = size
        self._start = start
        self._unit = unit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._start:
            start, self._start = self._start, b""
            return start
        block = self._unit * (min(self._left, MEGABYTE) // len(self._unit))
        self._left -= len(block)
        return block


@pytest.mark.parametrize(
    ("start", "unit", "rule"),
    [
        pytest.param(b'{"id": "', b"x", "line-too-long", id="a text"),
        pytest.param(b'{"id": [', b"1,", "line-too-long", id="a list"),
        pytest.param(b"", b"[", "line-too-long", id="brackets"),
        pytest.param(b"", b" ", "blank-line", id="space"),
        pytest.param(b"[{", b'"a":1,', "line-too-long", id="a record in an array"),
        pytest.param(b"", b"\x00", "line-too-long", id="null bytes"),
    ],
)
def test_a_line_of_a_hundred_megabytes_is_never_held(start: bytes, unit: bytes, rule: str) -> None:
    tracemalloc.start()
    try:
        report = check(Endless(start, unit, 100 * MEGABYTE), "train.jsonl")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert rule in {finding.rule for finding in report.findings.shown}
    assert report.bytes > 99 * MEGABYTE
    assert peak < 100 * MEGABYTE


@pytest.mark.parametrize(
    ("start", "unit", "rule"),
    [
        pytest.param(b"[{}", b",{}", "messages-shape", id="an array of nothing"),
        pytest.param(b"", b"\n", "blank-line", id="line ends alone"),
        pytest.param(b"", b"{\n", "invalid-json", id="brackets on lines of their own"),
    ],
)
def test_tens_of_thousands_of_wrong_lines_are_told_in_few_words(start: bytes, unit: bytes, rule: str) -> None:
    report = check(Endless(start, unit, 20_000), "train.jsonl")

    assert report.findings.to_json()["counts"][rule] >= 20_000 // len(unit) - 1
    assert len(json.dumps(report.to_json())) < 20_000


def test_lines_after_one_that_is_too_long_are_read() -> None:
    content = b'{"id": "' + b"x" * (3 * MAX_BYTES) + b'"}\n' + "\n".join(lines(2)).encode()

    report = check(io.BytesIO(content), "train.jsonl", min_records=1)

    assert [(finding.rule, finding.line) for finding in report.findings.shown] == [("line-too-long", 1)]
    assert (report.count, len(report.sample)) == (3, 2)


def test_a_list_of_lines_may_hold_one_that_is_too_long() -> None:
    report = check([lines(1)[0], "x" * (3 * MAX_BYTES), lines(2)[1]], "train.jsonl", min_records=1)

    assert [(finding.rule, finding.line) for finding in report.findings.shown] == [("line-too-long", 2)]
    assert (report.count, len(report.sample)) == (3, 2)


def test_a_file_of_wrong_records_is_told_in_few_words() -> None:
    report = check(["{}"] * 2_000, "train.jsonl")

    assert report.error_count == 4_000
    assert len(report.findings.shown) < 50
    assert len(json.dumps(report.to_json())) < 20_000


def test_one_record_of_many_wrong_messages_is_told_in_few_words() -> None:
    line = json.dumps({"messages": [{"role": "x" * 50, "content": 7}] * 5_000})

    report = check([line], "train.jsonl", min_records=1)

    assert report.error_count == 10_002
    assert len(json.dumps(report.to_json())) < 20_000


def test_a_record_of_many_repeated_keys_is_told_in_few_words() -> None:
    line = "{" + ", ".join(f'"{"k" * 100}{n % 1_000}": 1' for n in range(20_000)) + "}"

    report = check([line], "train.jsonl", min_records=1)

    assert report.findings.to_json()["counts"]["key-repeated"] == 1_000
    assert len(json.dumps(report.to_json())) < 20_000


def _damaged(line: bytes) -> Iterator[bytes]:
    for at in range(len(line)):
        yield line[:at] + b"\x80" + line[at + 1 :]
        yield line[:at]
        yield line[:at] + b"\n" + line[at:]


def test_no_damage_to_a_file_raises_or_hides_the_next_record() -> None:
    first, last = (line.encode() for line in lines(2))
    for damaged in _damaged(first):
        report = check(io.BytesIO(damaged + b"\n" + last), "train.jsonl", min_records=1)

        assert report.error_count >= 1 or b"\n" in damaged, damaged
        assert report.sample[-1]["id"] == "train-1", damaged


@pytest.mark.parametrize("make", [Path, str], ids=["path", "text"])
def test_a_name_with_odd_characters_is_only_a_name(make: Callable[[str], object], tmp_path: Path) -> None:
    path = tmp_path / "tra\u2028in {0} %s.jsonl"
    path.write_text("\n".join(lines(100)))

    assert check(path, f"{make(path.name)}").findings.shown == []
