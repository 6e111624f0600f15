import gzip
import hashlib
import io
import json
from itertools import pairwise
from pathlib import Path

import pytest

from lambda_src.run.dataset import SAMPLE, DatasetError, Severity, check
from tests.lambda_src.run.dataset.records import findings, lines, record, rules


def test_a_hundred_good_records_pass() -> None:
    report = check(lines(100), "train.jsonl").require()

    assert (report.count, report.findings.shown, report.error_count) == (100, [], 0)


def test_99_records_are_too_few() -> None:
    with pytest.raises(DatasetError, match=r"train.jsonl: 99 records; expected 100 to 20,000"):
        check(lines(99), "train.jsonl").require()


@pytest.mark.parametrize("part", ["train", "validation"])
def test_more_than_20_000_records_are_too_many(part: str) -> None:
    report = check(lines(20_001), f"{part}.jsonl", part=part)

    with pytest.raises(DatasetError, match=f"{part}.jsonl: 20,001 records; expected 100 to 20,000"):
        report.require()


def test_a_test_file_may_be_as_long_as_it_likes_because_the_service_never_reads_it() -> None:
    assert check(lines(20_001), "test.jsonl", min_records=1, part="test").findings.shown == []


def test_more_than_10_000_training_records_are_a_warning() -> None:
    report = check(lines(10_001), "train.jsonl").require()

    assert [finding.rule for finding in report.findings.of(Severity.WARNING)] == ["many-records"]


@pytest.mark.parametrize("minimum", [1, 100])
def test_an_empty_file_has_too_few_records(minimum: int) -> None:
    report = check([], "validation.jsonl", min_records=minimum)

    assert (report.count, report.bytes, report.error_count) == (0, 0, 1)


def test_every_finding_of_a_record_is_named_not_the_first_alone() -> None:
    line = json.dumps({"id": 7, "messages": [{"role": "bot", "content": ""}], "reference_answer": []})

    assert [(finding.rule, finding.line, finding.field) for finding in findings(line)] == [
        ("role-unknown", 1, "messages[0].role"),
        ("content-empty", 1, "messages[0].content"),
        ("no-user-turn", 1, "messages"),
        ("reference-shape", 1, "reference_answer"),
        ("id-shape", 1, "id"),
    ]


def test_a_finding_is_a_sentence_with_file_line_field_problem_and_what_is_expected() -> None:
    (finding,) = findings(*lines(3), json.dumps(record(9, reference_answer=42)))

    assert finding.message == (
        "train.jsonl line 4: reference_answer is 42; expected a string or an object that is not empty"
    )


def test_all_findings_are_counted_but_only_the_first_of_each_rule_are_listed() -> None:
    with pytest.raises(DatasetError) as raised:
        check(["{}"] * 150, "train.jsonl").require()

    text = str(raised.value)
    assert text.startswith("train.jsonl: 300 problems\n  train.jsonl line 1: messages is missing (found nothing);")
    assert "... and 140 more of messages-shape" in text
    assert "... and 140 more of reference-missing" in text
    assert len(text.splitlines()) == 1 + 10 + 10 + 2


@pytest.mark.parametrize(
    ("part", "references", "count"),
    [pytest.param("train", True, 1, id="with"), pytest.param("validation", False, 0, id="without")],
)
def test_a_reference_answer_is_asked_for_where_the_reward_reads_it(part: str, references: bool, count: int) -> None:
    line = json.dumps({"messages": record()["messages"]})

    assert check([line], "a.jsonl", min_records=1, part=part, references=references).error_count == count


def test_crlf_line_ends_are_one_warning() -> None:
    report = check([line + "\r\n" for line in lines(100)], "train.jsonl").require()

    (warning,) = report.findings.shown
    assert warning.message == "train.jsonl: 100 lines end in CRLF; expected LF"


def test_space_around_records_is_one_warning() -> None:
    assert rules(" " + lines(1)[0], lines(2)[1] + "\t\r\n", *lines(1, start=2)) == ["crlf", "space-around"]


def test_a_byte_order_mark_is_an_error_and_the_record_behind_it_is_read() -> None:
    report = check([b"\xef\xbb\xbf" + lines(1)[0].encode(), *lines(1, start=1)], "train.jsonl", min_records=2)

    assert [finding.rule for finding in report.findings.shown] == ["byte-order-mark"]
    assert [each["id"] for each in report.sample] == ["train-0", "train-1"]


def test_a_byte_order_mark_in_a_later_line_is_no_json() -> None:
    assert rules(*lines(1), b"\xef\xbb\xbf" + lines(2)[1].encode()) == ["invalid-json"]


