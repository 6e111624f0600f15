"""Some of many, evenly spaced, when it is not known how many will come."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Spaced(Generic[T]):
    """Keeps up to ``most`` of what is offered; when full, every other one is kept and half as many are taken.

    Attributes:
        kept: At least half of ``most``, where as many were offered.
    """

    def __init__(self, most: int) -> None:
        self.kept: list[T] = []
        self._most = most
        self._offered = 0
        self._stride = 1

    def wants(self) -> bool:
        """Count one more; whether it is to be kept."""
        wanted = self._offered % self._stride == 0
        self._offered += 1
        return wanted

    def keep(self, one: T) -> None:
        self.kept.append(one)
        if len(self.kept) > self._most:
            self.kept = self.kept[::2]
            self._stride *= 2
