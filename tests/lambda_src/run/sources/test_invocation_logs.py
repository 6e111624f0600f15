import gzip
import io
import json
from pathlib import Path
from typing import Any, NoReturn

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from lambda_src.run.dataset import check
from lambda_src.run.sources import SourceError
from lambda_src.run.sources.invocation_logs import Record, Tally, is_for_validation, records
from lambda_src.run.sources.log_files import logs_at
from lambda_src.run.sources.log_messages import NO_MESSAGES, TOOLS
from lambda_src.run.sources.log_responses import CUT_OFF
from lambda_src.run.sources.metadata_filters import Filters
from tests.lambda_src.run.sources.answers import holds
from tests.lambda_src.run.sources.logged import HOUR, answered, call, converse, write, zipped


def nobody() -> NoReturn:
    raise AssertionError("S3 is not to be asked")


def read(folder: Path, **options: Any) -> tuple[list[Record], Tally]:
    tally = Tally()
    return list(records(logs_at(str(folder), nobody), tally, **options)), tally


def prompts(found: list[Record]) -> list[str]:
    return [record["messages"][-1]["content"] for record in found]


def test_a_logged_prompt_becomes_a_record_of_a_dataset(tmp_path: Path) -> None:
    found, tally = read(write(tmp_path, converse("What is 2 + 2?")))

    assert [record["messages"] for record in found] == [[{"role": "user", "content": "What is 2 + 2?"}]]
    assert (tally.files, tally.calls, tally.kept, tally.skipped) == (1, 1, 1, {})
    lines = [json.dumps(record) for record in found]
    assert check(lines, "train.jsonl", min_records=1, references=False).error_count == 0


def test_ids_are_the_prompts_own_so_that_they_stay_when_logs_are_added(tmp_path: Path) -> None:
    (before,), _ = read(write(tmp_path, converse("B")))

    after, _ = read(write(tmp_path, converse("A"), name="0.json.gz"))

    assert prompts(after) == ["A", "B"]
    assert after[1]["id"] == before["id"]
    assert after[0]["id"] != before["id"]


def test_a_prompt_that_comes_again_is_counted_and_left_out(tmp_path: Path) -> None:
    """Whichever model and API it went to."""
    nova = call(
        {"schemaVersion": "messages-v1", "messages": [{"role": "user", "content": "A"}]}, operation="InvokeModel"
    )

    found, tally = read(write(tmp_path, converse("A"), converse("B"), nova, converse("A", modelId="other")))

    assert prompts(found) == ["A", "B"]
    assert tally.repeated == 2


def test_files_are_read_in_the_order_of_their_names_and_nothing_else_is(tmp_path: Path) -> None:
    write(tmp_path, converse("second"), name="2.json.gz")
    write(tmp_path, converse("first"), name="1.json.gz")
    write(tmp_path, converse("a body"), name="data/3_input.json.gz")
    (tmp_path / "AWSLogs" / "amazon-bedrock-logs-permission-check").write_text("")
    (tmp_path / HOUR / "notes.txt").write_text("no log")
    (tmp_path / HOUR / "3.jsonl").write_text(json.dumps(converse("third, not zipped")))

    found, tally = read(tmp_path)

    assert prompts(found) == ["first", "second", "third, not zipped"]
    assert tally.files == 3


def test_one_file_is_logs_as_well(tmp_path: Path) -> None:
    write(tmp_path, converse("A"), name="1.json.gz")

    assert prompts(read(tmp_path / HOUR / "1.json.gz")[0]) == ["A"]


