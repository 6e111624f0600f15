"""What a model answered in a logged call.

Calls of ``ConverseStream`` are logged as one message; those of ``InvokeModelWithResponseStream`` as the list of their
events.
"""

from collections.abc import Mapping
from typing import Any, Final

from .log_messages import TOOLS, UnfitError, text_of

CUT_OFF: Final = "a response that was cut off"
BROKEN_OFF: Final = "a response that breaks off"
NO_RESPONSE: Final = "no response"

_WHOLE: Final = ("end_turn", "stop_sequence", "stop")
_CUT: Final = ("max_tokens", "length", "model_context_window_exceeded")
_TOOLS: Final = ("tool_use", "tool_calls", "function_call")


def response_of(body: object) -> str:
    """The whole text of the answer.

    Raises:
        UnfitError: There is none, it is not whole, or it calls a tool.

    >>> response_of({"content": [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn"})
    'Hello.'
    """
    content, reason = _of_events(body) if isinstance(body, list) else _of_answer(body)
    if reason in _TOOLS:
        raise UnfitError(TOOLS)
    if reason in _CUT:
        raise UnfitError(CUT_OFF)
    if not content:
        raise UnfitError(NO_RESPONSE)
    if reason is None:
        raise UnfitError(BROKEN_OFF)
    if reason not in _WHOLE:
        raise UnfitError(f"a response that ended as {reason!s:.40}")
    return text_of(content)


def _of_answer(body: Any) -> tuple[Any, Any]:
    """Content and the reason why it ends there, as three APIs tell them."""
    match body:
        case {"output": {"message": {"content": content}}}:  # Converse, Nova
            return content, body.get("stopReason")
        case {"choices": [{"message": {"content": content}} as choice, *_]}:  # OpenAI
            return content, choice.get("finish_reason")
        case {"content": content}:  # Anthropic
            return content, body.get("stop_reason")
    return None, None


def _of_events(events: list[Any]) -> tuple[str, Any]:
    texts: list[str] = []
    reason: Any = None
    for event in events:
        text, ended = _of_event(event)
        texts.append(text or "")
        reason = ended or reason
    return "".join(texts), reason


def _of_event(event: object) -> tuple[str | None, Any]:
    """The text that an event adds, and the reason why it is the end."""
    match event:
        case {"contentBlockDelta": {"delta": {"text": str(text)}}}:  # Nova
            return text, None
        case {"messageStop": {"stopReason": reason}}:
            return None, reason
        case {"type": "content_block_delta", "delta": {"text": str(text)}}:  # Anthropic
            return text, None
        case {"type": "message_delta", "delta": {"stop_reason": reason}}:
            return None, reason
        case {"choices": [{"delta": Mapping() as delta} as choice, *_]}:  # OpenAI
            return delta.get("content"), choice.get("finish_reason")
    return None, None
