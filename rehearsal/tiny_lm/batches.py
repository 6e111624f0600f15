"""Calls of several threads, carried out as one."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Item, Result]):
    """A function of many items as a function of one, to be called from many threads.

    There is no thread of its own: of those who wait, one does the work for all.
    """

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]], *, most: int, window_seconds: float) -> None:
        """Take ``work``, which is never called twice at the same time.

        Args:
            work: Gives a result for each item, in their order.
            most: Items of one batch.
            window_seconds: How long a batch waits for further items before it starts.
        """
        self._work = work
        self._most = most
        self._window_seconds = window_seconds
        self._changed = threading.Condition()
        self._waiting: list[tuple[Item, Future[Result]]] = []
        self._is_led = False

    def __call__(self, item: Item) -> Result:
        """The result for ``item``; raises what ``work`` raises, in every thread whose item was in the batch."""
        future: Future[Result] = Future()
        with self._changed:
            self._waiting.append((item, future))
            self._changed.wait_for(lambda: future.done() or not self._is_led)
            leads = not future.done()
            self._is_led |= leads
        if leads:
            self._lead(future)
        return future.result()

    def _lead(self, own: "Future[Result]") -> None:
        """Work until one's own item is done."""
        try:
            while not own.done():
                time.sleep(self._window_seconds)
                self._work_off()
        finally:
            with self._changed:
                self._is_led = False
                self._changed.notify_all()

    def _work_off(self) -> None:
        with self._changed:
            batch = self._waiting[: self._most]
            del self._waiting[: self._most]
        try:
            results = self._work([item for item, _ in batch])
            for (_, future), result in zip(batch, results, strict=True):
                future.set_result(result)
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            raise
        finally:
            with self._changed:
                self._changed.notify_all()
