"""The messages of a record: the chat completion format, as far as a prompt for reinforcement fine-tuning may use it.

https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html takes no other format. Of the roles it names
system, user and assistant; developer and tool are those that the format has beside them, and that AWS's own client
takes: https://github.com/aws/nova-forge-sdk/tree/0f7bb80/src/amzn_nova_forge/dataset/dataset_validator. That client is
also where the rules for the system message, the user's turn and empty texts come from.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..finding import Finding, Place
from .wording import below, kind, said, short, some

ROLES: Final = ("system", "developer", "user", "assistant", "tool")
_KEYS: Final = ("role", "content", "name", "tool_calls", "tool_call_id")
_OBJECT: Final = "an object with role and content"


def check_messages(record: Mapping[str, Any], place: Place) -> Iterator[Finding]:
    """Everything that is wrong with a record's messages."""
    if "messages" not in record:
        found = f"is missing (found {some(record)})"
        yield place.error("messages-shape", found, expected=f"a list, each {_OBJECT}", field="messages")
        return
    messages = record["messages"]
    if not isinstance(messages, list):
        yield place.error(
            "messages-shape", f"is {kind(messages)}", expected=f"a list, each {_OBJECT}", field="messages"
        )
        return
    for index, message in enumerate(messages):
        yield from _check_message(index, message, place)
    yield from _check_turns([message.get("role") for message in messages if isinstance(message, Mapping)], place)


def _check_turns(roles: Sequence[Any], place: Place) -> Iterator[Finding]:
    if "user" not in roles:
        found = f"has roles {some(map(short, roles))}" if roles else "is empty"
        yield place.error("no-user-turn", found, expected="at least one message of the user", field="messages")
    if roles and roles[-1] == "assistant":
        yield place.error(
            "last-turn-assistant",
            "ends with the assistant's turn",
            expected="the prompt alone: the model writes that turn",
            field="messages",
        )


def _check_message(index: int, message: Any, place: Place) -> Iterator[Finding]:
    field = f"messages[{index}]"
    if not isinstance(message, Mapping):
        yield place.error("messages-shape", f"is {kind(message)}", expected=_OBJECT, field=field)
        return
    role = message.get("role")
    if role not in ROLES:
        yield place.error("role-unknown", said(message, "role"), expected=" or ".join(ROLES), field=f"{field}.role")
    if role == "system" and index:
        yield place.error(
            "system-not-first", "is system", expected="it as the first message only", field=f"{field}.role"
        )
    if role == "tool" and "tool_call_id" not in message:
        yield place.warning(
            "tool-call-id-missing",
            "has role tool and no tool_call_id",
            expected="the id of the call that it answers",
            field=field,
        )
    yield from _check_content(message, f"{field}.content", place)
    for key in message:
        if key not in _KEYS:
            yield place.warning(
                "message-key-unknown",
                "is none of the chat format's keys that a text prompt has",
                expected=", ".join(_KEYS),
                field=below(field, key),
            )


def _check_content(message: Mapping[str, Any], field: str, place: Place) -> Iterator[Finding]:
    content = message.get("content")
    if isinstance(content, str):
        if not content.strip():
            yield place.error("content-empty", f"is {short(content)}", expected="text that is not blank", field=field)
    elif isinstance(content, list):
        if not content:
            yield place.error("content-empty", "is []", expected="at least one block of text", field=field)
        for index, block in enumerate(content):
            yield from _check_block(block, f"{field}[{index}]", place)
    else:
        yield place.error(
            "content-empty" if content is None else "content-not-text",
            said(message, "content"),
            expected="text, or a list of text blocks",
            field=field,
        )


def _check_block(block: Any, field: str, place: Place) -> Iterator[Finding]:
    expected = 'an object {"type": "text", "text": ...}'
    if not isinstance(block, Mapping):
        yield place.error("content-not-text", f"is {kind(block)}", expected=expected, field=field)
        return
    if block.get("type", "text") != "text" or "text" not in block:
        found = short(block["type"]) if "type" in block else f"with {some(block)}"
        yield place.error(
            "content-not-text",
            f"is a block {found}",
            expected=f"{expected}: for Bedrock only text is documented",
            field=field,
        )
        return
    if "type" not in block:
        yield place.warning("content-block-type", "has no type", expected=expected, field=field)
    text = block["text"]
    if not isinstance(text, str):
        yield place.error("content-not-text", f"is {kind(text)}", expected="text", field=f"{field}.text")
    elif not text.strip():
        yield place.error(
            "content-empty", f"is {short(text)}", expected="text that is not blank", field=f"{field}.text"
        )
