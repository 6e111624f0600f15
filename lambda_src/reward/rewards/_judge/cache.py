"""Verdicts that are known: equal responses are common in a group, and a batch that is tried again costs little."""

import threading
from collections import OrderedDict
from typing import Final

from .verdict import Verdict

MOST: Final = 20_000  # verdicts, of about a kilobyte each


class VerdictCache:
    """By the hash of the whole request; the least recently used go first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._verdicts: OrderedDict[str, Verdict] = OrderedDict()

    def get(self, key: str) -> Verdict | None:
        with self._lock:
            verdict = self._verdicts.get(key)
            if verdict is not None:
                self._verdicts.move_to_end(key)
            return verdict

    def put(self, key: str, verdict: Verdict) -> None:
        with self._lock:
            self._verdicts[key] = verdict
            self._verdicts.move_to_end(key)
            if len(self._verdicts) > self._most:
                self._verdicts.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._verdicts.clear()
