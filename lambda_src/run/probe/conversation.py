"""A dataset record as the Converse API asks for it, and what came back.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from .settings import Settings

_SYSTEM: Final = ("system", "developer")
_TURNS: Final = ("user", "assistant")


class UnreadableReplyError(ValueError):
    """An answer of Converse that holds no message."""


class UnaskableError(ValueError):
    """A record that Converse cannot be asked: which message, and why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One response of the model.

    Attributes:
        text: The answer; empty where the model wrote none.
        reasoning: What it thought before, where the service shows that.
        input_tokens: None where the service does not say.
        output_tokens: Those of the reasoning included.
        seconds: What the request took.
    """

    text: str
    reasoning: str
    input_tokens: int | None
    output_tokens: int
    stop_reason: str
    seconds: float = 0.0

    @classmethod
    def of(cls, response: Mapping[str, Any], seconds: float = 0.0) -> "Reply":
        """Read an answer of Converse.

        Raises:
            UnreadableReplyError: It holds no message.
        """
        message = response.get("output", {}).get("message")
        if not isinstance(message, Mapping):
            raise UnreadableReplyError(
                f"the answer holds no message (found {sorted(response)}); expected output.message"
            )
        blocks = message.get("content") or []
        usage = response.get("usage", {})
        return cls(
            text="\n".join(block["text"] for block in blocks if "text" in block),
            reasoning="\n".join(_reasoning(blocks)),
            input_tokens=usage.get("inputTokens"),
            output_tokens=usage.get("outputTokens", 0),
            stop_reason=response.get("stopReason", ""),
            seconds=seconds,
        )

    def is_truncated(self, max_tokens: int) -> bool:
        """Whether a training rollout would end here, or would have ended before."""
        return self.stop_reason == "max_tokens" or self.output_tokens > max_tokens


def request(record: Mapping[str, Any], settings: Settings, sample: int) -> dict[str, Any]:
    """Arguments of boto3's ``converse`` for one response.

    A record's ``tools`` are not sent: with them the model would answer in blocks that no text-reading grader sees.

    Args:
        sample: Its number among those of the record, from 0; logs show it.

    Raises:
        UnaskableError: The record has turns that Converse takes in another form only.

    >>> asked = request({"messages": [{"role": "user", "content": "2 + 2?"}]}, Settings("m"), 0)
    >>> asked["messages"], asked["inferenceConfig"]
    ([{'role': 'user', 'content': [{'text': '2 + 2?'}]}], {'maxTokens': 2048, 'temperature': 0.6})
    """
    messages = _conversation(record)
    asked: dict[str, Any] = {
        "modelId": settings.model,
        "messages": list(_turns(messages)),
        "requestMetadata": {**settings.metadata, "purpose": "rft-probe", "sample": str(sample)},
    }
    system = [block for message in messages if message["role"] in _SYSTEM for block in _blocks(message)]
    if system:
        asked["system"] = system
    if settings.is_bounded:
        asked["inferenceConfig"] = {"maxTokens": settings.max_tokens, "temperature": settings.temperature}
    if settings.reasoning_effort is not None:
        reasoning = {"type": "enabled", "maxReasoningEffort": settings.reasoning_effort}
        asked["additionalModelRequestFields"] = {"reasoningConfig": reasoning}
    return asked


def prompt_bytes(record: Mapping[str, Any]) -> int:
    """UTF-8 bytes of all that is said before the response."""
    return sum(
        len(block["text"].encode("utf-8", "surrogatepass"))
        for message in record.get("messages") or ()
        for block in _blocks(message)
    )


def _conversation(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The record's messages, if Converse can be asked them."""
    messages = record.get("messages")
    if not isinstance(messages, list) or not all(isinstance(message, Mapping) for message in messages):
        raise UnaskableError("messages is no list of objects; rft check says what is wrong with the file")
    turns = [(i, message) for i, message in enumerate(messages) if message.get("role") not in _SYSTEM]
    for i, message in turns:
        if message.get("role") not in _TURNS or message.get("tool_calls"):
            raise UnaskableError(
                f"messages[{i}] is a turn of {message.get('role')} with tools; Converse takes those only with the ids "
                "and the tool specifications that a chat record does not hold: such prompts cannot be sampled"
            )
        if not _blocks(message):
            raise UnaskableError(f"messages[{i}] has no text; rft check says what is wrong with the file")
    roles = [message["role"] for _, message in turns]
    if not roles or roles[0] != "user" or roles[-1] != "user":
        raise UnaskableError(f"messages have roles {roles}; Converse expects a user's turn first and last")
    return messages


def _turns(messages: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """User and assistant in turn: what one of them says in several messages is one turn."""
    said = [message for message in messages if message["role"] not in _SYSTEM]
    for role, turn in groupby(said, key=lambda message: message["role"]):
        yield {"role": role, "content": [block for message in turn for block in _blocks(message)]}


def _blocks(message: Mapping[str, Any]) -> list[dict[str, str]]:
    content = message.get("content")
    if isinstance(content, str):
        return [{"text": content}]
    blocks = content if isinstance(content, list) else []
    return [{"text": block["text"]} for block in blocks if isinstance(block, Mapping) and "text" in block]


def _reasoning(blocks: list[Mapping[str, Any]]) -> Iterator[str]:
    for block in blocks:
        text = block.get("reasoningContent", {}).get("reasoningText", {}).get("text")
        if text:
            yield text
