from typing import Any

import pytest

from lambda_src.run.sources.log_messages import EMPTY, TOOLS, UnfitError
from lambda_src.run.sources.log_responses import BROKEN_OFF, CUT_OFF, NO_RESPONSE, response_of
from tests.lambda_src.run.sources.logged import answered

NOVA = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"delta": {"text": "It is "}, "contentBlockIndex": 0}},
    {"contentBlockDelta": {"delta": {"text": "4."}, "contentBlockIndex": 0}},
    {"contentBlockStop": {"contentBlockIndex": 0}},
    {"messageStop": {"stopReason": "end_turn"}},
    {"metadata": {"usage": {"outputTokens": 4}}},
]
ANTHROPIC = [
    {"type": "message_start", "message": {"role": "assistant", "content": []}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Two and two."}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "It is "}},
    {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "4."}},
    {"type": "content_block_stop", "index": 1},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}},
    {"type": "message_stop"},
]
OPENAI = [
    {"choices": [{"delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
    {"choices": [{"delta": {"content": "It is 4."}, "finish_reason": None}]},
    {"choices": [{"delta": {}, "finish_reason": "stop"}]},
    {"choices": [], "usage": {}},
]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(answered("It is 4."), id="Converse and Nova"),
        pytest.param(
            {"content": [{"type": "text", "text": "It is 4."}], "stop_reason": "stop_sequence"}, id="Anthropic"
        ),
        pytest.param({"choices": [{"message": {"content": "It is 4."}, "finish_reason": "stop"}]}, id="OpenAI"),
        pytest.param(NOVA, id="events of Nova"),
        pytest.param(ANTHROPIC, id="events of Anthropic"),
        pytest.param(OPENAI, id="events of OpenAI"),
    ],
)
def test_every_api_tells_the_same_answer(body: Any) -> None:
    assert response_of(body) == "It is 4."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(answered("It is", "max_tokens"), CUT_OFF, id="cut off by Converse"),
        pytest.param({"choices": [{"message": {"content": "It"}, "finish_reason": "length"}]}, CUT_OFF, id="by OpenAI"),
        pytest.param(NOVA[:3], BROKEN_OFF, id="stream of Nova without its end"),
        pytest.param(ANTHROPIC[:5], BROKEN_OFF, id="stream of Anthropic without its end"),
        pytest.param(answered("", "tool_use"), TOOLS, id="call of a tool"),
        pytest.param(
            {"content": [{"type": "tool_use", "name": "now"}], "stop_reason": "tool_use"}, TOOLS, id="as well"
        ),
        pytest.param(
            answered("I cannot say.", "guardrail_intervened"),
            "a response that ended as guardrail_intervened",
            id="guardrail",
        ),
        pytest.param(answered(" "), EMPTY, id="blank"),
        pytest.param({"embedding": [0.1]}, NO_RESPONSE, id="embedding"),
        pytest.param([], NO_RESPONSE, id="no event"),
        pytest.param(["chunk", None, {"type": "ping"}], NO_RESPONSE, id="other events"),
        pytest.param("4", NO_RESPONSE, id="a text"),
    ],
)
def test_what_is_no_whole_answer_says_why(body: Any, reason: str) -> None:
    with pytest.raises(UnfitError) as raised:
        response_of(body)

    assert str(raised.value) == reason
