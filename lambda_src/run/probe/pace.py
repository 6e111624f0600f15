"""How many requests are under way: as many as the service bears."""

import threading


class Pace:
    """Halves the requests under way when the service throttles, and adds one for each round that it answers.

    Additive increase and multiplicative decrease, as TCP does it: https://www.rfc-editor.org/rfc/rfc5681#section-3.1.
    """

    def __init__(self, most: int) -> None:
        """Begin with as many as are allowed.

        Args:
            most: Requests under way at most.
        """
        self._most, self._limit = most, float(most)
        self._under_way = self._cuts = 0
        self._changed = threading.Condition()

    @property
    def limit(self) -> int:
        """Requests that may be under way."""
        return int(self._limit)

    def enter(self) -> int:
        """Wait for a turn; give what is returned to ``leave``."""
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self.limit)
            self._under_way += 1
            return self._cuts

    def leave(self, turn: int, *, throttled: bool) -> None:
        """End a turn; of the requests that are throttled together, only the first counts."""
        with self._changed:
            self._under_way -= 1
            if not throttled:
                self._limit = min(self._limit + 1 / self._limit, self._most)
            elif turn == self._cuts:
                self._limit = max(self._limit / 2, 1.0)
                self._cuts += 1
            self._changed.notify_all()