def test_what_cannot_be_a_record_is_counted_by_its_reason(tmp_path: Path) -> None:
    write(
        tmp_path,
        "{no json",
        "[]",
        "",
        {"schemaType": "Other"},
        converse(errorCode="ThrottlingException"),
        converse(operation="StartAsyncInvoke"),
        call({"prompt": "Hello"}, operation="InvokeModel"),
        call({"messages": [{"role": "user", "content": "x"}], "tools": [{}]}),
        call({"messages": [{"role": "user", "content": "x"}], "tools": [{}]}),
        call(None),
        converse(input=None),
        converse("good"),
    )

    found, tally = read(tmp_path)

    assert prompts(found) == ["good"]
    assert tally.skipped == {
        "a line that is no JSON object": 2,
        "no model invocation log": 1,
        "a call that failed (ThrottlingException)": 1,
        "another operation (StartAsyncInvoke)": 1,
        NO_MESSAGES: 1,
        TOOLS: 2,
        "a body that was not logged, or cannot be had": 2,
    }
    assert tally.calls == tally.kept + tally.repeated + tally.not_meant + sum(tally.skipped.values())


def test_a_file_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    write(tmp_path, *(converse(f"prompt {n}") for n in range(500)), name="1.json.gz")
    file = tmp_path / HOUR / "1.json.gz"
    file.write_bytes(file.read_bytes()[:-200])
    (tmp_path / HOUR / "2.json.gz").write_bytes(b"\x1f\x8bno gzip at all")
    write(tmp_path, converse("last"), name="3.json.gz")

    found, tally = read(tmp_path)

    assert prompts(found)[0] == "prompt 0"
    assert prompts(found)[-1] == "last"
    assert len(found) < 501
    assert tally.skipped["a file that breaks off"] == 2


def test_only_calls_that_the_filters_mean_are_looked_at(tmp_path: Path) -> None:
    filters = Filters.where(["team=support"])
    meant: dict[str, Any] = {"requestMetadata": {"team": "support", "stage": "prod"}}

    found, tally = read(
        write(
            tmp_path, converse("A", **meant), converse("B"), call(None, requestMetadata=None), converse("C", **meant)
        ),
        filters=filters,
    )

    assert prompts(found) == ["A", "C"]
    assert (tally.not_meant, tally.skipped) == (2, {})


def test_a_response_is_kept_only_where_it_is_asked_for(tmp_path: Path) -> None:
    write(
        tmp_path,
        converse("A", "4"),
        call({"messages": [{"role": "user", "content": "B"}]}, answered("It", "max_tokens")),
    )

    without, _ = read(tmp_path)
    with_response, tally = read(tmp_path, use_prompt_response=True)

    assert prompts(without) == ["A", "B"]
    assert [list(record) for record in without] == [["id", "messages"]] * 2
    assert [(record["id"], record["logged_response"]) for record in with_response] == [(without[0]["id"], "4")]
    assert tally.skipped == {CUT_OFF: 1}


def test_a_whole_response_is_found_where_an_earlier_one_was_cut_off(tmp_path: Path) -> None:
    body = {"messages": [{"role": "user", "content": "A"}]}

    found, _ = read(
        write(tmp_path, call(body, answered("It", "max_tokens")), call(body, answered("It is 4."))),
        use_prompt_response=True,
    )

    assert [record["logged_response"] for record in found] == ["It is 4."]


def large(name: str) -> dict[str, Any]:
    """A call whose input was too large for its line."""
    place = f"s3://logs/prefix/{HOUR}/data/{name}"
    return converse(input={"inputContentType": "application/json", "inputBodyS3Path": place})


def test_a_large_body_is_found_beside_the_logs(tmp_path: Path) -> None:
    write(tmp_path, large("a_input.json.gz"), large("b_input.json.gz"), large("c_input.json.gz"))
    write(tmp_path, {"messages": [{"role": "user", "content": "x" * 200_000}]}, name="data/a_input.json.gz")
    (tmp_path / HOUR / "data" / "b_input.json.gz").write_bytes(gzip.compress(b"{broken"))

    found, tally = read(tmp_path)

    assert [len(prompt) for prompt in prompts(found)] == [200_000]
    assert tally.skipped == {"a body that was not logged, or cannot be had": 2}


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(SourceError, match="no/logs: no such file or folder; expected model invocation logs"):
        logs_at("no/logs", nobody)


