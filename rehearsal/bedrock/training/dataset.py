"""What Bedrock demands of RFT data.

https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html
"""

import json
from typing import Any

from rehearsal.bedrock.errors import JobFailure

LEAST, MOST = 100, 20_000  # training records; the upper bound includes validation
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


def records(content: bytes, uri: str) -> list[dict[str, Any]]:
    """The records of a JSON Lines file.

    Raises:
        JobFailure: Names the file, the line, what is wrong and what is expected.
    """
    try:
        lines = content.decode("utf-8-sig").split("\n")  # not splitlines: a text may hold other line separators
    except UnicodeDecodeError as error:
        raise JobFailure(f"{uri} is not UTF-8: {error}") from None
    return [_record(line, f"{uri} line {number}") for number, line in enumerate(lines, 1) if line.strip()]


def check_counts(training: int, validation: int) -> None:
    """Raises JobFailure for too few or too many records."""
    if training < LEAST:
        raise JobFailure(f"The training data has {training} records; reinforcement fine-tuning needs at least {LEAST}")
    if training + validation > MOST:
        raise JobFailure(
            f"Training and validation data have {training + validation} records; at most {MOST} are allowed"
        )


def _record(line: str, where: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise JobFailure(f"{where} is not valid JSON: {error}") from None
    if not isinstance(record, dict):
        raise JobFailure(f"{where} is a JSON {type(record).__name__}; expected an object with messages")
    _check_messages(record.get("messages"), where)
    reference = record.get("reference_answer")
    if not isinstance(reference, str | dict) or not reference:
        raise JobFailure(f"{where}: reference_answer is {reference!r}; expected a non-empty string or object")
    return record


def _check_messages(messages: Any, where: str) -> None:
    if not isinstance(messages, list) or not messages:
        raise JobFailure(f"{where}: messages is {messages!r}; expected a non-empty list")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise JobFailure(f"{where}: message {index} has no role among {', '.join(sorted(_ROLES))}")
        if message["role"] == "system" and index:
            raise JobFailure(f"{where}: message {index} is a system message; only the first may be")
        if not _is_text(content := message.get("content")):
            raise JobFailure(f"{where}: message {index} has content {content!r}; expected non-empty text")
    if not any(message["role"] == "user" for message in messages):
        raise JobFailure(f"{where}: there is no user message")


def _is_text(content: Any) -> bool:
    """True for a string and for a list of text blocks."""
    if isinstance(content, list):
        return bool(content) and all(isinstance(b, dict) and isinstance(b.get("text"), str) for b in content)
    return isinstance(content, str) and bool(content.strip())
