"""Words that AWS's validator for Nova refuses in a message's text, in any case.

They stand for turns and media in what Nova is trained on. The validator is
https://github.com/aws-samples/amazon-nova-samples/blob/1e88f24/customization/bedrock-finetuning/understanding/dataset_validation/nova_ft_dataset_validator.py
Bedrock's pages on reinforcement fine-tuning say nothing of them, hence a warning.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ..finding import Finding, Place

TOKENS: Final = (
    *("System:", "User:", "Bot:", "Assistant:", "Thought:"),
    *("[EOS]", "<image>", "<video>", "<unk>"),
)
_LOWER: Final = tuple((token.lower(), token) for token in TOKENS)


def may_hold(line: bytes) -> bool:
    r"""Whether the line of a record with messages can hold one of the words: a quick look at parts of them.

    Most lines have no bracket but the messages' own, no colon but those of JSON itself, which follow a quote, and
    nothing of the rest. ``\u00`` is how some writers of JSON spell ``<``, and how any letter may be spelt.
    """
    if b"<" in line or (b"\\" in line and b"\\u00" in line):
        return True
    if line.count(b"[") == 1 and line.count(b":") == line.count(b'":'):
        return False
    lowered = line.lower()
    return b"r:" in lowered or b"t:" in lowered or b"m:" in lowered or b"[e" in lowered


def found_in(text: str) -> list[str]:
    """The reserved words of a text.

    >>> found_in("Reply to the user: <IMAGE>")
    ['User:', '<image>']
    """
    lowered = text.lower()
    return [token for lower, token in _LOWER if lower in lowered]


def reserved_tokens(messages: Sequence[Any], place: Place) -> Iterator[Finding]:
    """A warning for each text of the messages that holds some."""
    for field, text in texts(messages):
        if tokens := found_in(text):
            yield place.warning(
                "reserved-token",
                f"holds {', '.join(tokens)}",
                expected="text without it: AWS's validator for Nova datasets refuses it",
                field=field,
            )


def texts(messages: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Every text of the messages with the path to it, as far as they have the shape of messages."""
    for index, message in enumerate(messages):
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            yield f"messages[{index}].content", content
        elif isinstance(content, list):
            for at, block in enumerate(content):
                text = block.get("text") if isinstance(block, dict) else None
                if isinstance(text, str):
                    yield f"messages[{index}].content[{at}].text", text