def listed(
    s3: Stubber, *keys: str, prefix: str = "prefix/", following: str | None = None, after: str | None = None
) -> None:
    """One page of keys."""
    page: dict[str, Any] = {"Contents": [{"Key": key} for key in keys], "IsTruncated": following is not None}
    expected = {"Bucket": "logs", "Prefix": prefix} | ({} if after is None else {"ContinuationToken": after})
    s3.add_response(
        "list_objects_v2", page | ({} if following is None else {"NextContinuationToken": following}), expected
    )


def test_a_prefix_in_s3_is_read_page_by_page(s3: Stubber) -> None:
    first, second, body = (f"prefix/{HOUR}/{name}" for name in ("1.json.gz", "2.json.gz", "data/a_input.json.gz"))
    listed(s3, "prefix/AWSLogs/amazon-bedrock-logs-permission-check", first, following="more")
    listed(s3, second, body, after="more")
    holds(s3, "logs", first, zipped(converse("A")))
    holds(s3, "logs", second, zipped(converse("B"), large("a_input.json.gz"), large("gone_input.json.gz")))
    holds(s3, "logs", body, zipped({"messages": [{"role": "user", "content": "large"}]}))
    s3.add_client_error("get_object", "NoSuchKey", "", 404)
    tally = Tally()

    found = list(records(logs_at("s3://logs/prefix/", lambda: s3.client), tally))

    assert prompts(found) == ["A", "B", "large"]
    assert tally.skipped == {"a body that was not logged, or cannot be had": 1}


def test_a_prefix_in_a_folder_called_data_holds_logs(s3: Stubber) -> None:
    listed(s3, "data/1.json.gz", prefix="data/")
    holds(s3, "logs", "data/1.json.gz", zipped(converse("A")))

    assert prompts(list(records(logs_at("s3://logs/data/", lambda: s3.client), Tally()))) == ["A"]


def test_a_prefix_that_may_not_be_listed_is_named(s3: Stubber) -> None:
    s3.add_client_error("list_objects_v2", "AccessDenied", "Access Denied", 403)

    with pytest.raises(SourceError, match="s3://logs/prefix/: access is denied"):
        list(records(logs_at("s3://logs/prefix/", lambda: s3.client), Tally()))


def test_a_log_that_may_not_be_read_is_named_and_not_passed_over(s3: Stubber) -> None:
    listed(s3, "prefix/1.json.gz")
    s3.add_client_error("get_object", "AccessDenied", "not authorized to perform: kms:Decrypt", 403)

    with pytest.raises(SourceError, match=r"s3://logs/prefix/1.json.gz: its KMS key cannot be used"):
        list(records(logs_at("s3://logs/prefix/", lambda: s3.client), Tally()))


def test_a_connection_that_breaks_within_a_log_ends_the_import(s3: Stubber) -> None:
    content = json.dumps(converse("A")).encode() + b"\n"
    listed(s3, "prefix/1.json")
    body = StreamingBody(io.BytesIO(content), 2 * len(content))
    s3.add_response("get_object", {"Body": body, "ContentLength": 2 * len(content)})

    with pytest.raises(SourceError, match=r"s3://logs/prefix/1.json: reading broke off"):
        list(records(logs_at("s3://logs/prefix/", lambda: s3.client), Tally()))


def turns(*texts: str) -> Record:
    roles = ("user", "assistant") * len(texts)
    return {"messages": [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]}


def test_about_the_share_of_the_conversations_is_for_validation() -> None:
    chosen = sum(is_for_validation(turns(f"prompt {n}"), 0.1) for n in range(2000))

    assert 150 < chosen < 250


def test_the_turns_of_a_conversation_stay_together() -> None:
    """Else the training file would hold half of what validation asks."""
    for n in range(50):
        first, later = turns(f"prompt {n}"), turns(f"prompt {n}", "An answer", "And then?")
        assert is_for_validation(first, 0.5) is is_for_validation(later, 0.5)


@pytest.mark.parametrize("n", range(20))
def test_a_larger_share_keeps_what_a_smaller_one_has_chosen(n: int) -> None:
    record = turns(f"prompt {n}")

    assert is_for_validation(record, 0.5) >= is_for_validation(record, 0.1) >= is_for_validation(record, 0.0)
    assert not is_for_validation(record, 0.0)
