"""What a run and its stack cost: what is known, and what is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .item import Bound, Item, dollars
from .order import Order
from .run_cost import run_cost
from .upkeep import upkeep


@dataclass(frozen=True, slots=True)
class Cost:
    """List prices without taxes, free tiers and discounts.

    Attributes:
        run: Once, for this run.
        month: Every month.
    """

    run: tuple[Item, ...] = ()
    month: tuple[Item, ...] = ()

    @classmethod
    def of(cls, order: Order) -> "Cost":
        """Nothing of a rehearsal costs anything."""
        return cls() if order.local else cls(run_cost(order), upkeep(order))

    def to_json(self) -> dict[str, Any]:
        return {
            "run": [item.to_json() for item in self.run],
            "runKnownUsd": known(self.run),
            "runUnknown": unknown(self.run),
            "month": [item.to_json() for item in self.month],
            "monthKnownUsd": known(self.month),
            "monthUnknown": unknown(self.month),
            "currency": "USD",
        }


def total(items: Sequence[Item]) -> str:
    """What is known of them, and what is missing.

    >>> total([Item("grader", 0.5, "", Bound.LEAST), Item("training", None, "no price")])
    '0.50 USD plus unknown: training, the rest of grader'
    """
    ceiling = "up to " if any(item.is_ceiling for item in items) else ""
    missing = [*unknown(items), *(f"the rest of {item.name}" for item in items if item.bound is Bound.LEAST)]
    return ceiling + dollars(known(items)) + (f" plus unknown: {', '.join(missing)}" if missing else "")


def known(items: Sequence[Item]) -> float:
    """The sum of what is known."""
    return sum(item.usd for item in items if item.usd is not None)


def unknown(items: Sequence[Item]) -> list[str]:
    """Names of what is not."""
    return list(dict.fromkeys(item.name for item in items if item.usd is None))
