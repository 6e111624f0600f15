"""What a logged call asked the model, as the messages of a chat record.

Bodies with a list of ``messages`` are read: those of the Converse API and of Nova
(https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html), of Anthropic's messages
(https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html) and of OpenAI's
chat completions. Reinforcement fine-tuning on Bedrock is about text, so anything else makes a call unfit.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

NO_MESSAGES: Final = "no list of messages (a text prompt, or an embedding)"
TOOLS: Final = "tools"
EMPTY: Final = "a message without text"
NO_USER: Final = "no user message"
LATE_SYSTEM: Final = "a system message behind others"
HALF_CHARACTER: Final = "a text with half a character (a lone surrogate)"

_ROLES: Final = ("system", "developer", "user", "assistant")
_TEXT_TYPES: Final = ("text", "input_text", "output_text")
_SILENT: Final = ("thinking", "redacted_thinking", "reasoningContent", "cachePoint", "cache_point")
"""Blocks that are no part of what was said."""
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_TOOL_BLOCKS: Final = ("toolUse", "toolResult", "tool_use", "tool_result", "function_call")

Message = dict[str, str]


class UnfitError(ValueError):
    """A logged call that is no prompt for training; the message is the reason, the same for all of its kind."""


def prompt_of(body: object) -> list[Message]:
    """The messages up to the last one of the user, which is what a model is to respond to.

    Raises:
        UnfitError: They are no text, offer tools, or hold no user.

    >>> prompt_of({"system": [{"text": "Be brief."}], "messages": [{"role": "user", "content": [{"text": "Hello"}]}]})
    [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hello'}]
    """
    if not isinstance(body, Mapping) or not isinstance(body.get("messages"), list):
        raise UnfitError(NO_MESSAGES)
    if _offers_tools(body):
        raise UnfitError(TOOLS)
    messages = [*_system(body.get("system")), *map(_message, body["messages"])]
    last = max((i for i, message in enumerate(messages) if message["role"] == "user"), default=None)
    if last is None:
        raise UnfitError(NO_USER)
    if any(message["role"] == "system" for message in messages[1 : last + 1]):
        raise UnfitError(LATE_SYSTEM)
    return messages[: last + 1]


def text_of(content: object) -> str:
    """The text of a message's content, its blocks one below the other.

    Raises:
        UnfitError: Part of it is no text, or there is none.
    """
    blocks = [content] if isinstance(content, str) else content
    text = "\n".join(_texts(blocks)) if isinstance(blocks, Sequence) else ""
    if not text.strip():
        raise UnfitError(EMPTY)
    if _LONE_SURROGATE.search(text):
        raise UnfitError(HALF_CHARACTER)
    return text


def _offers_tools(body: Mapping[str, Any]) -> bool:
    config = body.get("toolConfig")
    return bool((isinstance(config, Mapping) and config.get("tools")) or body.get("tools") or body.get("functions"))


def _system(given: object) -> Iterator[Message]:
    if given:
        yield {"role": "system", "content": text_of(given)}


def _message(given: object) -> Message:
    if not isinstance(given, Mapping):
        raise UnfitError(NO_MESSAGES)
    role = given.get("role")
    if role == "tool" or given.get("tool_calls"):
        raise UnfitError(TOOLS)
    if role not in _ROLES:
        raise UnfitError(f"a message of role {role!s:.40}")
    return {"role": str(role), "content": text_of(given.get("content"))}


def _texts(blocks: Sequence[object]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, str):
            yield block
            continue
        kind = _kind(block)
        if kind in _TOOL_BLOCKS:
            raise UnfitError(TOOLS)
        if kind in _SILENT:
            continue
        text = _guarded(block) if kind == "guardContent" else _plain(block, kind)
        if text is None:
            raise UnfitError(f"content that is no text ({kind})")
        yield text


def _kind(block: object) -> str:
    """What a block holds: its ``type``, or for the Converse API its only key."""
    if not isinstance(block, Mapping):
        return type(block).__name__
    return str(block.get("type") or next(iter(block), "nothing"))


def _plain(block: Any, kind: str) -> str | None:
    text = block.get("text") if isinstance(block, Mapping) and kind in _TEXT_TYPES else None
    return text if isinstance(text, str) else None


def _guarded(block: Any) -> str | None:
    """Text that was marked for a guardrail; the model saw it all the same."""
    inside = block["guardContent"]
    return _plain(inside.get("text"), "text") if isinstance(inside, Mapping) else None
