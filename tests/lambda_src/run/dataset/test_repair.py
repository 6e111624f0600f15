import errno
import gzip
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambda_src.run.dataset import Action, Change, DatasetError, Severity, check, repair
from lambda_src.run.dataset.limits import MAX_BYTES
from tests.lambda_src.run.dataset.records import USER, lines, record

SYSTEM = {"role": "system", "content": " "}


def repaired(content: str | bytes, folder: Path, *, references: bool = True) -> tuple[bytes, list[Change]]:
    source, target = folder / "train.jsonl", folder / "train.fixed.jsonl"
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    target.unlink(missing_ok=True)
    changes = repair(source, target, references=references)
    assert source.read_bytes() == (content.encode() if isinstance(content, str) else content)
    return target.read_bytes(), changes


def joined(*given_lines: str) -> str:
    return "".join(f"{line}\n" for line in given_lines)


def test_a_sound_file_is_copied_byte_for_byte(tmp_path: Path) -> None:
    content = joined(*lines(3), ' {"a": 1}'.strip(), json.dumps(record(9, more=1e5), separators=(" ,", " :")))

    copy, changes = repaired(content, tmp_path)

    assert copy == content.encode()
    assert [change.action for change in changes] == [Action.STILL_WRONG] * 2  # of the record {"a": 1}


A, B = lines(2)


@pytest.mark.parametrize(
    ("content", "rule", "at"),
    [
        pytest.param("\ufeff" + joined(A, B), "byte-order-mark", (1,), id="byte order mark"),
        pytest.param(f"{A}\r\n{B}\r\n", "crlf", (1, 2), id="CRLF"),
        pytest.param(f"{A}\n\n \n{B}\n\n", "blank-line", (2, 3, 5), id="blank lines"),
        pytest.param(f"{A}  \n\t{B}\n", "space-around", (1, 2), id="space"),
        pytest.param(f"{A}\n{B}", "final-newline", (2,), id="no last line end"),
        pytest.param(f"{A} {B}\n", "several-records-on-line", (1,), id="two on a line"),
        pytest.param(f"{A},{B},\n", "several-records-on-line", (1,), id="two on a line with commas"),
        pytest.param(f"{A},\n{B},\n", "trailing-comma", (1, 2), id="commas"),
        pytest.param(f"[{A}, {B}]", "json-array", (1, 1), id="an array"),
        pytest.param(f"[\n  {A},\n  {B}\n]\n", "json-array", (2, 3), id="an array on lines"),
        pytest.param(json.dumps([json.loads(A), json.loads(B)], indent=4), "json-array", (2, 12), id="array spread"),
        pytest.param(
            f"{json.dumps(json.loads(A), indent=2)}\r\n{json.dumps(json.loads(B), indent=2)}\n",
            "record-over-lines",
            (1, 11),
            id="over lines",
        ),
        pytest.param(joined(A, B, A), "record-repeated", (3,), id="the same record twice"),
        pytest.param(
            joined(A, B, json.dumps(dict(reversed(json.loads(A).items())), separators=(",", ":"))),
            "record-repeated",
            (3,),
            id="the same record in another spelling",
        ),
    ],
)
def test_what_is_around_records_is_mended_and_the_records_stay_as_they_were(
    content: str, rule: str, at: tuple[int, ...], tmp_path: Path
) -> None:
    copy, changes = repaired(content, tmp_path)

    assert copy == joined(A, B).encode()
    assert changes == [Change(Action.MENDED, rule, at)]
    assert check(tmp_path / "train.fixed.jsonl", "train.jsonl", min_records=1).findings.shown == []


