"""Files whose records are not one per line: said once, and every record is still looked at."""

import io
import json
from typing import Any

import pytest

from lambda_src.run.dataset import FileReport, check
from lambda_src.run.dataset.format.layout import Layout, layout
from tests.lambda_src.run.dataset.records import record

RECORDS = [record(n, more={"steps": [1, {"a": [n]}], "text": 'a "quoted" ] } , [ { text'}) for n in range(300)]

LAYOUTS: dict[str, str] = {
    "an array on one line": json.dumps(RECORDS),
    "an array without space": json.dumps(RECORDS, separators=(",", ":")),
    "an array with a record per line": "[" + ",\n".join(map(json.dumps, RECORDS)) + "]",
    "an array with brackets on lines of their own": "[\n" + ",\n".join(map(json.dumps, RECORDS)) + "\n]\n",
    "an array over many lines": json.dumps(RECORDS, indent=2),
    "an array with CRLF": json.dumps(RECORDS, indent=2).replace("\n", "\r\n"),
    "an array behind a byte order mark": "\ufeff" + json.dumps(RECORDS, indent=1),
    "records over many lines": "\n".join(json.dumps(each, indent=2) for each in RECORDS),
    "records over many lines without indentation": "\n".join(json.dumps(each, indent=0) for each in RECORDS),
    "records over many lines with commas": ",\n".join(json.dumps(each, indent="\t") for each in RECORDS),
}


def read(text: str) -> FileReport:
    return check(io.BytesIO(text.encode()), "train.jsonl")


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_a_file_that_is_no_json_lines_is_said_once_and_all_its_records_are_counted(text: str) -> None:
    report = read(text)

    (finding,) = report.findings.shown
    assert finding.rule == ("json-array" if "[" in text[:2] else "record-over-lines")
    assert report.count == 300
    assert report.sample[0] == RECORDS[0]
    assert report.bytes == len(text.encode())


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_a_wrong_record_among_them_is_named_with_the_line_it_begins_on(text: str) -> None:
    at = text.index('"train-200"')

    report = read(text[:at] + text[at:].replace('"42"', '""', 1))

    (wrong,) = [finding for finding in report.findings.shown if finding.rule == "reference-shape"]
    assert wrong.line == 1 + text[: text.rindex("{", 0, at)].count("\n")


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_a_file_that_breaks_off_says_where(text: str) -> None:
    at = text.index('"train-200"')

    report = read(text[: at + 5])

    begin = 1 + text[: text.rindex("{", 0, at)].count("\n")
    assert [finding.line for finding in report.findings.shown if finding.rule == "invalid-json"] == [begin]
    assert any(
        finding.rule == "not-read-on" and f"begins in line {begin:,};" in finding.message
        for finding in report.findings.shown
    )
    assert len(report.sample) == 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Layout.LINES, id="nothing"),
        pytest.param("[]", Layout.LINES, id="an empty list"),
        pytest.param("[1, 2]", Layout.LINES, id="a list of numbers"),
        pytest.param("[[{}]]", Layout.LINES, id="a list in a list"),
        pytest.param('[{"role": "user"}]\n[{"role": "user"}]', Layout.LINES, id="a list per line"),
        pytest.param("[", Layout.ARRAY, id="a bracket"),
        pytest.param("[ \n {", Layout.ARRAY, id="brackets"),
        pytest.param("[oops", Layout.LINES, id="a bracket and no JSON"),
        pytest.param("[" * 5_000, Layout.LINES, id="brackets without end"),
        pytest.param('{"a":' * 5_000, Layout.LINES, id="objects without end"),
        pytest.param("{}", Layout.LINES, id="an object"),
        pytest.param("{}\n{}", Layout.LINES, id="two lines"),
        pytest.param("\n\n{}", Layout.LINES, id="blank lines first"),
        pytest.param("{\n}", Layout.SPREAD, id="an object over two lines"),
        pytest.param('{"a": "\n"}', Layout.LINES, id="a line end in a string"),
        pytest.param('{"a": 1\n{"a": 1}', Layout.LINES, id="a first line that is cut short"),
    ],
)
def test_the_layout_of_a_file_is_told_from_how_it_begins(text: str, expected: Layout) -> None:
    assert layout(text.encode()) is expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_records_in_an_array_are_read_whatever_blocks_they_come_in(size: int) -> None:
    class Dripping(io.BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            return super().read(size if self.tell() else 40)

    records: list[dict[str, Any]] = [record(n, more="Où ça ? \U0001f600") for n in range(40)]

    report = check(Dripping(json.dumps(records, ensure_ascii=False).encode()), "train.jsonl", min_records=1)

    assert [finding.rule for finding in report.findings.shown] == ["json-array"]
    assert report.count == 40
    assert report.sample[-1] == records[-1]


def test_bytes_that_are_not_utf8_are_named_in_an_array_too() -> None:
    content = json.dumps(RECORDS[:3]).encode().replace(b"train-1", b"train-\xff")

    report = check(io.BytesIO(content), "train.jsonl", min_records=1)

    assert [finding.rule for finding in report.findings.shown] == ["json-array", "invalid-utf8"]
    assert (report.count, len(report.sample)) == (3, 2)
