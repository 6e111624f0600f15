"""What a record holds besides its messages: the reference answer, the id, tools.

https://docs.aws.amazon.com/bedrock/latest/userguide/rft-prepare-data.html; any other field goes to the grader as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..finding import Finding, Place
from ..limits import RESERVED_ID
from .messages import check_messages
from .reserved import reserved_tokens
from .tools import check_tools
from .wording import said, short, some

_CONVERSE: Final = "bedrock-conversation"


def check_record(record: Mapping[str, Any], place: Place, *, references: bool) -> Iterator[Finding]:
    """Everything that is wrong with one record, the comparison of its id with others' left out."""
    if str(record.get("schemaVersion", "")).startswith(_CONVERSE):
        yield place.error(
            "converse-format",
            f"is {short(record['schemaVersion'])}, the format of supervised fine-tuning",
            expected="a record of the chat completion format",
            field="schemaVersion",
        )
    yield from check_messages(record, place)
    yield from _check_reference(record, place, references=references)
    yield from _check_id(record, place)
    if record.get("tools") is not None:
        yield from check_tools(record["tools"], place)
    if isinstance(record.get("messages"), list):
        yield from reserved_tokens(record["messages"], place)


def _check_reference(record: Mapping[str, Any], place: Place, *, references: bool) -> Iterator[Finding]:
    reference = record.get("reference_answer")
    if reference is None:
        if references:
            found = said(record, "reference_answer")
            yield place.error(
                "reference-missing",
                f"{found} (found {some(record)})" if "reference_answer" not in record else found,
                expected="a string or an object to grade by",
                field="reference_answer",
            )
    elif not (isinstance(reference, str) and reference.strip()) and not (isinstance(reference, Mapping) and reference):
        yield place.error(
            "reference-shape",
            f"is {short(reference)}",
            expected="a string or an object that is not empty",
            field="reference_answer",
        )


def _check_id(record: Mapping[str, Any], place: Place) -> Iterator[Finding]:
    identity = record.get("id")
    if identity is None:
        return
    if not isinstance(identity, str) or not identity.strip():
        yield place.error(
            "id-shape", f"is {short(identity)}", expected="a string that is not blank, or no id", field="id"
        )
    elif identity.startswith(RESERVED_ID):
        yield place.error(
            "id-reserved",
            f"is {short(identity)}",
            expected=f"one that does not begin with {RESERVED_ID}, the mark of the grader audit's own items",
            field="id",
        )