def test_a_blank_last_line_is_found_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(lines(100)) + "\n\n")

    (finding,) = check(path, "train.jsonl").findings.shown
    assert finding.message == "train.jsonl line 101: is blank; expected one JSON object on the line"


def test_a_file_without_a_last_line_end_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(lines(100)))

    report = check(path, "train.jsonl")

    assert (report.count, report.findings.shown) == (100, [])


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0c", "\x1e"])
def test_a_line_ends_at_lf_and_at_no_other_separator(separator: str) -> None:
    line = json.dumps(record(messages=[{"role": "user", "content": f"6{separator}7"}]), ensure_ascii=False)
    report = check([line, *lines(1, start=1)], "train.jsonl", min_records=2)

    assert (report.count, report.findings.shown) == (2, [])


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"train.jsonl: .*none.jsonl cannot be read \(No such file"):
        check(tmp_path / "none.jsonl", "train.jsonl")


def test_a_folder_in_place_of_a_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="cannot be read"):
        check(tmp_path, "train.jsonl")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("train.jsonl", [], id="jsonl"),
        pytest.param("train.json", ["file-suffix"], id="json"),
        pytest.param("train", ["file-suffix"], id="none"),
        pytest.param("train.JSONL", ["file-suffix"], id="capitals"),
    ],
)
def test_the_suffix_of_a_file_is_jsonl(name: str, expected: list[str], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("\n".join(lines(100)))

    assert [finding.rule for finding in check(path, "the records").findings.shown] == expected


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(gzip.compress(b"\n".join(line.encode() for line in lines(100))), "gzip", id="gzip"),
        pytest.param(b"\x1f\x8b" + bytes(3_000_000), "gzip", id="gzip of several blocks"),
        pytest.param(b"PK\x03\x04 ...", "a zip archive", id="zip"),
        pytest.param(b"PAR1 ...", "Parquet", id="parquet"),
        pytest.param("\n".join(lines(100)).encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param("\n".join(lines(100)).encode("utf-16-le"), "UTF-16", id="utf-16 without a mark"),
    ],
)
def test_a_file_that_is_no_text_is_named_for_what_it_is_and_nothing_else_is_said(content: bytes, what: str) -> None:
    report = check(io.BytesIO(content), "train.jsonl")

    (finding,) = report.findings.shown
    assert finding.message == f"train.jsonl: is {what}; expected JSON lines in UTF-8, not compressed"
    assert (report.bytes, report.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("ending", [b"\n", b"", b"\r\n", b"\n\n"])
def test_size_and_digest_are_those_of_the_bytes_whatever_they_come_from(ending: bytes, tmp_path: Path) -> None:
    content = b"\n".join(line.encode() for line in lines(200)) + ending
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)

    for source in (path, io.BytesIO(content), content.splitlines(keepends=True)):
        report = check(source, "train.jsonl")
        assert (report.bytes, report.sha256) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("count", [1, 31, 32, 33, 64, 65, 100, 1000, 5000])
def test_the_sample_is_32_records_spread_over_the_whole_file(count: int) -> None:
    sample = check(lines(count), "train.jsonl", min_records=1).sample

    positions = [int(item["id"].removeprefix("train-")) for item in sample]
    gaps = {b - a for a, b in pairwise(positions)}
    assert len(positions) == min(count, SAMPLE)
    assert not gaps or max(gaps) <= 2 * min(gaps)
    assert positions[0] == 0
    assert positions[-1] >= count * 0.95 - 1


def test_only_records_without_an_error_are_in_the_sample() -> None:
    given = [json.dumps(record(n, reference_answer="" if n % 2 else "42")) for n in range(10)]

    assert [each["id"] for each in check(given, "train.jsonl", min_records=1).sample] == [
        f"train-{n}" for n in range(0, 10, 2)
    ]


def test_a_repeated_id_names_both_lines() -> None:
    (finding,) = findings(*lines(2), json.dumps(record(0, reference_answer="43")))

    assert finding.message == 'train.jsonl line 3: id is "train-0", as in line 1; expected unique ids'


def test_the_report_as_json_holds_all_counts_and_the_shown_findings() -> None:
    report = check(["{}"] * 12, "train.jsonl", min_records=1).to_json()

    assert report["findings"]["counts"] == {"messages-shape": 12, "reference-missing": 12}
    assert len(report["findings"]["shown"]) == 20
    assert json.loads(json.dumps(report)) == report
