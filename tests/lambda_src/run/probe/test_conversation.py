from typing import Any

import pytest

from lambda_src.run.probe import Settings
from lambda_src.run.probe.conversation import Reply, UnaskableError, UnreadableReplyError, prompt_bytes, request
from tests.lambda_src.run.probe.pupils import answer, stubbed

USER = {"role": "user", "content": "Q"}
ASSISTANT = {"role": "assistant", "content": "A"}


def asked(*messages: dict[str, Any], **settings: Any) -> dict[str, Any]:
    return request({"messages": list(messages)}, Settings("m", **settings), 3)


@pytest.mark.parametrize(
    ("messages", "system", "turns"),
    [
        pytest.param([USER], [], [("user", ["Q"])], id="a prompt"),
        pytest.param([{"role": "system", "content": "S"}, USER], ["S"], [("user", ["Q"])], id="system"),
        pytest.param(
            [{"role": "system", "content": "S"}, {"role": "developer", "content": "D"}, USER],
            ["S", "D"],
            [("user", ["Q"])],
            id="developer is system",
        ),
        pytest.param(
            [USER, ASSISTANT, USER],
            [],
            [("user", ["Q"]), ("assistant", ["A"]), ("user", ["Q"])],
            id="several turns",
        ),
        pytest.param([USER, USER], [], [("user", ["Q", "Q"])], id="one turn in two messages"),
        pytest.param(
            [{"role": "user", "content": [{"type": "text", "text": "1"}, {"text": "2"}]}],
            [],
            [("user", ["1", "2"])],
            id="content in blocks",
        ),
    ],
)
def test_messages_become_system_and_turns(
    messages: list[dict[str, Any]], system: list[str], turns: list[tuple[str, list[str]]]
) -> None:
    found = asked(*messages)

    assert found.get("system", []) == [{"text": text} for text in system]
    assert found["messages"] == [{"role": role, "content": [{"text": t} for t in texts]} for role, texts in turns]


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        pytest.param(
            [USER, {"role": "tool", "content": "42"}], r"messages\[1\] is a turn of tool with tools", id="tool"
        ),
        pytest.param(
            [USER, ASSISTANT | {"tool_calls": [{}]}, USER],
            r"messages\[1\] is a turn of assistant with",
            id="assistant's tool call",
        ),
        pytest.param([{"role": "user", "content": None}], r"messages\[0\] has no text", id="no content"),
        pytest.param([{"role": "user", "content": [3]}], r"messages\[0\] has no text", id="strange content"),
        pytest.param([{}], r"messages\[0\] is a turn of None", id="no role"),
        pytest.param([ASSISTANT, USER], "a user's turn first and last", id="assistant first"),
        pytest.param([USER, ASSISTANT], "a user's turn first and last", id="assistant last"),
        pytest.param([{"role": "system", "content": "S"}], "a user's turn first and last", id="system alone"),
    ],
)
def test_what_converse_cannot_be_asked_is_said(messages: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(UnaskableError, match=reason):
        asked(*messages)


@pytest.mark.parametrize("record", [{}, {"messages": None}, {"messages": "Q"}, {"messages": ["Q"]}], ids=str)
def test_a_record_that_is_no_conversation_is_not_asked(record: dict[str, Any]) -> None:
    with pytest.raises(UnaskableError, match="messages is no list of objects; rft check says"):
        request(record, Settings("m"), 0)


def test_the_log_tells_probes_apart_by_project_stage_and_sample() -> None:
    found = asked(USER, metadata={"project": "sums", "stage": "dev"})

    assert found["requestMetadata"] == {"project": "sums", "stage": "dev", "purpose": "rft-probe", "sample": "3"}


@pytest.mark.parametrize(
    ("effort", "bounded"), [(None, True), ("low", True), ("medium", True), ("high", False)], ids=str
)
def test_nova_takes_temperature_and_length_up_to_medium_effort(effort: Any, bounded: bool) -> None:
    found = asked(USER, reasoning_effort=effort, temperature=0.6, max_tokens=50)

    assert found.get("inferenceConfig") == ({"maxTokens": 50, "temperature": 0.6} if bounded else None)
    thinking = effort and {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": effort}}
    assert found.get("additionalModelRequestFields") == thinking


def test_bedrock_accepts_the_request_and_its_answer_is_read() -> None:
    found = asked({"role": "developer", "content": "S"}, USER, reasoning_effort="low", metadata={"project": "sums"})
    client, stubber = stubbed()
    stubber.add_response("converse", answer("#### 7", tokens=12), found)

    reply = Reply.of(client.converse(**found), 0.5)

    assert reply == Reply("#### 7", "", 20, 12, "end_turn", 0.5)


def test_reasoning_is_no_part_of_the_answer_and_its_tokens_are() -> None:
    response = answer("", tokens=900)
    response["output"]["message"]["content"] = [
        {"reasoningContent": {"reasoningText": {"text": "Is it 8?"}}},
        {"text": "#### 7"},
        {"reasoningContent": {"redactedContent": b"x"}},
        {"text": "Done."},
    ]

    reply = Reply.of(response)

    assert (reply.text, reply.reasoning, reply.output_tokens) == ("#### 7\nDone.", "Is it 8?", 900)


def test_an_answer_without_text_is_an_empty_one() -> None:
    response = answer("", stop="max_tokens")
    response["output"]["message"]["content"] = []

    assert Reply.of(response).text == ""


def test_an_answer_without_message_is_none() -> None:
    with pytest.raises(UnreadableReplyError, match=r"no message \(found \['stopReason'\]\)"):
        Reply.of({"stopReason": "end_turn"})


@pytest.mark.parametrize(
    ("stop", "tokens", "truncated"),
    [("end_turn", 100, False), ("max_tokens", 100, True), ("end_turn", 101, True)],
)
def test_a_response_is_truncated_if_a_rollout_of_that_length_would_be(stop: str, tokens: int, truncated: bool) -> None:
    assert Reply("", "", 1, tokens, stop).is_truncated(100) is truncated


def test_a_prompt_is_measured_in_bytes_of_all_its_messages() -> None:
    messages = [{"role": "system", "content": "é"}, {"role": "user", "content": [{"text": "ab"}, {"text": "\ud800"}]}]

    assert prompt_bytes({"messages": messages}) == 2 + 2 + 3


@pytest.mark.parametrize("wrong", [{"prompts": 0}, {"samples": 0}, {"temperature": 1.1}, {"max_tokens": 0}], ids=str)
def test_settings_that_cannot_be_used_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} = .*: expected"):
        Settings("m", **wrong)
