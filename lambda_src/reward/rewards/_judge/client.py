"""Who is asked: Bedrock's Converse API, or whatever stands in for it while ``asking`` says so."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

Converse = Callable[..., Mapping[str, Any]]
"""Called as boto3's ``converse``, with keyword arguments; raises what botocore raises."""

MOST_CONNECTIONS: Final = 32
_CONNECT_SECONDS: Final = 5
_READ_SECONDS: Final = 60  # a judgement takes some seconds; a call that hangs is not waited for beyond the deadline

_STAND_IN: ContextVar[Converse | None] = ContextVar("judge", default=None)


def converse() -> Converse:
    """The function that asks a model; of AWS's client unless ``asking`` is in force."""
    stand_in = _STAND_IN.get()
    if stand_in is not None:
        return stand_in
    asks: Converse = _client().converse
    return asks


@contextmanager
def asking(stand_in: Converse) -> Iterator[None]:
    """Let judges be asked through another function, in this thread (or task) and as long as the block runs.

    >>> def nobody(**request): raise ConnectionError("offline")
    >>> with asking(nobody):
    ...     converse() is nobody
    True
    """
    token = _STAND_IN.set(stand_in)
    try:
        yield
    finally:
        _STAND_IN.reset(token)


@cache
def _client() -> Any:
    import boto3  # noqa: PLC0415 - takes longer to import than everything else in the grader
    from botocore.config import Config  # noqa: PLC0415 - likewise

    # botocore's own retries know no deadline
    config = Config(
        max_pool_connections=MOST_CONNECTIONS,
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": 1},
    )
    return boto3.client("bedrock-runtime", config=config)
