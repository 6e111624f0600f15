"""Numbers in groups that grow together (union-find), each with one that came before it; 21 bytes a number."""

from array import array
from collections import Counter
from typing import Final


class Groups:
    """The numbers from 0 on, each a group of its own at first.

    Attributes:
        exact: Numbers that are the same as the one before them, and not only alike.
        likeness: Of each and the one before it, in [0, 1].
    """

    _NONE: Final = -1

    def __init__(self, count: int) -> None:
        self._parents = array("Q", range(count))
        self._earlier = array("q", [self._NONE]) * count
        self.likeness = array("f", [0.0]) * count
        self.exact = bytearray(count)

    def join(self, number: int, earlier: int, *, likeness: float = 1.0, exact: bool = False) -> None:
        """Put two into one group; of all that come before a number, the first is noted."""
        first, second = sorted((self._root(number), self._root(earlier)))
        self._parents[second] = first
        if not self.is_behind(number, earlier):
            self._earlier[number], self.likeness[number], self.exact[number] = earlier, likeness, exact

    def earlier(self, number: int) -> int | None:
        """The one before it that is noted."""
        earlier = self._earlier[number]
        return None if earlier == self._NONE else earlier

    def is_behind(self, number: int, earlier: int) -> bool:
        """Whether one is noted for it that comes no later than ``earlier``."""
        return self._NONE < self._earlier[number] <= earlier

    def sizes(self) -> dict[int, int]:
        """Size of a group -> how many have it; groups of one left out.

        >>> groups = Groups(4)
        >>> groups.join(3, 1)
        >>> groups.sizes()
        {2: 1}
        """
        joined = (number for number, parent in enumerate(self._parents) if number != parent)
        return dict(Counter(1 + others for others in Counter(map(self._root, joined)).values()))

    def _root(self, number: int) -> int:
        """The smallest number of its group."""
        parents = self._parents
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number
