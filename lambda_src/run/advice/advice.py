"""The advice, and what is to be said of values that the project gives."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from ..audit.job import SERVICE_DEFAULTS
from .facts import Facts
from .rules import rules
from .warnings import InEffect, warnings

ADVICE_VERSION: Final = 1
"""Goes up with every change to what is advised for some facts; the table in the tests says which facts those are."""


@dataclass(frozen=True, slots=True)
class Advised:
    """One hyperparameter that the job is told.

    Attributes:
        name: As the API spells it.
        value: What the job is told.
        reason: Why the advised value is what it is; empty where there is no advice.
        source: URL of the rule.
        given: Whether the project names the value; it wins over the advice.
        advised: The advised value; None where there is no advice.
    """

    name: str
    value: Any
    reason: str
    source: str
    given: bool
    advised: Any = None


@dataclass(frozen=True, slots=True)
class Advice:
    """All hyperparameters.

    Attributes:
        values: What the job is told, in the order of the API.
        others: What would be advised for those that the project leaves to the service.
        warnings: What is odd about the values in effect: what happens, and what to do, one sentence or two each.
    """

    values: tuple[Advised, ...]
    others: tuple[Advised, ...] = ()
    warnings: tuple[str, ...] = ()
    version: int = ADVICE_VERSION

    def to_api(self) -> dict[str, Any]:
        """The API structure."""
        return {one.name: one.value for one in self.values}

    def to_json(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "values": [asdict(one) for one in self.values],
            "leftToTheService": [asdict(one) for one in self.others],
            "warnings": list(self.warnings),
        }


def advise(facts: Facts, given: Mapping[str, Any], *, auto: bool = True) -> Advice:
    """Choose every hyperparameter that is not given, and look at those that are.

    Args:
        given: API names and values; they win.
        auto: Whether what is not given is taken from the advice; else it is left to the service.

    >>> advise(Facts(480, 100), {"epochCount": 3}).to_api()["batchSize"]
    64
    """
    advised = rules(facts, given)
    order = [name for name in SERVICE_DEFAULTS if name in advised or name in given]
    every = [_one(name, given, advised) for name in order]
    told = tuple(one for one in every if one.given or auto)
    values = {one.name: one.value for one in told}
    in_effect = InEffect(facts, values, {name: rule.value for name, rule in advised.items()})
    return Advice(told, tuple(one for one in every if one not in told), warnings(in_effect))


def _one(name: str, given: Mapping[str, Any], advised: Mapping[str, Any]) -> Advised:
    rule = advised.get(name)
    reason, source, value = (rule.reason, rule.source, rule.value) if rule else ("", "", None)
    is_given = given.get(name) is not None
    return Advised(name, given[name] if is_given else value, reason, source, is_given, value)
