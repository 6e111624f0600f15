"""Runs model-written code in the sandbox: a Lambda function of its own, or, without one, processes of this machine.

``RFT_SANDBOX`` holds the ARN of a published version; ``rft score``, tests and the synth run without it. Equal items
are run once and remembered, so that several reward functions share one run.
"""

import hashlib
import json
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from functools import cache
from typing import Any, Final

from .batched import Deadline
from .rollout import TransientError

MOST_SECONDS: Final = 10.0
"""Wall-clock time that the sandbox gives one item."""
LEAST_MEMORY_MB: Final = 64
MOST_MEMORY_MB: Final = 512

CHUNK: Final = 8
"""Items of one invocation: one after the other, they take no longer than the sandbox's function may."""
INVOCATIONS: Final = 8
"""At once, for one batch."""

_MOST_PAYLOAD: Final = 4_000_000  # bytes of a chunk with more than one item
_MOST_INVOCATION: Final = 6_000_000  # bytes; Lambda takes 6 MB
_MOST_MESSAGE: Final = 300  # characters
_MARGIN_SECONDS: Final = 2.0  # for the batch's own answer
_REMEMBERED: Final = 2048  # results
_MOST_REMEMBERED: Final = 20_000  # characters of one result

_PATIENCE: Final[Mapping[str, Any]] = {
    "retries": {"mode": "standard", "total_max_attempts": 5},  # at most 20 s apart; throttled calls wait so
    "connect_timeout": 5,  # s
    "read_timeout": 150,  # s; longer than the sandbox's function may take
}
_CANARY: Final = {"code": "def f(): return 1", "function": "f", "cases": [{"args": []}]}
_CANARY_OUTCOMES: Final = [{"value": 1}]

Item = Mapping[str, Any]
Result = Mapping[str, Any]
"""What ``lambda_src.sandbox.trial.attempt`` gives, or ``{"lost": why}`` for an item that ends its sandbox."""


def execute(items: Sequence[Item], deadline: Deadline) -> list[Result]:
    """Run every item, equal ones once; same length and order.

    Raises:
        TransientError: There is no time left, or the sandbox does not work at the moment.
    """
    keys = [_key(item) for item in items]
    known = {key: result for key in keys if (result := _MEMORY.get(key)) is not None}
    missing = {key: item for key, item in zip(keys, items, strict=True) if key not in known}
    if missing:
        function = os.environ.get("RFT_SANDBOX")
        waiting = list(missing.values())
        results = _remotely(function, waiting, deadline) if function else _locally(waiting, deadline)
        found = dict(zip(missing, results, strict=True))
        _MEMORY.put(found)
        known |= found
    return [known[key] for key in keys]


def _locally(items: Sequence[Item], deadline: Deadline) -> list[Result]:
    from ..sandbox.runner import run  # noqa: PLC0415 - the grader's Lambda does not carry it

    results: list[Result] = []
    for start in range(0, len(items), CHUNK):
        deadline.require(MOST_SECONDS + _MARGIN_SECONDS, "the sandbox")
        results += run({"items": items[start : start + CHUNK]})["results"]
    return results


def _remotely(function: str, items: Sequence[Item], deadline: Deadline) -> list[Result]:
    deadline.require(_MARGIN_SECONDS, "the sandbox")
    threads = ThreadPoolExecutor(INVOCATIONS)
    parts = [threads.submit(_asked, function, chunk) for chunk in _chunks(items)]
    remaining = deadline.remaining - _MARGIN_SECONDS
    try:
        done, late = wait(parts, None if math.isinf(remaining) else remaining, FIRST_EXCEPTION)
        for part in done:
            part.result()
        if late:
            raise TransientError(f"the sandbox: {len(late)} of {len(parts)} invocations have not ended in time")
        return [result for part in parts for result in part.result()]
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    chunk: list[Item] = []
    size = 0
    for item in items:
        own = len(json.dumps(item))
        if chunk and (len(chunk) == CHUNK or size + own > _MOST_PAYLOAD):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += own
    yield chunk


def _asked(function: str, items: Sequence[Item]) -> list[Result]:
    """Results of one chunk; when it ends the sandbox, each of its items is tried alone."""
    try:
        return _invoke(function, items)
    except _DiedError as died:
        if len(items) > 1:
            return [result for item in items for result in _asked(function, [item])]
        _require_working(function, died)
        return [{"lost": str(died)}]


def _require_working(function: str, died: Exception) -> None:
    """Blame an item only when the sandbox runs another."""
    try:
        (result,) = _invoke(function, [_CANARY])
    except _DiedError:
        result = {}
    if result.get("outcomes") != _CANARY_OUTCOMES:
        raise TransientError(f"the sandbox does not work: {died}")


class _DiedError(Exception):
    """An invocation gave no results: killed, out of memory or out of time."""


def _invoke(function: str, items: Sequence[Item]) -> list[Result]:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - rubrics without code do not need it

    payload = json.dumps({"items": items}).encode()
    if len(payload) > _MOST_INVOCATION:
        raise _DiedError(f"the item takes {len(payload)} bytes; expected {_MOST_INVOCATION} at most")
    try:
        answer = _client().invoke(FunctionName=function, Payload=payload)
        body = json.loads(answer["Payload"].read())
    except (BotoCoreError, ClientError) as error:
        raise TransientError(f"the sandbox: {error}") from error
    if "FunctionError" in answer:
        raise _DiedError(f"it ended its sandbox: {str(body.get('errorMessage', body))[:_MOST_MESSAGE]}")
    results: list[Result] = body["results"]
    return results


@cache
def _client() -> Any:
    import boto3  # noqa: PLC0415 - as above
    from botocore.config import Config  # noqa: PLC0415 - as above

    return boto3.client("lambda", config=Config(**_PATIENCE))


class _Memory:
    """Results of the items run last, by their content."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Result | None:
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def put(self, results: Mapping[str, Result]) -> None:
        """Remember results, apart from very long ones."""
        short = {key: result for key, result in results.items() if len(json.dumps(result)) <= _MOST_REMEMBERED}
        with self._lock:
            self._results |= short
            while len(self._results) > _REMEMBERED:
                self._results.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._results.clear()


_MEMORY: Final = _Memory()


def _key(item: Item) -> str:
    return hashlib.sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()