@pytest.mark.parametrize(
    "system",
    [
        {"role": "system", "content": ""},
        {"role": "system", "content": " \n"},
        {"role": "system", "content": []},
        {"role": "system", "content": None},
        {"role": "system"},
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("separators", [(", ", ": "), (",", ":")])
def test_a_system_message_that_says_nothing_is_taken_out_and_the_rest_is_written_as_before(
    system: dict[str, Any], ascii_only: bool, separators: tuple[str, str], tmp_path: Path
) -> None:
    asked = {"role": "user", "content": "Où ?"}

    def written(each: dict[str, Any]) -> str:
        return json.dumps(each, ensure_ascii=ascii_only, separators=separators)

    copy, changes = repaired(joined(A, written(record(7, messages=[system, asked], n=0.5))), tmp_path)

    assert copy.decode() == joined(A, written(record(7, messages=[asked], n=0.5)))
    assert changes == [Change(Action.MENDED, "system-empty", (2,))]


def test_a_repeated_id_gets_a_number_that_no_other_record_has(tmp_path: Path) -> None:
    ids = ["a", "b", "a", "a", "a-2", "b", "a-2"]

    copy, changes = repaired(joined(*(json.dumps(record(n, id=each, n=n)) for n, each in enumerate(ids))), tmp_path)

    written = [json.loads(line) for line in copy.decode().splitlines()]
    assert [each["id"] for each in written] == ["a", "b", "a-3", "a-4", "a-2", "b-2", "a-2-2"]
    assert [each["n"] for each in written] == list(range(7))
    assert changes == [Change(Action.MENDED, "id-repeated", (3, 4, 6, 7))]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        pytest.param('{"id": "x", "messages": [', "invalid-json", id="cut short"),
        pytest.param(b'{"id": "\xff"}', "invalid-utf8", id="not UTF-8"),
        pytest.param('["a"]', "not-an-object", id="a list"),
        pytest.param('{"n": ' + "[" * 200 + "]" * 200 + "}", "nested-too-deep", id="too deep"),
        pytest.param('{"n": "' + "x" * MAX_BYTES + '"}', "line-too-long", id="too long"),
        pytest.param("{}," * (MAX_BYTES // 2), "line-too-long", id="too long, of objects"),
    ],
)
def test_a_line_that_no_reader_could_use_is_left_out_and_named(line: str | bytes, rule: str, tmp_path: Path) -> None:
    raw = line.encode() if isinstance(line, str) else line

    copy, changes = repaired(A.encode() + b"\n" + raw + b"\n" + B.encode() + b"\n", tmp_path)

    assert copy == joined(A, B).encode()
    assert changes == [Change(Action.LEFT_OUT, rule, (2,))]


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        pytest.param(
            json.dumps(record(7, messages=[USER, {"role": "assistant", "content": "42"}])),
            ["last-turn-assistant"],
            id="answered already",
        ),
        pytest.param(json.dumps(record(7, reference_answer="")), ["reference-shape"], id="empty reference"),
        pytest.param('{"id": "x", "messages": [{"role": "user", "content": ""}], "reference_answer": "1"}',
                     ["content-empty"], id="empty prompt"),
        pytest.param(A[:-1] + ', "id": "train-0"}', ["key-repeated", "id-repeated"], id="repeated key, repeated id"),
        pytest.param(A.replace("train-0", "\\ud800"), ["lone-surrogate"], id="half a pair"),
        pytest.param(A.replace("train-0", "z").replace('"42"', '{"n": 1e999}'), ["number-too-large"], id="too large"),
        pytest.param('{"id": " ", ' + A[len('{"id": "train-0", ') :], ["id-shape"], id="blank id"),
    ],
)  # fmt: skip
def test_what_only_the_author_can_mend_is_kept_as_it_was_and_named(line: str, rules: list[str], tmp_path: Path) -> None:
    copy, changes = repaired(joined(A, line), tmp_path)

    assert copy.decode() == joined(A, line)
    assert changes == [Change(Action.STILL_WRONG, rule, (2,)) for rule in rules]


def test_nothing_is_changed_in_a_record_that_readers_understand_differently(tmp_path: Path) -> None:
    line = json.dumps(record(7, messages=[SYSTEM, USER]))[:-1] + ', "reference_answer": "43"}'

    copy, changes = repaired(joined(line), tmp_path)

    assert copy.decode() == joined(line)
    assert {(change.action, change.rule) for change in changes} == {
        (Action.STILL_WRONG, "key-repeated"),
        (Action.STILL_WRONG, "content-empty"),
    }


def test_a_record_without_reference_is_sound_where_the_reward_reads_none(tmp_path: Path) -> None:
    content = joined(json.dumps({"id": "a", "messages": [USER]}))

    assert repaired(content, tmp_path, references=False) == (content.encode(), [])


def test_everything_at_once_is_told_by_rule_with_its_lines(tmp_path: Path) -> None:
    content = f"\ufeff{A}\r\n\r\n{A}\r\nnot JSON\r\n{B} "

    copy, changes = repaired(content, tmp_path)

    assert copy == joined(A, B).encode()
    assert [change.message for change in changes] == [
        "mended: byte order mark taken out (byte-order-mark), once, line 1",
        "mended: CRLF made LF (crlf), 3 times, lines 1, 3-4",
        "mended: blank line taken out (blank-line), once, line 2",
        "mended: exact copy of an earlier record taken out (record-repeated), once, line 3",
        "mended: space around the record taken out (space-around), once, line 5",
        "mended: LF put at the end (final-newline), once, line 5",
        "left out: invalid-json, once, line 4",
    ]
    assert changes[1].to_json() == {"action": "mended", "rule": "crlf", "count": 3, "lines": [1, 3, 4]}


def test_nothing_is_written_over(tmp_path: Path) -> None:
    source, target = tmp_path / "train.jsonl", tmp_path / "fixed.jsonl"
    source.write_text(A)
    target.write_text("mine")

    with pytest.raises(DatasetError, match=r"fixed.jsonl exists; expected a name that is free"):
        repair(source, target)

    assert target.read_text() == "mine"


