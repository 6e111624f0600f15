"""The datasets in an account's buckets, for local.strategist to recognise prompts in.

Every object whose key ends in ``.jsonl`` is looked through for records, lines with ``messages`` and
``reference_answer``. Of each file only the hashes of its prompts and their places stay in memory; what is asked for is
read again. Where several files have a record with the prompt, the newest one counts.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.bedrock.aws import DENIED
from rehearsal.strategist.library import Dataset, Found, Record, prompt_of, recognised, spread

_SUFFIX = ".jsonl"
_CHUNK = 1 << 16  # bytes
_BOM = b"\xef\xbb\xbf"
_FRESH_SECONDS = 1.0  # for so long, nobody looks whether a bucket has changed
_DATASETS = 2  # of which records are kept
_CONTEXT = 512  # records of each that are kept
_RECORDS = 64  # that were asked for, of all datasets
_INVISIBLE = DENIED | {"NoSuchBucket", "NoSuchKey", "PreconditionFailed"}
"""Errors of a bucket or object that is not there, or not any more, for the reader; anything else is a failure."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of an object."""

    modified: datetime
    bucket: str
    key: str
    etag: str


Place = tuple[int, int]
"""First byte of a line, and its length."""


class Buckets:
    """See the module. Not for several threads at once."""

    place = "the *.jsonl objects of the account's buckets"

    def __init__(self, s3: Any) -> None:
        """Take a client of S3 that may list and read all buckets; nothing is asked before the first prompt."""
        self._s3 = s3
        self._places: dict[_Version, Mapping[int, Place]] = {}
        self._looked = -_FRESH_SECONDS
        self._dataset = lru_cache(_DATASETS)(self._read_dataset)
        self._record = lru_cache(_RECORDS)(self._read_record)

    def find(self, prompt: str) -> Found | None:
        """The record with this prompt in the newest file that has it, as it was at most a second ago."""
        asked = recognised(prompt)
        if time.monotonic() - self._looked < _FRESH_SECONDS and (found := self._known(asked)):
            return found
        self._look()
        return self._known(asked)

    def _known(self, prompt: str) -> Found | None:
        asked = hash(prompt)
        versions = [version for version, places in self._places.items() if asked in places]
        if not versions:
            return None
        version = max(versions, key=lambda version: version.modified)
        record, dataset = self._record(version, self._places[version][asked]), self._dataset(version)
        if record is None or not dataset.records:  # the object has been replaced since
            return None
        return Found(prompt, dataset, record)

    def _look(self) -> None:
        """Take up what is new in the buckets, and forget what is gone."""
        there = list(self._versions())
        self._places = {
            version: self._places[version] if version in self._places else self._read_places(version)
            for version in there
        }
        self._looked = time.monotonic()

    def _versions(self) -> Iterator[_Version]:
        for bucket in self._s3.list_buckets()["Buckets"]:
            for item in self._listed(bucket["Name"]):
                if item["Key"].endswith(_SUFFIX):
                    yield _Version(item["LastModified"], bucket["Name"], item["Key"], item["ETag"])

    def _listed(self, bucket: str) -> list[dict[str, Any]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        try:
            return [item for page in pages for item in page.get("Contents", [])]
        except ClientError as error:
            _check_invisible(error)
            return []

    def _read_places(self, version: _Version) -> Mapping[int, Place]:
        places: dict[int, Place] = {}
        start = 0
        for line in self._lines(version):
            record = _record(line)
            if record is not None:
                places.setdefault(hash(recognised(prompt_of(record))), (start, len(line)))
            start += len(line)
        return places

    def _read_dataset(self, version: _Version) -> Dataset:
        chosen = {start for start, _ in spread(list(self._places[version].values()), _CONTEXT)}
        records, start = [], 0
        for line in self._lines(version):
            record = _record(line) if start in chosen else None
            if record is not None:
                records.append(record)
            start += len(line)
        return Dataset(records)

    def _read_record(self, version: _Version, place: Place) -> Record | None:
        start, length = place
        return _record(b"".join(self._lines(version, Range=f"bytes={start}-{start + length - 1}")))

    def _lines(self, version: _Version, **part: str) -> Iterator[bytes]:
        """Lines with their ends; none if the object is not there any more."""
        try:
            found = self._s3.get_object(Bucket=version.bucket, Key=version.key, IfMatch=version.etag, **part)
        except ClientError as error:
            _check_invisible(error)
            return
        yield from found["Body"].iter_lines(_CHUNK, keepends=True)


def _record(line: bytes) -> Record | None:
    """The record in a line; None if it is none with text for messages."""
    try:
        record = json.loads(line.removeprefix(_BOM))
    except ValueError:
        return None
    if isinstance(record, dict) and "reference_answer" in record and _is_conversation(record.get("messages")):
        return record
    return None


def _is_conversation(messages: Any) -> bool:
    return isinstance(messages, list) and bool(messages) and all(isinstance(message, dict) for message in messages)


def _check_invisible(error: ClientError) -> None:
    if error.response["Error"]["Code"] not in _INVISIBLE:
        raise error
