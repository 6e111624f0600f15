"""What the grader has kept of a run: objects of S3 in the order of time, a batch in each."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from ...reward.rollout_log import PREFIX, key_prefix
from ...reward.rollout_row import Row

_AT_ONCE: Final = 8  # objects that are fetched


@dataclass(frozen=True, slots=True)
class Batch:
    """One object.

    Attributes:
        name: ``<ms since 1970>-<hash of the payload>.jsonl.gz``, the last part of its key.
        rows: In the order of the payload.
        fault: Why it could not be read; empty where it could.
    """

    name: str
    rows: tuple[Row, ...]
    fault: str = ""


def milliseconds(name: str) -> int:
    """When the batch of this name was graded, in ms since 1970.

    >>> milliseconds("1795435200000-00ff.jsonl.gz")
    1795435200000
    """
    return int(name.partition("-")[0])


def payload(name: str) -> str:
    """Hash of what Bedrock sent; a batch that it sends again has the same.

    >>> payload("1795435200000-00ff.jsonl.gz")
    '00ff'
    """
    return name.partition("-")[2].partition(".")[0]


def find(s3: Any, bucket: str, run: str, *, since: int) -> list[str]:
    """Keys of all batches of a run from a time on, the oldest first.

    Args:
        run: First 12 digits of its digest.
        since: In ms since 1970.
    """
    after = key_prefix(run, datetime.fromtimestamp(since / 1000, UTC))
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{PREFIX}run={run}/", StartAfter=after)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def read(s3: Any, bucket: str, keys: Sequence[str]) -> Iterator[Batch]:
    """The batches in the order of their keys.

    Raises:
        botocore.exceptions.ClientError: S3 gives one of them away to nobody, or not now.
    """
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield from threads.map(partial(_batch, s3, bucket), keys)


def name_of(key: str) -> str:
    """Last part of a key."""
    return key.rpartition("/")[2]


def _batch(s3: Any, bucket: str, key: str) -> Batch:
    body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    try:
        return Batch(
            name_of(key), tuple(Row.from_json(json.loads(line)) for line in gzip.decompress(body).splitlines())
        )
    except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError) as error:
        return Batch(name_of(key), (), f"{key} holds no rollouts: {type(error).__name__}: {error}")
