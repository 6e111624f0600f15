"""Datasets in buckets, read with what botocore's Stubber lets through."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from rehearsal.bedrock.runtime import buckets
from rehearsal.bedrock.runtime.buckets import Buckets
from rehearsal.strategist.library import prompt_of
from tests.rehearsal.strategist.runs import records

PROBLEMS = records("gsm8k-style", "train", 3)
PROMPTS = [prompt_of(record) for record in PROBLEMS]
_SESSION = boto3.Session("key", "secret", region_name="us-east-1")


class S3:
    """What S3 is asked, in this order, and what it says."""

    def __init__(self) -> None:
        self.client = _SESSION.client("s3")
        self._stub = Stubber(self.client)
        self._stub.activate()

    def buckets(self, *names: str) -> None:
        self._stub.add_response("list_buckets", {"Buckets": [{"Name": name} for name in names]}, {})

    def objects(self, bucket: str, *keys_and_days: tuple[str, int]) -> None:
        contents = [
            {"Key": key, "ETag": f'"{key}-{day}"', "LastModified": datetime(2026, 1, day, tzinfo=UTC)}
            for key, day in keys_and_days
        ]
        self._stub.add_response("list_objects_v2", {"Contents": contents}, {"Bucket": bucket})

    def looked_through(self, key: str, day: int, lines: Sequence[Any]) -> None:
        self._content(key, day, _text(lines))

    def read(self, key: str, day: int, lines: Sequence[Any], number: int) -> None:
        """One line alone, and then what else is in the file."""
        parts = _text(lines).splitlines(keepends=True)
        start = sum(map(len, parts[:number]))
        self._content(key, day, parts[number], Range=f"bytes={start}-{start + len(parts[number]) - 1}")
        self._content(key, day, _text(lines))

    def _content(self, key: str, day: int, content: bytes, **part: str) -> None:
        body = StreamingBody(io.BytesIO(content), len(content))
        expected = {"Bucket": "data", "Key": key, "IfMatch": f'"{key}-{day}"', **part}
        self._stub.add_response("get_object", {"Body": body}, expected)

    def fails(self, operation: str, code: str) -> None:
        self._stub.add_client_error(operation, code)

    def done(self) -> None:
        self._stub.assert_no_pending_responses()


def _text(lines: Sequence[Any]) -> bytes:
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()


@pytest.fixture
def s3() -> Iterator[S3]:
    found = S3()
    yield found
    found.done()


def test_a_prompt_is_found_in_the_jsonl_file_that_has_it(s3: S3) -> None:
    s3.buckets("empty", "data")
    s3.objects("empty")
    s3.objects("data", ("a/train.jsonl", 1), ("b/train.jsonl", 2), ("model.bin", 3))
    s3.looked_through("a/train.jsonl", 1, PROBLEMS[:1])
    s3.looked_through("b/train.jsonl", 2, PROBLEMS[1:])
    s3.read("b/train.jsonl", 2, PROBLEMS[1:], 1)

    found = Buckets(s3.client).find(PROMPTS[2])

    assert found is not None
    assert found.record == PROBLEMS[2]
    assert found.dataset.records == PROBLEMS[1:]


def test_nothing_is_read_twice_while_nothing_has_changed(s3: S3) -> None:
    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 1))
    s3.looked_through("train.jsonl", 1, PROBLEMS)
    s3.read("train.jsonl", 1, PROBLEMS, 0)
    library = Buckets(s3.client)

    first, again = library.find(PROMPTS[0]), library.find(PROMPTS[0])

    assert first is not None
    assert again is not None
    assert again.dataset is first.dataset


def test_of_a_large_file_some_records_are_kept_and_any_is_found(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_CONTEXT", 2)
    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 1))
    s3.looked_through("train.jsonl", 1, PROBLEMS)
    s3.read("train.jsonl", 1, PROBLEMS, 1)

    found = Buckets(s3.client).find(PROMPTS[1])

    assert found is not None
    assert found.record == PROBLEMS[1]
    assert found.dataset.records == [PROBLEMS[0], PROBLEMS[2]]


def test_an_unknown_prompt_makes_it_look_for_new_files_and_read_only_those(s3: S3) -> None:
    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 1))
    s3.looked_through("train.jsonl", 1, PROBLEMS[:1])
    library = Buckets(s3.client)
    assert library.find(PROMPTS[2]) is None

    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 1), ("new.jsonl", 2))
    s3.looked_through("new.jsonl", 2, PROBLEMS)
    s3.read("new.jsonl", 2, PROBLEMS, 2)

    assert library.find(PROMPTS[2]) is not None


def test_after_a_second_it_looks_again_and_the_newest_file_counts(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [{**PROBLEMS[0], "reference_answer": {"final_answer": "7"}}]
    monkeypatch.setattr(buckets, "_FRESH_SECONDS", 0.0)
    s3.buckets("data")
    s3.objects("data", ("old.jsonl", 1))
    s3.looked_through("old.jsonl", 1, PROBLEMS)
    s3.read("old.jsonl", 1, PROBLEMS, 0)
    library = Buckets(s3.client)
    assert library.find(PROMPTS[0]) is not None

    s3.buckets("data")
    s3.objects("data", ("new.jsonl", 2), ("old.jsonl", 1))
    s3.looked_through("new.jsonl", 2, changed)
    s3.read("new.jsonl", 2, changed, 0)
    found = library.find(PROMPTS[0])

    assert found is not None
    assert found.record == changed[0]


@pytest.mark.parametrize(
    "other_lines",
    [
        pytest.param(["", "no JSON", "[1]"], id="no objects"),
        pytest.param([{"messages": PROBLEMS[0]["messages"], "metadata": {"reference_answer": "7"}}], id="a rollout"),
        pytest.param([{"messages": "Hi!", "reference_answer": "7"}, {"reference_answer": "7"}], id="no messages"),
    ],
)
def test_lines_that_are_no_records_are_passed_over(s3: S3, other_lines: list[Any]) -> None:
    lines = [*other_lines, PROBLEMS[1]]
    s3.buckets("data")
    s3.objects("data", ("rollouts.jsonl", 1))
    s3.looked_through("rollouts.jsonl", 1, lines)
    s3.read("rollouts.jsonl", 1, lines, len(lines) - 1)

    found = Buckets(s3.client).find(PROMPTS[1])

    assert found is not None
    assert found.record == PROBLEMS[1]


def test_a_record_behind_a_byte_order_mark_is_one(s3: S3) -> None:
    lines = ["\ufeff" + json.dumps(PROBLEMS[0]), PROBLEMS[1]]
    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 1))
    s3.looked_through("train.jsonl", 1, lines)
    s3.read("train.jsonl", 1, lines, 0)

    found = Buckets(s3.client).find(PROMPTS[0])

    assert found is not None
    assert found.record == PROBLEMS[0]


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket"])
def test_a_bucket_that_cannot_be_listed_hides_its_files_alone(s3: S3, code: str) -> None:
    s3.buckets("closed", "data")
    s3.fails("list_objects_v2", code)
    s3.objects("data", ("train.jsonl", 1))
    s3.looked_through("train.jsonl", 1, PROBLEMS)
    s3.read("train.jsonl", 1, PROBLEMS, 0)

    assert Buckets(s3.client).find(PROMPTS[0]) is not None


@pytest.mark.parametrize("code", ["NoSuchKey", "PreconditionFailed"])
def test_a_file_that_is_replaced_in_between_is_looked_for_again(s3: S3, code: str) -> None:
    library = Buckets(s3.client)
    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 1))
    s3.looked_through("train.jsonl", 1, PROBLEMS)
    s3.fails("get_object", code)
    s3.fails("get_object", code)
    assert library.find(PROMPTS[0]) is None

    s3.buckets("data")
    s3.objects("data", ("train.jsonl", 2))
    s3.looked_through("train.jsonl", 2, PROBLEMS)
    s3.read("train.jsonl", 2, PROBLEMS, 0)

    assert library.find(PROMPTS[0]) is not None


def test_another_failure_of_s3_is_not_taken_for_an_absent_prompt(s3: S3) -> None:
    s3.buckets("data")
    s3.fails("list_objects_v2", "InternalError")

    with pytest.raises(ClientError, match="InternalError"):
        Buckets(s3.client).find(PROMPTS[0])
