import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lambda_src.run.dataset import MAX_FINDINGS, SAMPLE, DatasetError, check

USER = {"role": "user", "content": "6 * 7?"}


def record(n: int = 0, **changes: Any) -> dict[str, Any]:
    return {"id": f"train-{n}", "messages": [USER], "reference_answer": "42"} | changes


def lines(count: int) -> list[str]:
    return [json.dumps(record(n)) for n in range(count)]


def only_error(line: str | bytes) -> str:
    report = check([line], "train.jsonl", min_records=1)
    (error,) = report.errors
    return error


def test_a_hundred_good_records_pass() -> None:
    report = check(lines(100), "train.jsonl").require()

    assert (report.count, report.errors, report.warnings) == (100, (), ())


def test_99_records_are_too_few() -> None:
    with pytest.raises(DatasetError, match=r"train.jsonl: 99 records; expected 100 to 20,000"):
        check(lines(99), "train.jsonl").require()


def test_more_than_20_000_records_are_too_many() -> None:
    assert check(lines(20_001), "train.jsonl").errors == ("train.jsonl: 20,001 records; expected 100 to 20,000",)


def test_more_than_10_000_records_are_a_warning() -> None:
    report = check(lines(10_001), "train.jsonl").require()

    assert report.warnings == ("train.jsonl: 10,001 records; more than 10,000 seldom help",)


@pytest.mark.parametrize("minimum", [1, 100])
def test_an_empty_file_has_too_few_records(minimum: int) -> None:
    assert check([], "validation.jsonl", min_records=minimum).error_count == 1


def test_invalid_json_is_named_with_its_line() -> None:
    report = check([*lines(3), '{"messages": ['], "train.jsonl", min_records=1)

    (error,) = report.errors
    assert error.startswith("train.jsonl line 4: is not valid JSON (")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("[]", "is a JSON list; expected an object", id="a list"),
        pytest.param("null", "is a JSON null", id="null"),
        pytest.param('{"id": NaN}', "NaN is not JSON", id="not a number"),
        pytest.param("[" * 100_000, "is not valid JSON", id="nested too deep"),
        pytest.param(b'{"id": "\xff"}', "is not valid JSON", id="not UTF-8"),
        pytest.param("  \n", "is blank", id="blank"),
        pytest.param(b"\xef\xbb\xbf{}", "byte order mark", id="byte order mark"),
    ],
)
def test_a_line_that_is_no_record(line: str | bytes, message: str) -> None:
    report = check([line], "train.jsonl", min_records=0)

    assert message in report.errors[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"messages": {}}, "messages is a object; expected a list", id="messages not a list"),
        pytest.param({"messages": []}, "messages is empty", id="no message"),
        pytest.param({"messages": ["Hi"]}, "messages[0] is a string", id="message not an object"),
        pytest.param({"messages": [{"role": "bot", "content": "x"}]}, 'messages[0].role is "bot"', id="role"),
        pytest.param({"messages": [{"content": "x"}]}, "messages[0].role is missing", id="no role"),
        pytest.param(
            {"messages": [USER, {"role": "system", "content": "x"}]}, "messages[1].role is system", id="late system"
        ),
        pytest.param({"messages": [{"role": "system", "content": "x"}]}, "no role user", id="no user"),
        pytest.param(
            {"messages": [USER, {"role": "assistant", "content": "42"}]}, "the last message has role", id="answered"
        ),
        pytest.param({"messages": [{"role": "user", "content": " "}]}, 'messages[0].content is " "', id="blank"),
        pytest.param({"messages": [{"role": "user"}]}, "messages[0].content is missing", id="no content"),
        pytest.param({"messages": [{"role": "user", "content": []}]}, "messages[0].content is []", id="no blocks"),
        pytest.param({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "expected text", id="image"),
        pytest.param({"reference_answer": None}, "reference_answer is missing", id="null reference"),
        pytest.param({"reference_answer": ""}, 'reference_answer is ""', id="empty reference"),
        pytest.param({"reference_answer": {}}, "reference_answer is {}", id="empty object"),
        pytest.param({"reference_answer": 42}, "reference_answer is 42; expected a string or an object", id="number"),
        pytest.param({"id": 7}, "id is 7; expected a string", id="id not a string"),
        pytest.param({"id": "preflight/1"}, "starts with preflight/", id="reserved id"),
    ],
)
def test_a_record_that_bedrock_or_the_grader_cannot_use(changes: dict[str, Any], message: str) -> None:
    assert message in only_error(json.dumps(record(**changes)))


def test_a_record_without_reference_answer_is_named_with_what_it_holds() -> None:
    line = json.dumps({"id": "a", "messages": [USER]})

    assert only_error(line) == (
        "train.jsonl line 1: no reference_answer; every record needs one, a string or an object "
        "(found ['id', 'messages'])"
    )


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"id": None}, id="no id"),
        pytest.param({"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]}, id="blocks"),
        pytest.param({"messages": [{"role": "system", "content": "Be brief."}, USER]}, id="system first"),
        pytest.param({"reference_answer": {"final_answer": "42"}}, id="object"),
        pytest.param({"difficulty": 3}, id="extra field"),
    ],
)
def test_every_documented_form_of_a_record_passes(changes: dict[str, Any]) -> None:
    check([json.dumps(record(**changes))], "train.jsonl", min_records=1).require()


def test_a_repeated_id_names_both_lines() -> None:
    report = check([*lines(2), json.dumps(record(0))], "train.jsonl", min_records=1)

    assert report.errors == ('train.jsonl line 3: id "train-0" is that of line 1 too; expected unique ids',)


def test_all_findings_are_counted_but_only_the_first_are_listed() -> None:
    with pytest.raises(DatasetError) as raised:
        check(["{}"] * 150, "train.jsonl").require()

    text = str(raised.value)
    assert text.startswith("train.jsonl: 150 problems\n  train.jsonl line 1: ")
    assert text.endswith("... and 130 more")
    assert len(text.splitlines()) == 1 + MAX_FINDINGS + 1


def test_crlf_line_ends_are_a_warning() -> None:
    report = check([line + "\r\n" for line in lines(100)], "train.jsonl").require()

    assert report.warnings == ("train.jsonl: 100 lines end in CRLF; expected LF",)


def test_a_blank_last_line_is_found_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(lines(100)) + "\n\n")

    assert check(path, "train.jsonl").errors == ("train.jsonl line 101: is blank; expected one JSON object per line",)


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"train.jsonl: .*none.jsonl cannot be read"):
        check(tmp_path / "none.jsonl", "train.jsonl")


@pytest.mark.parametrize("count", [1, 31, 32, 33, 100, 1000])
def test_the_sample_is_spread_over_the_whole_file(count: int) -> None:
    sample = check(lines(count), "train.jsonl", min_records=1).sample

    positions = [int(item["id"].removeprefix("train-")) for item in sample]
    assert min(count, SAMPLE // 2) <= len(positions) <= SAMPLE
    assert len({b - a for a, b in pairwise(positions)}) <= 1
    assert positions[0] == 0
    assert positions[-1] >= count * 0.9 - 1
