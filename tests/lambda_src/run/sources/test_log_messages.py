from typing import Any

import pytest

from lambda_src.run.sources.log_messages import (
    EMPTY,
    HALF_CHARACTER,
    LATE_SYSTEM,
    NO_MESSAGES,
    NO_USER,
    TOOLS,
    UnfitError,
    prompt_of,
)

HELLO = {"role": "user", "content": "Hello"}
BRIEF = {"role": "system", "content": "Be brief."}


def user(*blocks: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(blocks)}]


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        pytest.param({"messages": user({"text": "Hello"})}, [HELLO], id="Converse"),
        pytest.param(
            {"schemaVersion": "messages-v1", "system": [{"text": "Be brief."}], "messages": user({"text": "Hello"})},
            [BRIEF, HELLO],
            id="Nova",
        ),
        pytest.param(
            {"anthropic_version": "bedrock-2023-05-31", "system": "Be brief.", "messages": [HELLO]},
            [BRIEF, HELLO],
            id="Anthropic, texts",
        ),
        pytest.param(
            {
                "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
                "messages": user({"type": "text", "text": "Hello"}),
            },
            [BRIEF, HELLO],
            id="Anthropic, blocks",
        ),
        pytest.param({"messages": [BRIEF, HELLO], "max_tokens": 5}, [BRIEF, HELLO], id="OpenAI"),
        pytest.param({"system": [], "messages": [HELLO], "toolConfig": {"tools": []}}, [HELLO], id="empty lists"),
        pytest.param(
            {"messages": user({"text": "Look:"}, {"cachePoint": {"type": "default"}}, {"text": "a fox"})},
            [{"role": "user", "content": "Look:\na fox"}],
            id="several blocks",
        ),
        pytest.param(
            {"messages": user({"guardContent": {"text": {"text": "Hello", "qualifiers": ["query"]}}})},
            [HELLO],
            id="text for a guardrail",
        ),
        pytest.param(
            {
                "messages": [
                    HELLO,
                    {"role": "assistant", "content": [{"reasoningContent": {}}, {"text": "Hello to you"}]},
                    {"role": "user", "content": "How much is it?"},
                    {"role": "assistant", "content": "It is"},
                ]
            },
            [HELLO, {"role": "assistant", "content": "Hello to you"}, {"role": "user", "content": "How much is it?"}],
            id="up to the last turn of the user, thoughts left out",
        ),
    ],
)
def test_messages_are_those_that_a_model_is_to_respond_to(body: Any, messages: list[dict[str, str]]) -> None:
    assert prompt_of(body) == messages


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param({"prompt": "<|begin_of_text|>Hello"}, NO_MESSAGES, id="text prompt"),
        pytest.param({"inputText": "Hello"}, NO_MESSAGES, id="embedding"),
        pytest.param("Hello", NO_MESSAGES, id="no object"),
        pytest.param({"messages": {}}, NO_MESSAGES, id="messages are no list"),
        pytest.param({"messages": ["Hello"]}, NO_MESSAGES, id="a message is no object"),
        pytest.param({"messages": []}, NO_USER, id="no message"),
        pytest.param({"messages": [{"role": "assistant", "content": "Hello"}]}, NO_USER, id="no user"),
        pytest.param({"messages": [HELLO], "toolConfig": {"tools": [{"toolSpec": {}}]}}, TOOLS, id="tools of Converse"),
        pytest.param({"messages": [HELLO], "tools": [{"name": "now"}]}, TOOLS, id="tools"),
        pytest.param({"messages": user({"toolResult": {"toolUseId": "1"}})}, TOOLS, id="result of a tool, Converse"),
        pytest.param({"messages": user({"type": "tool_result", "content": "5"})}, TOOLS, id="result of a tool"),
        pytest.param({"messages": [HELLO, {"role": "tool", "content": "5"}]}, TOOLS, id="role tool"),
        pytest.param(
            {"messages": [HELLO, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}]},
            TOOLS,
            id="call of a tool",
        ),
        pytest.param(
            {"messages": user({"image": {"format": "png"}}, {"text": "What is it?"})},
            "content that is no text (image)",
            id="image of Converse",
        ),
        pytest.param(
            {"messages": user({"type": "image_url", "image_url": {}})},
            "content that is no text (image_url)",
            id="image",
        ),
        pytest.param({"messages": user({"document": {}})}, "content that is no text (document)", id="document"),
        pytest.param(
            {"messages": user({"guardContent": {"image": {}}})},
            "content that is no text (guardContent)",
            id="guarded image",
        ),
        pytest.param({"messages": user(5)}, "content that is no text (int)", id="number among the blocks"),
        pytest.param({"messages": user({})}, "content that is no text (nothing)", id="empty block"),
        pytest.param({"messages": user({"text": 5})}, "content that is no text (text)", id="text that is a number"),
        pytest.param({"messages": user({"text": " \n"})}, EMPTY, id="blank"),
        pytest.param({"messages": user({"text": "an emoji\ud83e"})}, HALF_CHARACTER, id="half a character"),
        pytest.param({"messages": [{"role": "user"}]}, EMPTY, id="no content"),
        pytest.param({"messages": [{"role": "user", "content": {"text": "Hello"}}]}, EMPTY, id="content is an object"),
        pytest.param({"messages": [HELLO, BRIEF, HELLO]}, LATE_SYSTEM, id="system message in the middle"),
        pytest.param({"messages": [{"role": "critic", "content": "No"}]}, "a message of role critic", id="role"),
    ],
)
def test_what_is_no_prompt_for_training_says_why(body: Any, reason: str) -> None:
    with pytest.raises(UnfitError) as raised:
        prompt_of(body)

    assert str(raised.value) == reason
