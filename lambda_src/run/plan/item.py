"""One line of a cost estimate."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

_LEAST_SHOWN: Final = 0.01  # USD


class Bound(StrEnum):
    """How a figure is meant."""

    ABOUT = "about"
    MOST = "at most"
    LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Item:
    """What one part costs.

    Attributes:
        usd: None where it is not known; ``basis`` says why.
        basis: What it is reckoned from.
        sources: URLs of its prices; empty for those that the project names.
    """

    name: str
    usd: float | None
    basis: str
    bound: Bound = Bound.ABOUT
    sources: tuple[str, ...] = ()

    @property
    def amount(self) -> str:
        """In words.

        >>> Item("judge", 3.5, "", Bound.MOST).amount, Item("training", None, "").amount
        ('at most 3.50 USD', 'unknown')
        """
        if self.usd is None:
            return "unknown"
        if self.bound is Bound.LEAST:
            return f"{self.bound} {self.usd:,.2f} USD"
        return f"{self.bound} {dollars(self.usd)}" if self.is_ceiling else dollars(self.usd)

    @property
    def is_ceiling(self) -> bool:
        """Whether less may come of it, in an amount that counts."""
        return self.bound is Bound.MOST and self.usd is not None and self.usd >= _LEAST_SHOWN

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"bound": str(self.bound), "sources": list(self.sources)}


def dollars(usd: float) -> str:
    """An amount.

    >>> dollars(1234.5), dollars(0.004), dollars(0)
    ('1,234.50 USD', 'under 0.01 USD', '0 USD')
    """
    if not usd:
        return "0 USD"
    return "under 0.01 USD" if usd < _LEAST_SHOWN else f"{usd:,.2f} USD"
