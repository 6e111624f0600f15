"""Prices of a region, each with its source; a region or a thing without a price is unknown, never free."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent / "prices.toml"

_MILLION: Final = 1_000_000
_MODELS: Final = "models"


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit costs.

    Attributes:
        usd: Of one unit.
        unit: In words.
        source: URL at which the figure was read; empty for one that the project names.
    """

    usd: float
    unit: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """What a million tokens cost, read and written."""

    input: float
    output: float
    source: str = ""

    def usd(self, input_tokens: float, output_tokens: float) -> float:
        """What so many tokens cost.

        >>> TokenPrice(0.5, 2.0).usd(1_000_000, 500_000)
        1.5
        """
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION


@dataclass(frozen=True, slots=True)
class Prices:
    """All that is known of one region."""

    region: str
    services: Mapping[str, Price] = field(default_factory=dict)
    models: Mapping[str, TokenPrice] = field(default_factory=dict)

    @classmethod
    def of(cls, region: str) -> "Prices":
        """Those of the price file; none for a region that is not in it.

        >>> Prices.of("us-east-1").services["alarm"].usd, Prices.of("mars-north-1").services
        (0.1, {})
        """
        entries = _entries().get(region, {})
        services = {name: _price(entry) for name, entry in entries.items() if name != _MODELS}
        models = {
            name: TokenPrice(entry["input"], entry["output"], entry["source"])
            for name, entry in entries.get(_MODELS, {}).items()
        }
        return cls(region, services, models)


def _price(entry: Mapping[str, Any]) -> Price:
    return Price(entry["usd"], entry["unit"], entry["source"])


@cache
def _entries() -> Mapping[str, Any]:
    with FILE.open("rb") as file:
        return tomllib.load(file)
