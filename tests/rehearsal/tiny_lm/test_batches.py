import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from rehearsal.tiny_lm.batches import Batches


class Doubling:
    """Work that remembers its batches and fails on 13."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self._busy = threading.Lock()

    def __call__(self, items: Sequence[int]) -> list[int]:
        assert self._busy.acquire(blocking=False), "two batches at the same time"
        try:
            self.batches.append(list(items))
            if 13 in items:
                raise ValueError("13 is unlucky")
            return [2 * item for item in items]
        finally:
            self._busy.release()


def test_every_thread_gets_the_result_for_its_own_item() -> None:
    work = Doubling()
    doubled = Batches(work, most=8, window_seconds=0.001)

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(doubled, range(100, 300))) == [2 * item for item in range(100, 300)]

    assert sorted(item for batch in work.batches for item in batch) == list(range(100, 300))


def test_what_comes_within_the_window_is_one_batch_of_limited_size() -> None:
    work = Doubling()
    doubled = Batches(work, most=3, window_seconds=0.2)
    together = threading.Barrier(5)

    def ask(item: int) -> int:
        together.wait()
        return doubled(item)

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(ask, range(5))) == [0, 2, 4, 6, 8]

    assert [len(batch) for batch in work.batches] == [3, 2]


def test_a_failure_reaches_everybody_in_the_batch_and_nobody_after_it() -> None:
    doubled = Batches(Doubling(), most=8, window_seconds=0.2)
    together = threading.Barrier(2)

    def ask(item: int) -> int:
        together.wait()
        return doubled(item)

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask, item) for item in (13, 14)]
        for each in asked:
            with pytest.raises(ValueError, match="unlucky"):
                each.result(timeout=5)

    assert doubled(14) == 28
