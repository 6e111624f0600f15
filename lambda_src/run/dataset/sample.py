"""Some records of a file whose length is not known before."""

from typing import Final

from .limits import SAMPLE
from .record import Record

_HELD: Final = 2 * SAMPLE  # records; what the sample is chosen from


class Sample:
    """32 records, evenly spaced, or all where there are fewer.

    Chosen from up to 64: when these are full, every other one is kept, and half as many are taken from then on.
    """

    def __init__(self) -> None:
        self._held: list[Record] = []
        self._stride = 1

    @property
    def records(self) -> tuple[Record, ...]:
        """The first, the last and what lies between, as far as they are held."""
        last = len(self._held) - 1
        if last < SAMPLE:
            return tuple(self._held)
        return tuple(self._held[round(n * last / (SAMPLE - 1))] for n in range(SAMPLE))

    def offer(self, position: int, record: Record) -> None:
        """Take the record, or not.

        Args:
            position: Of the record among all, counted from 0; records that are not offered leave gaps.
        """
        if position % self._stride:
            return
        if len(self._held) == _HELD:
            self._held = self._held[::2]
            self._stride *= 2
        if position % self._stride == 0:
            self._held.append(record)
