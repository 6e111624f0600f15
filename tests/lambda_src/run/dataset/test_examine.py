import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from lambda_src.run.dataset import DatasetError, Severity, Source, examine
from lambda_src.run.dataset.check import FileCheck
from tests.lambda_src.run.dataset.records import USER, lines, record


def source(part: str, given: Sequence[str]) -> Source:
    return Source(part, f"{part}.jsonl", [f"{line}\n".encode() for line in given])


def test_all_files_are_checked_each_by_the_bounds_of_its_part() -> None:
    report = examine(
        [source("train", lines(99)), source("validation", lines(1, start=1000)), source("test", lines(2, start=2000))]
    )

    assert [(file.part, file.name, file.count, file.error_count) for file in report.files] == [
        ("train", "train.jsonl", 99, 1),
        ("validation", "validation.jsonl", 1, 0),
        ("test", "test.jsonl", 2, 0),
    ]
    assert report.error_count == 1
    with pytest.raises(DatasetError, match=r"train.jsonl: 99 records; expected 100 to 20,000"):
        report.require()


def test_training_and_validation_together_stay_within_what_the_service_takes() -> None:
    report = examine([source("train", lines(10_001)), source("validation", lines(10_000, start=20_000))])

    (error,) = report["validation"].findings.of(Severity.ERROR)
    assert error.message == (
        "validation.jsonl: 10,001 training and 10,000 validation records; expected 20,000 at most in both"
    )


@pytest.mark.parametrize(("train", "validation"), [(20_001, 1), (100, 20_001)])
def test_where_one_file_alone_is_too_long_that_is_said_once(train: int, validation: int) -> None:
    given = [source("train", ["{}"] * train), source("validation", ["{}"] * validation)]

    counts = examine(given).findings.to_json()["counts"]

    assert counts["record-count"] == 1
    assert "record-count-in-all" not in counts


def test_20_000_records_in_both_files_and_a_test_file_beside_them_are_taken() -> None:
    given = [source(part, ["{}"] * count) for part, count in (("train", 19_000), ("validation", 1_000), ("test", 9))]

    counts = examine(given).findings.to_json()["counts"]

    assert not {"record-count", "record-count-in-all"} & set(counts)


def test_an_id_in_two_files_is_a_warning_that_names_both_places() -> None:
    report = examine([source("train", lines(100)), source("validation", [*lines(1, start=500), *lines(1, start=7)])])

    (warning,) = [finding for finding in report["validation"].findings.shown if finding.rule == "id-in-two-files"]
    assert warning.severity is Severity.WARNING
    assert warning.message == (
        'validation.jsonl line 2: id is "train-7", as in train.jsonl line 8; expected ids unique in all files'
    )


def test_files_of_one_name_are_still_two_files() -> None:
    given = [
        Source(part, "data.jsonl", [line.encode() for line in each])
        for part, each in (("train", lines(100)), ("validation", lines(1, start=900)), ("test", lines(1, start=7)))
    ]

    assert examine(given)["test"].findings.to_json()["counts"] == {"id-in-two-files": 1}


@pytest.mark.parametrize("parts", [["validation", "train"], ["train", "train"], ["train", "dev"]])
def test_files_come_in_order_each_once(parts: list[str]) -> None:
    with pytest.raises(ValueError, match="expected train, validation, test, each at most once, in that order"):
        examine([source(part, lines(1)) for part in parts])


def test_every_valid_record_is_observed_with_its_part_and_line_and_no_other() -> None:
    seen = list[tuple[str, int, str]]()
    given = [
        *lines(2),
        "",
        "not JSON",
        json.dumps(record(2, reference_answer="")),
        json.dumps(record(3, messages=[{"role": "user", "content": [{"type": "text", "text": "6 * 7?"}]}])),
        json.dumps(record(4, messages=[USER | {"content": "User: 6 * 7?"}])),
        lines(1)[0],
    ]

    FileCheck(
        "t", part="test", references=True, observe=lambda part, line, each: seen.append((part, line, each["id"]))
    ).run(given, min_records=1)

    assert seen == [
        ("test", 1, "train-0"),
        ("test", 2, "train-1"),
        ("test", 6, "train-3"),
        ("test", 7, "train-4"),
        ("test", 8, "train-0"),
    ]


def test_the_content_of_all_parts_is_looked_at() -> None:
    report = examine([source("train", lines(100)), source("validation", lines(20, start=200))])

    assert {part: lengths.prompt.total for part, lengths in report.content.lengths.items()} == {
        "train": 100,
        "validation": 20,
    }


def test_a_stream_is_read_once_and_not_further_ahead_than_a_block() -> None:
    ahead = 0

    def stream() -> Iterator[bytes]:
        nonlocal ahead
        for line in lines(20_000):
            ahead += 1
            yield f"{line}\n".encode()

    furthest = 0

    def observe(_part: str, line: int, _record: object) -> None:
        nonlocal furthest
        furthest = max(furthest, ahead - line)

    FileCheck("t", part="train", references=True, observe=observe).run(stream(), min_records=1)

    assert 0 < furthest < 15_000


def test_the_digest_of_a_file_is_the_same_from_a_path_a_stream_and_lines(tmp_path: Path) -> None:
    content = "".join(f"{line}\n" for line in lines(100)).encode()
    path = tmp_path / "train.jsonl"
    path.write_bytes(content)

    for given in (path, io.BytesIO(content), content.splitlines(keepends=True)):
        (file,) = examine([Source("train", "train.jsonl", given)]).files
        assert (file.sha256, file.bytes) == (hashlib.sha256(content).hexdigest(), len(content))


def test_without_references_records_may_go_without_one() -> None:
    given = [json.dumps({"id": str(n), "messages": [USER]}) for n in range(100)]

    assert examine([source("train", given)], references=False)["train"].findings.shown == []
    assert examine([source("train", given)])["train"].error_count == 100
