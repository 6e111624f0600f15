"""A glance at a record never takes what a close look would say something of."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lambda_src.run.dataset import FileReport, check
from lambda_src.run.dataset.format import quick
from tests.lambda_src.run.dataset.records import USER, record

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["user", "system"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_ODD = [
    *("", " ", "\u2028", "System:", "bot:", "thought: no", "user:", "<image>", "[EOS]", "[eos]"),
    *('say "user": no', "a:b", "\\", "\ud800", "\U0001f600", "un\u212a", "\\ud800"),
]
_TEXTS = st.text(max_size=12) | st.sampled_from(_ODD)
_ROLES = ["system", "developer", "user", "assistant", "tool", "bot"]
_MESSAGES = st.fixed_dictionaries(
    {"role": st.sampled_from(_ROLES) | _VALUES}, optional={"content": _TEXTS | _VALUES, "name": _TEXTS}
)
_OTHER: list[Any] = [None, [], {}, "a"]
_NEARLY_USUAL = [
    record(),
    *(record(messages=[{"role": role, "content": text}]) for role in _ROLES for text in ["6 * 7?", *_ODD]),
    *(record(messages=[USER, {"role": role, "content": "42"}]) for role in _ROLES),
    *(record(messages=[{"role": role, "content": "42"}, USER]) for role in _ROLES),
    *(record(reference_answer=reference) for reference in [*_ODD, None, {}, {"a": [1.5, "\ud800"]}, ["42"], 42]),
    *(record(id=identity) for identity in [*_ODD, None, 7, "preflight/1"]),
    *(record() | {key: value} for key in ("tools", "more", "messages", "schemaVersion") for value in _OTHER),
    record(schemaVersion="bedrock-conversation-2024"),
]
_RECORDS = st.sampled_from(_NEARLY_USUAL) | st.fixed_dictionaries(
    {"messages": st.lists(_MESSAGES | st.just(USER), max_size=4) | _VALUES},
    optional={
        "id": _TEXTS | st.sampled_from(["a", "preflight/1"]) | _VALUES,
        "reference_answer": _TEXTS | _VALUES,
        "tools": _VALUES,
        "schemaVersion": st.just("bedrock-conversation-2024"),
        "more": _VALUES,
    },
)


@st.composite
def _lines(draw: st.DrawFn) -> bytes:
    """A record as JSON, some bytes of it changed."""
    separators = draw(st.sampled_from([(", ", ": "), (",", ":"), (" , ", " : ")]))
    ascii_only = draw(st.booleans())
    text = json.dumps(draw(_RECORDS), ensure_ascii=ascii_only, separators=separators)
    line = text.encode(errors="surrogatepass")
    return draw(st.sampled_from(_MUTATIONS))(line, draw(st.integers(0, len(line))))


_MUTATIONS: list[Callable[[bytes, int], bytes]] = [
    lambda line, at: line,
    lambda line, at: line[:at],
    lambda line, at: line[:at] + line[at + 1 :],
    lambda line, at: line[:at] + b"\xff" + line[at:],
    lambda line, at: line[:at] + b" " + line[at:],
    lambda line, at: line[:at] + b"\\ud83d" + line[at:],
    lambda line, at: line.replace(b'"role"', b'"role": "user", "role"', 1),
    lambda line, at: line.replace(b'"content"', b'"conten\\u0074"', 1),
    lambda line, at: b'{"id": "x", ' + line[1:],
    lambda line, at: line + line,
    lambda line, at: line + b",",
    lambda line, at: b" " + line + b"\r",
    lambda line, at: b"\xef\xbb\xbf" + line,
    lambda line, at: line.replace(b"user", b"\\u0075ser"),
    lambda line, at: line.replace(b":", b"\\u003a") if line.count(b'":') == line.count(b":") else line,
    lambda line, at: line.replace(b"<", b"\\u003c"),
    lambda line, at: b'{"more": 1e999, ' + line[1:],
    lambda line, at: b'{"more": NaN, ' + line[1:],
]


def _shortly(lines: list[bytes], *, references: bool) -> FileReport:
    return check(lines, "train.jsonl", min_records=0, references=references)


def _closely(lines: list[bytes], *, references: bool) -> FileReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick, "read", lambda line: None)
        return _shortly(lines, references=references)


@pytest.mark.parametrize("references", [True, False])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_glance_and_a_close_look_find_the_same_in_all_that_is_nearly_usual(
    ascii_only: bool, references: bool
) -> None:
    texts = [json.dumps(each, ensure_ascii=ascii_only) for each in _NEARLY_USUAL]
    for mutate in _MUTATIONS:
        for text in texts:
            lines = [mutate(text.encode(errors="surrogatepass"), len(text) // 2)]

            assert _shortly(lines, references=references) == _closely(lines, references=references), lines


@settings(max_examples=120, deadline=None)
@given(lines=st.lists(_lines(), min_size=1, max_size=3), references=st.booleans())
@example(lines=[b'{"messages": [{"role": "user", "content": "a"}], "reference_answer": "1"}'], references=True)
@example(lines=[b'{"messages": [{"role": "user", "content": "a"}], "reference_answer": ["1"]}'], references=False)
def test_a_glance_and_a_close_look_find_the_same(lines: list[bytes], references: bool) -> None:
    assert _shortly(lines, references=references) == _closely(lines, references=references)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="plain"),
        pytest.param({"id": None}, id="no id"),
        pytest.param({"messages": [{"role": "system", "content": "Be brief."}, USER]}, id="system"),
        pytest.param({"messages": [USER, {"role": "assistant", "content": "43"}, USER]}, id="turns"),
        pytest.param({"reference_answer": {"final_answer": "42", "steps": [1.5, 2]}}, id="object"),
        pytest.param({"messages": [{"role": "user", "content": "Où ? \U0001f600"}]}, id="beyond ASCII"),
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_usual_forms_of_a_record_are_taken_at_a_glance(changes: dict[str, Any], ascii_only: bool) -> None:
    found = quick.read(json.dumps(record(**changes), ensure_ascii=ascii_only).encode())

    assert found == record(**changes)
    assert quick.is_usual(found, references=True)
