import json
from typing import Any

import pytest

from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.training.dataset import check_counts, records

GOOD = {"messages": [{"role": "user", "content": "1 + 1"}], "reference_answer": "2", "kind": "sum"}


def test_records_keep_their_own_fields() -> None:
    assert records(json.dumps(GOOD).encode() + b"\n\n", "s3://b/train.jsonl") == [GOOD]


def test_a_line_ends_at_a_newline_only() -> None:
    record = GOOD | {"note": "a\u2028b\x85c"}

    assert records(json.dumps(record, ensure_ascii=False).encode(), "s3://b/train.jsonl") == [record]


def test_content_may_be_text_blocks() -> None:
    blocks = GOOD | {"messages": [{"role": "user", "content": [{"type": "text", "text": "1 + 1"}]}]}

    assert records(json.dumps(blocks).encode(), "u") == [blocks]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        pytest.param(b"{", "line 2 is not valid JSON", id="no JSON"),
        pytest.param(b"[]", "is a JSON list", id="no object"),
        pytest.param(b"\xff", "not UTF-8", id="no UTF-8"),
        pytest.param({"messages": []}, "messages is", id="no messages"),
        pytest.param({"messages": [{"role": "poet", "content": "x"}]}, "message 0 has no role", id="unknown role"),
        pytest.param({"messages": [{"role": "user", "content": " "}]}, "expected non-empty text", id="empty content"),
        pytest.param({"messages": [{"role": "system", "content": "x"}]}, "no user message", id="nobody asks"),
        pytest.param(
            {"messages": [*GOOD["messages"], {"role": "system", "content": "x"}]}, "only the first", id="late system"
        ),
        pytest.param({"reference_answer": None}, "reference_answer is None", id="no reference"),
        pytest.param({"reference_answer": 2}, "reference_answer is 2", id="a number for a reference"),
    ],
)
def test_an_unfit_record_is_named_by_file_and_line(line: Any, complaint: str) -> None:
    text = line if isinstance(line, bytes) else json.dumps(GOOD | line).encode()

    with pytest.raises(JobFailure, match=complaint) as failure:
        records(json.dumps(GOOD).encode() + b"\n" + text, "s3://b/train.jsonl")

    assert "s3://b/train.jsonl" in str(failure.value)


@pytest.mark.parametrize(("training", "validation"), [(100, 0), (100, 19_900), (20_000, 0)])
def test_counts_within_the_bounds_pass(training: int, validation: int) -> None:
    check_counts(training, validation)


@pytest.mark.parametrize(("training", "validation", "complaint"), [(99, 0, "99 records"), (20_000, 1, "20001 records")])
def test_counts_outside_the_bounds_fail(training: int, validation: int, complaint: str) -> None:
    with pytest.raises(JobFailure, match=complaint):
        check_counts(training, validation)
