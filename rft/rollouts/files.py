"""The rollout objects of a run: read from its stack's bucket, or from a folder that they were copied to."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Final, TypeVar

from lambda_src.reward.rollout_row import Row
from rft.runs import RUNS_BUCKET, RunError, Stack

SUFFIX: Final = ".jsonl.gz"

_Item = TypeVar("_Item")

_OBJECTS: Final = 400
"""Read at most, spread over the run: a long run has tens of thousands."""
_AT_ONCE: Final = 8


def prefix(run: str) -> str:
    """Where the rollouts of a run lie in the runs bucket.

    >>> prefix("0123456789ab")
    'rollouts/run=0123456789ab/'
    """
    return f"rollouts/run={run}/"


def read(stack: Stack, run: str, *, limit: int) -> list[Row]:
    """Rollouts of a run in the order in which they were graded, spread over it where there are more than ``limit``.

    Args:
        run: First 12 digits of its digest.

    Raises:
        RunError: The stack is not deployed, or its bucket cannot be read.
    """
    bucket, s3 = stack.output(RUNS_BUCKET), stack.client("s3")
    with stack.asking("its rollouts cannot be read"):
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix(run))
        keys = sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))

        def content(key: str) -> bytes:
            return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())

        return _read([key for key in keys if key.endswith(SUFFIX)], content, limit)


def read_folder(folder: Path, *, limit: int) -> list[Row]:
    """The same of all rollout files below a folder.

    Raises:
        RunError: A file is something else.
    """
    files = {str(path): path for path in sorted(folder.rglob(f"*{SUFFIX}"), key=lambda path: path.name)}
    return _read(list(files), lambda name: files[name].read_bytes(), limit)


def parse(content: bytes, origin: str) -> list[Row]:
    """The rollouts of one object.

    Raises:
        RunError: It is something else; ``origin`` is named.
    """
    try:
        return [Row.from_json(json.loads(line)) for line in gzip.decompress(content).splitlines() if line]
    except (OSError, EOFError, zlib.error, ValueError, KeyError, AttributeError, TypeError) as error:
        raise RunError(f"{origin}: {error!r}; expected gzipped JSON lines, a graded rollout each") from None


def _read(names: Sequence[str], content: Callable[[str], bytes], limit: int) -> list[Row]:
    chosen = spread(names, _OBJECTS)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        parts = pool.map(lambda name: parse(content(name), name), chosen)
        rows = sorted(_once(chain.from_iterable(parts)), key=lambda row: row.time)
    return spread(rows, limit)


def spread(items: Sequence[_Item], most: int) -> list[_Item]:
    """At most so many of them, evenly spaced.

    >>> spread("abcdefgh", 4)
    ['a', 'c', 'e', 'g']
    """
    count = len(items)
    return list(items) if count <= most else [items[place * count // most] for place in range(most)]


def _once(rows: Iterable[Row]) -> Iterable[Row]:
    """Each rollout once: Bedrock may send a batch again, which is graded and kept again."""
    return {(row.batch, row.id): row for row in rows}.values()
