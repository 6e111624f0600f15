"""Asking for many verdicts at once."""

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Any, Final

from ...batched import NEVER, Deadline
from ...rollout import TransientError
from .cache import VerdictCache
from .call import CALL_SECONDS, NoVerdictError, ask
from .client import Converse
from .verdict import Verdict

CACHE: Final = VerdictCache()
"""Of this process: one Lambda instance grades many batches of a job."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of the questions.

    Attributes:
        found: Verdicts by key.
        missing: Why there is none, by key.
        fresh: Keys of the verdicts that were asked for just now.
    """

    found: dict[str, Verdict] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)


def verdicts(
    requests: Mapping[str, Mapping[str, Any]], converse: Converse, deadline: Deadline, *, concurrency: int
) -> Verdicts:
    """The verdict on each request, by its key.

    Raises:
        TransientError: Not all of them can be had now; those that came are kept for the next time.
    """
    known = {key: verdict for key in requests if (verdict := CACHE.get(key)) is not None}
    result = Verdicts(found=known)
    open_ = {key: request for key, request in requests.items() if key not in known}
    if open_:
        deadline.require(CALL_SECONDS, "asking the judge")
        _ask_all(open_, converse, deadline, concurrency, result)
    return result


def _ask_all(
    requests: Mapping[str, Mapping[str, Any]],
    converse: Converse,
    deadline: Deadline,
    concurrency: int,
    result: Verdicts,
) -> None:
    given_up = threading.Event()
    pool = ThreadPoolExecutor(min(concurrency, len(requests)), thread_name_prefix="judge")

    def answer(key: str, request: Mapping[str, Any]) -> Verdict | NoVerdictError:
        try:
            verdict = ask(request, converse, deadline, given_up)
        except NoVerdictError as missing:
            return missing
        CACHE.put(key, verdict)
        return verdict

    try:
        futures = {pool.submit(answer, key, request): key for key, request in requests.items()}
        for future in _completed(futures, deadline):
            key, outcome = futures[future], future.result()
            if isinstance(outcome, Verdict):
                result.found[key] = outcome
                result.fresh.add(key)
            else:
                result.missing[key] = str(outcome)
    finally:
        given_up.set()
        pool.shutdown(wait=False, cancel_futures=True)  # a call that hangs ends by its own time-out, unheard


def _completed(futures: Iterable[Any], deadline: Deadline) -> Iterable[Any]:
    try:
        yield from as_completed(futures, timeout=None if deadline == NEVER else max(deadline.remaining, 0))
    except TimeoutError as error:
        raise TransientError(f"the judge has not answered in time: {error}") from None
