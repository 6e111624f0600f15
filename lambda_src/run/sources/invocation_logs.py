"""Model invocation logs as records of a dataset.

Bedrock itself can train on logs (``invocationLogsConfig``), on whatever their prefix holds when the job starts. A run
here is the hash of its inputs, so logs become a file first, and that file is checked, pinned and trained on. Records
have no reference answer: nobody has said what would have been right.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ...reward.references import LOGGED_RESPONSE
from ..digest import canonical_json
from .log_files import Logs
from .log_messages import UnfitError, prompt_of
from .log_responses import response_of
from .metadata_filters import Filters

OPERATIONS: Final = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")

_SCHEMA: Final = "ModelInvocationLog"
_DIGITS: Final = 16  # of an id
_NO_JSON: Final = "a line that is no JSON object"
_NO_LOG: Final = "no model invocation log"
_NO_BODY: Final = "a body that was not logged, or cannot be had"
_BROKEN_FILE: Final = "a file that breaks off"

Record = dict[str, Any]


@dataclass(slots=True)
class Tally:
    """What was read, and what became of it.

    Attributes:
        calls: Lines that hold something.
        not_meant: Calls that the filters leave out.
        repeated: Calls with a prompt that an earlier one had too.
        skipped: Why others are no records, and how many there are of each kind.
    """

    files: int = 0
    calls: int = 0
    kept: int = 0
    not_meant: int = 0
    repeated: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def records(
    logs: Logs, tally: Tally, *, filters: Filters | None = None, use_prompt_response: bool = False
) -> Iterator[Record]:
    """Chat records of the logged prompts, each once, in the order of the files; ids are hashes of the prompts.

    Args:
        tally: Counts along.
        filters: Which calls are meant, by their metadata.
        use_prompt_response: Whether to keep what was answered, as the field ``logged_response`` for graders; calls
            without a whole answer are then left out. The API's parameter of this name is documented as training on
            the response, which is no part of reinforcement fine-tuning.

    Raises:
        SourceError: A file cannot be read.
    """
    seen: set[str] = set()
    for entry in _entries(logs, tally):
        if filters is not None and not filters.match(_metadata(entry)):
            tally.not_meant += 1
            continue
        try:
            record = _record(entry, logs, use_prompt_response=use_prompt_response)
        except UnfitError as reason:
            tally.skipped[str(reason)] += 1
            continue
        if record["id"] in seen:
            tally.repeated += 1
            continue
        seen.add(record["id"])
        tally.kept += 1
        yield record


def is_for_validation(record: Record, share: float) -> bool:
    """Whether a record belongs to the validation file, which gets about this share of all conversations.

    It depends on how the conversation begins and on nothing else: its later turns are in the same file, and a
    conversation stays in its file when more logs are imported.
    """
    messages = record["messages"]
    first = next(i for i, message in enumerate(messages) if message["role"] == "user")
    return int(_hash(messages[: first + 1]), 16) < share * 16**_DIGITS


def _entries(logs: Logs, tally: Tally) -> Iterator[Mapping[str, Any]]:
    for _, lines in logs.files():
        tally.files += 1
        for line in lines:
            if line is None:
                tally.skipped[_BROKEN_FILE] += 1
            elif line.strip():
                tally.calls += 1
                entry = _parsed(line)
                if isinstance(entry, str):
                    tally.skipped[entry] += 1
                else:
                    yield entry


def _parsed(line: bytes) -> Mapping[str, Any] | str:
    """The entry, or why it is none."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return _NO_JSON
    if not isinstance(entry, Mapping):
        return _NO_JSON
    return entry if entry.get("schemaType") == _SCHEMA else _NO_LOG


def _metadata(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = entry.get("requestMetadata")
    return metadata if isinstance(metadata, Mapping) else {}


def _record(entry: Mapping[str, Any], logs: Logs, *, use_prompt_response: bool) -> Record:
    if entry.get("errorCode"):
        raise UnfitError(f"a call that failed ({entry['errorCode']!s:.40})")
    if entry.get("operation") not in OPERATIONS:
        raise UnfitError(f"another operation ({entry.get('operation')!s:.40})")
    messages = prompt_of(_body(entry, "input", logs))
    record: Record = {"id": f"log-{_hash(messages)}", "messages": messages}
    if use_prompt_response:
        record[LOGGED_RESPONSE] = response_of(_body(entry, "output", logs))
    return record


def _body(entry: Mapping[str, Any], side: str, logs: Logs) -> Any:
    """A call's ``input`` or ``output``, fetched where it was too large for the line."""
    given = entry.get(side)
    given = given if isinstance(given, Mapping) else {}
    body, uri = given.get(f"{side}BodyJson"), given.get(f"{side}BodyS3Path")
    if body is None and isinstance(uri, str):
        body = logs.body(uri)
    if body is None:
        raise UnfitError(_NO_BODY)
    return body


def _hash(messages: list[dict[str, str]]) -> str:
    return hashlib.sha256(canonical_json(messages).encode()).hexdigest()[:_DIGITS]
