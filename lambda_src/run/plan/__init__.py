"""What a run would be, take and cost, and whether a deploy would start it.

Free of AWS: what is deployed is handed in. Nothing is made up: a price or a duration that nobody publishes is unknown,
and said to be.
"""

from .changes import Change, Intended
from .deployed import METADATA, Deployed, DeployedError
from .order import Order, OwnPrices, Sampling
from .pace import Pace
from .plan import Plan
from .prices import Prices, TokenPrice
from .start import Asked, Outcome, Permit, Start

__all__ = [
    "METADATA",
    "Asked",
    "Change",
    "Deployed",
    "DeployedError",
    "Intended",
    "Order",
    "Outcome",
    "OwnPrices",
    "Pace",
    "Permit",
    "Plan",
    "Prices",
    "Sampling",
    "Start",
    "TokenPrice",
]
