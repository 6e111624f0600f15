import json
import sys

import pytest

from lambda_src.run.dataset.finding import Place
from lambda_src.run.dataset.format.parse import objects, parse
from lambda_src.run.dataset.limits import MAX_BYTES, MAX_DEPTH
from tests.lambda_src.run.dataset.records import findings, lines, record, rules


@pytest.mark.parametrize(
    ("line", "rule", "message"),
    [
        pytest.param("[]", "not-an-object", "is a list; expected an object", id="a list"),
        pytest.param("null", "not-an-object", "is null", id="null"),
        pytest.param('"text"', "not-an-object", "is a string", id="a string"),
        pytest.param("42", "not-an-object", "is a number", id="a number"),
        pytest.param("true", "not-an-object", "is a boolean", id="a boolean"),
        pytest.param("{'id': 1}", "invalid-json", "is not valid JSON (", id="Python's quotes"),
        pytest.param('{"messages": [', "invalid-json", "is not valid JSON (", id="cut short"),
        pytest.param('{"id": "a\tb"}', "invalid-json", "is not valid JSON (", id="a tab in a string"),
        pytest.param('{"id": "a",}', "invalid-json", "is not valid JSON (", id="a comma before the bracket"),
        pytest.param('{"id": 01}', "invalid-json", "is not valid JSON (", id="a leading zero"),
        pytest.param("id,messages", "invalid-json", "is not valid JSON (", id="comma-separated values"),
        pytest.param("[" * 100_000, "nested-too-deep", "more than 100 objects and lists", id="lists without end"),
        pytest.param('{"a":' * 100_000, "nested-too-deep", "more than 100 objects and lists", id="objects without end"),
        pytest.param(
            b'{"id": "a\xff"}', "invalid-utf8", "has byte 0xff at offset 9, which is not UTF-8", id="not UTF-8"
        ),
        pytest.param(b'{"id": "\xed\xa0\x80"}', "invalid-utf8", "byte 0xed at offset 8", id="a surrogate in UTF-8"),
        pytest.param('{"id": "é"}'.encode("latin-1"), "invalid-utf8", "byte 0xe9 at offset 8", id="Latin-1"),
        pytest.param("  \n", "blank-line", "is blank; expected one JSON object", id="blank"),
        pytest.param("\r\n", "blank-line", "is blank", id="blank with CRLF"),
        pytest.param('{"a": 1} {"b": 2}', "several-records-on-line", "holds 2 objects", id="two objects"),
        pytest.param('{"a": 1},{"b": 2},', "several-records-on-line", "holds 2 objects", id="two with commas"),
        pytest.param('{"a": 1} and more', "invalid-json", "Extra data at character 9", id="more behind the object"),
    ],
)
def test_a_line_that_is_no_record(line: str | bytes, rule: str, message: str) -> None:
    (finding,) = findings(line)

    assert finding.rule == rule
    assert message in finding.message
    assert finding.line == 1


@pytest.mark.parametrize(
    ("line", "rule", "field"),
    [
        pytest.param('{"id": "a", "id": "b", %s}', "key-repeated", "id", id="repeated key"),
        pytest.param('{"reference_answer": {"s": [{"a": 1, "a": 1}]}, %s}', "key-repeated", "s[0].a", id="deep inside"),
        pytest.param(
            '{"messages": [{"role": "user", "role": "user", "content": "Hi"}], "reference_answer": "1"}',
            "key-repeated",
            "messages[0].role",
            id="in a message",
        ),
        pytest.param('{"id": "a", "\\u0069d": "a", %s}', "key-repeated", "id", id="repeated in another spelling"),
        pytest.param('{"n": NaN, %s}', "not-a-json-number", "n", id="NaN"),
        pytest.param('{"n": [0, -Infinity], %s}', "not-a-json-number", "n[1]", id="infinity"),
        pytest.param('{"n": 1e400, %s}', "number-too-large", "n", id="overflow"),
        pytest.param('{"n": %s, %%s}' % ("9" * 5_000), "number-too-large", "n", id="too many digits"),
        pytest.param('{"n": "\\ud800", %s}', "lone-surrogate", "n", id="half a pair"),
        pytest.param('{"n": "\\udc00\\ud800", %s}', "lone-surrogate", "n", id="halves in the wrong order"),
        pytest.param('{"n": {"\\uDBFF": 1}, %s}', "lone-surrogate", "n", id="half a pair in a key"),
        pytest.param('{"n": 1, %s},', "trailing-comma", "", id="comma behind the object"),
    ],
)
def test_a_record_that_readers_of_json_would_not_agree_on(line: str, rule: str, field: str) -> None:
    rest = json.dumps({key: value for key, value in record().items() if f'"{key}"' not in line and key != "id"})[1:-1]

    (finding,) = findings(line % rest if "%s" in line else line)

    assert finding.rule == rule
    assert field in finding.field


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('"\\ud83d\\ude00"', id="a whole pair"),
        pytest.param('"\\\\ud800"', id="a backslash and letters"),
        pytest.param('"\U0001f600"', id="the character itself"),
        pytest.param('"\\u0000"', id="a null character"),
        pytest.param('"NaN Infinity"', id="the words as text"),
        pytest.param("9" * 4_300, id="an integer of 4,300 digits"),
        pytest.param("1e308", id="the largest numbers"),
        pytest.param("-0.0", id="minus nought"),
        pytest.param('[{"a": 1}, {"a": 1}, {"b": {"a": 1}}]', id="the same key in different objects"),
        pytest.param('"{\\"a\\": 1, \\"a\\": 2}"', id="JSON in a text"),
    ],
)
def test_what_only_looks_doubtful_passes(value: str) -> None:
    line = f'{{"more": {value}, {json.dumps(record())[1:]}'

    assert rules(line) == []


@pytest.mark.parametrize(("depth", "expected"), [(MAX_DEPTH, []), (MAX_DEPTH + 1, ["nested-too-deep"])])
def test_a_hundred_levels_are_the_limit_on_every_python(depth: int, expected: list[str]) -> None:
    nested = "[" * (depth - 1) + "]" * (depth - 1)

    assert rules(f'{{"more": {nested}, {json.dumps(record())[1:]}') == expected


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    assert rules(json.dumps(record(more=[[]] * 5_000))) == []


def test_text_full_of_brackets_is_not_deep() -> None:
    assert rules(json.dumps(record(more="[{" * 5_000))) == []


@pytest.mark.parametrize(("size", "expected"), [(MAX_BYTES, []), (MAX_BYTES + 1, ["line-too-long"])])
def test_a_record_is_as_long_as_a_request_to_the_grader_at_most(size: int, expected: list[str]) -> None:
    line = json.dumps(record(more=""))
    line = line.replace('"more": ""', f'"more": "{"x" * (size - len(line))}"')

    assert rules(line) == expected


def test_what_is_said_of_a_line_does_not_depend_on_the_recursion_limit() -> None:
    deep = f'{{"more": {"[" * 300}{"]" * 300}}}'.encode()
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(5_000)
        _, (finding,) = parse(deep, Place("a.jsonl", 1))
    finally:
        sys.setrecursionlimit(before)

    assert finding.rule == "nested-too-deep"


def test_many_objects_on_a_line_are_told_apart_in_linear_time() -> None:
    assert len(objects("{}," * 50_000) or []) == 50_000


def test_a_line_of_several_records_counts_once_and_the_lines_around_it_are_checked() -> None:
    first, second, third, fourth = lines(4)

    assert rules(first, f"{second} {third}", fourth.replace("42", "")) == [
        "several-records-on-line",
        "reference-shape",
    ]
