"""Runs code that a model wrote: ``run(request)`` is the whole interface, here and as a Lambda function.

How the code is held is told in ``inside.lockdown``; what that stops and what not, in ``docs/sandbox.md``.
"""

import atexit
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from .request import Item, read
from .template import SandboxError, Template, TemplateDiedError
from .trial import Result, attempt


def run(request: object) -> dict[str, Any]:
    """Run every item of a request.

    Args:
        request: As ``request`` describes it.

    Returns:
        ``results``, one per item and in order, as ``trial.attempt`` describes them, beside the ``report``.

    Raises:
        RequestError: The request cannot be run.
        SandboxError: No code can be run here.
    """
    items = read(request)
    with ThreadPoolExecutor(_workers()) as threads:
        results = list(threads.map(_result, items))
    return {"results": results, **report()}


def report() -> dict[str, str]:
    """What holds code here: ``seccomp`` is ``on``, or ``off:`` and why; ``user`` is ``nobody`` or our ``own``.

    Raises:
        SandboxError: No code can be run here.
    """
    with _POOL.template() as template:
        return dict(template.report)


def obstacle() -> str | None:
    """Why code cannot be run on this machine; None where it can."""
    try:
        report()
    except SandboxError as why:
        return str(why)
    return None


def _workers() -> int:
    """How many items run at once: without a filter, one could end the processes of another."""
    return len(os.sched_getaffinity(0)) if report()["seccomp"] == "on" else 1


def _result(item: Item) -> Result:
    try:
        with _POOL.template() as template:
            return attempt(item, template)
    except TemplateDiedError:  # without a filter, the code can do that
        return {"outcomes": [{"stopped": "died"} for _ in item.asks or "?"], "cpu_seconds": 0.0, "stderr": ""}


class _Pool:
    """Templates that have nothing to do; as many are started as are needed at once."""

    def __init__(self) -> None:
        self._idle: list[Template] = []
        self._lock = threading.Lock()

    @contextmanager
    def template(self) -> Iterator[Template]:
        """A template for one item; one that has died is not used again."""
        with self._lock:
            template = self._idle.pop() if self._idle else None
        template = template or Template()
        try:
            yield template
        except BaseException:
            template.close()
            raise
        with self._lock:
            self._idle.append(template)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def forget(self) -> None:
        """Leave the templates to the process that this one was forked from."""
        self._idle = []
        self._lock = threading.Lock()


_POOL = _Pool()
atexit.register(_POOL.close)
os.register_at_fork(after_in_child=_POOL.forget)
