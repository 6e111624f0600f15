"""Some records of a file whose length is not known before."""

from typing import Final

from .limits import SAMPLE
from .record import Record
from .spaced import Spaced

_HELD: Final = 2 * SAMPLE  # records; what the sample is chosen from


class Sample:
    """32 records, evenly spaced, or all where there are fewer."""

    def __init__(self) -> None:
        self._spaced = Spaced[Record](_HELD)

    @property
    def records(self) -> tuple[Record, ...]:
        """The first, the last and what lies between, as far as they are held."""
        held = self._spaced.kept
        last = len(held) - 1
        if last < SAMPLE:
            return tuple(held)
        return tuple(held[round(n * last / (SAMPLE - 1))] for n in range(SAMPLE))

    def offer(self, record: Record) -> None:
        """Take the record, or not."""
        if self._spaced.wants():
            self._spaced.keep(record)