@pytest.mark.parametrize("link", [False, True], ids=["itself", "a link to it"])
def test_a_file_is_not_repaired_in_place(link: bool, tmp_path: Path) -> None:
    source = tmp_path / "train.jsonl"
    source.write_text(A)
    target = tmp_path / "link.jsonl" if link else source
    if link:
        target.symlink_to(source)

    with pytest.raises(DatasetError, match="exists"):
        repair(source, target)

    assert source.read_text() == A


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(gzip.compress(A.encode()), "is gzip; expected JSON lines in UTF-8", id="gzip"),
        pytest.param(f"[{A}, {B[:20]}".encode(), "cannot be read on from the record that begins in line 1", id="cut"),
        pytest.param(
            f"[\n{A},\n{{'id': 1}},\n{B}]".encode(), "begins in line 3; expected JSON", id="array with a fault"
        ),
    ],
)
def test_a_file_of_which_records_would_be_lost_is_not_repaired(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=message):
        repaired(content, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["train.jsonl"]


def test_a_source_or_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = tmp_path / "train.jsonl"
    with pytest.raises(DatasetError, match=r"train.jsonl cannot be read \(No such file"):
        repair(source, tmp_path / "fixed.jsonl")

    source.write_text(A)
    with pytest.raises(DatasetError, match=r"fixed.jsonl cannot be written \(No such file"):
        repair(source, tmp_path / "none" / "fixed.jsonl")


def test_a_copy_that_cannot_be_completed_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    source = tmp_path / "train.jsonl"
    source.write_text(A)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(DatasetError, match=r"fixed.jsonl cannot be written \(No space left on device\)"):
        repair(source, tmp_path / "fixed.jsonl")

    assert list(tmp_path.iterdir()) == [source]


def test_the_copy_may_be_read_by_whom_the_file_may_be_read(tmp_path: Path) -> None:
    source, target = tmp_path / "train.jsonl", tmp_path / "fixed.jsonl"
    source.write_text(A)
    source.chmod(0o640)

    repair(source, target)

    assert target.stat().st_mode & 0o777 == 0o640


_PIECES = [
    *(line.encode() for line in lines(3)),
    *(json.dumps(record(n, messages=[SYSTEM, USER])).encode() for n in range(2)),
    json.dumps(record(0, reference_answer="43")).encode(),
    json.dumps({"messages": [USER], "reference_answer": "1"}).encode(),
    *(b"", b" ", b"{", b"[", b"]", b",", b"[1]", b"null", b'{"id": "\xff"}', b"\xef\xbb\xbf"),
    A.encode()[:-1] + b', "id": "x"}',
]
_SPREAD = json.dumps(record(5), indent=1).encode()
_LINE_ENDS = [b"\n", b"\r\n", b" \n", b"\n\n"]


def _contents(pieces: list[bytes], ends: list[bytes]) -> st.SearchStrategy[bytes]:
    parts = st.tuples(st.sampled_from(pieces), st.sampled_from(ends))
    return st.lists(parts, max_size=8).map(lambda parts: b"".join(piece + end for piece, end in parts))


_of_any_file = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_of_any_file
@given(content=_contents([*_PIECES, _SPREAD], [*_LINE_ENDS, b" ", b",", b",\n"]))
def test_a_copy_needs_no_second_repair_and_holds_no_error_but_those_named(content: bytes, tmp_path: Path) -> None:
    try:
        copy, changes = repaired(content, tmp_path)
    except DatasetError:
        return  # an array or a record over lines that breaks off

    again, left = repaired(copy, tmp_path)
    found = check(copy.splitlines(keepends=True), "train.jsonl", min_records=0).findings

    assert again == copy
    assert [change.action for change in left] == [Action.STILL_WRONG] * len(left)
    assert {change.rule for change in left} == {each.rule for each in changes if each.action is Action.STILL_WRONG}
    assert {change.rule for change in left} == {finding.rule for finding in found.of(Severity.ERROR)}


@_of_any_file
@given(content=_contents(_PIECES, _LINE_ENDS))
def test_no_record_that_can_be_read_is_lost_and_none_is_made_up(content: bytes, tmp_path: Path) -> None:
    try:
        copy, _ = repaired(content, tmp_path)
    except DatasetError:
        return

    assert _bodies(copy) == _bodies(content)


def _bodies(content: bytes) -> set[str]:
    """What the lines of a file ask and expect, ids and empty messages left out."""
    bodies = set()
    for line in content.removeprefix(b"\xef\xbb\xbf").splitlines():
        with suppress(ValueError):
            match json.loads(line):
                case {"messages": messages, **more}:
                    more.pop("id", None)
                    bodies.add(json.dumps([[each for each in messages if each["content"] != " "], more]))
    return bodies
