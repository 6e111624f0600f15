"""Seeds of responses: other ones for every sample of a prompt, the same ones for the same probe of a fresh process."""

import hashlib
import json
import threading
from collections import Counter
from typing import Any


class Seeds:
    """The n-th time that the same thing is asked has the same seed in every process.

    When threads ask the same thing at the same time, it is open which of them gets which seed, but not which seeds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = Counter[bytes]()  # some 100 bytes for each different thing

    def next(self, *asked: Any) -> int:
        """The seed of a response to ``asked``, anything that JSON can write.

        >>> seeds = Seeds()
        >>> seeds.next("a") == seeds.next("a"), seeds.next("b") == Seeds().next("b")
        (False, True)
        """
        digest = hashlib.sha256(json.dumps(asked).encode()).digest()
        with self._lock:
            number = self._asked[digest]
            self._asked[digest] += 1
        return int.from_bytes(hashlib.sha256(digest + number.to_bytes(8, "big")).digest()[:8], "big")
