"""One entry of a rubric: which reward function, with which options, and what its value does to the reward."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from .batched import Deadline, Judgement, takes_batch
from .options import OptionError, checked
from .rollout import RecordError, Rollout
from .scaling import scaled

_KEYS: Final = ("function", "minimum", "name", "weight", "gate", "penalty", "scale", "options")
_MEMBER_KEYS: Final = ("function", "options", "scale")
_ROLES: Final = ("weight", "gate", "penalty")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_WHOLE: Final = (0.0, 1.0)
_HOOKS: Final = ("parsed", "check_options", "preload")


class RubricError(ValueError):
    """A rubric that cannot grade; names the entry and the key."""


@dataclass(frozen=True, slots=True)
class Call:
    """A reward function with its options; ``scale`` is the range of its values that counts, mapped to [0, 1]."""

    name: str
    function: Callable[..., Any]
    options: Mapping[str, Any]
    scale: tuple[float, float] = _WHOLE

    @property
    def family(self) -> str:
        return self.name.split(".")[0]

    @property
    def takes_batch(self) -> bool:
        return takes_batch(self.function)

    def value(self, rollout: Rollout) -> float:
        """What the function gives for one rollout.

        Raises:
            ArithmeticError: It is not a number in [0, 1].
        """
        return self._scaled(self.function(rollout, **self.options))

    def judgements(self, rollouts: Sequence[Rollout], deadline: Deadline) -> list[Judgement | RecordError]:
        """What a batched function gives, in order.

        Raises:
            ArithmeticError: It gave not one answer per rollout, or no number in [0, 1].
        """
        given = self.function(rollouts, deadline, **self.options)
        if len(given) != len(rollouts):
            raise ArithmeticError(f"returned {len(given)} judgements for {len(rollouts)} rollouts")
        return [
            one if isinstance(one, RecordError) else Judgement(self._scaled(one.value), one.reason, one.metrics)
            for one in given
        ]

    def _scaled(self, value: float) -> float:
        if not 0.0 <= value <= 1.0:  # not a number fails every comparison
            raise ArithmeticError(f"returned {value}; expected a number from 0 to 1")
        return float(value) if self.scale == _WHOLE else scaled(value, *self.scale)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One part of the reward.

    Attributes:
        name: How the part is called in Bedrock's ``metrics_list``.
        calls: One reward function, or several of which the smallest value counts.
        weight: Share of the weighted mean; 0 measures without paying.
        gate: Value from which on the entries that are no gates are paid at all; None if this one is no gate.
        penalty: What is subtracted from the reward for a value of 0; nothing for a value of 1.
    """

    name: str
    calls: tuple[Call, ...]
    weight: float = 0.0
    gate: float | None = None
    penalty: float = 0.0

    @classmethod
    def of(cls, where: str, entry: object) -> "Criterion":
        """Read an entry as project files write it.

        Raises:
            RubricError: Names the entry and the key.
        """
        if not isinstance(entry, Mapping):
            raise RubricError(f"{where}: {entry!r}; expected an object with function and weight, gate or penalty")
        given = {key: value for key, value in entry.items() if value is not None}
        _check_keys(where, given, _KEYS)
        calls = tuple(_calls(where, given))
        _check_roles(where, given)
        return cls(
            name=_part_name(where, given, calls),
            calls=calls,
            weight=_number(where, "weight", given.get("weight", 0.0), most=math.inf),
            gate=_number(where, "gate", given["gate"], above_zero=True) if "gate" in given else None,
            penalty=_number(where, "penalty", given.get("penalty", 0.0), above_zero="penalty" in given),
        )

    @property
    def family(self) -> str:
        return self.calls[0].family

    @property
    def takes_batch(self) -> bool:
        """Whether any of its functions asks another process or service."""
        return any(call.takes_batch for call in self.calls)

    def value(self, rollout: Rollout) -> float:
        """The smallest value of its functions, none of which takes batches.

        Raises:
            ArithmeticError: A function gave no number in [0, 1].
        """
        if len(self.calls) == 1:
            return self.calls[0].value(rollout)
        return min(call.value(rollout) for call in self.calls)

    def is_met(self, value: float) -> bool:
        """Whether the value opens the gate; what is no gate is always open."""
        return self.gate is None or value >= self.gate


def known_functions() -> list[str]:
    """Names of all reward functions, as a rubric writes them."""
    files = sorted(Path(__file__).with_name("rewards").glob("[a-z]*.py"))
    return [f"{file.stem}.{name}" for file in files for name in _functions(family_module(file.stem))]


def family_module(family: str) -> ModuleType:
    """The module of a family of reward functions."""
    return import_module(f".rewards.{family}", __package__)


def _calls(where: str, entry: Mapping[str, Any]) -> Iterator[Call]:
    if ("function" in entry) == ("minimum" in entry):
        both = f"{entry.get('function')!r} beside {entry.get('minimum')!r} as minimum"
        raise RubricError(f"{where}.function: {both}; expected one of the two")
    if "function" in entry:
        yield _call(where, entry)
        return
    members = entry["minimum"]
    if not isinstance(members, Sequence) or isinstance(members, str) or len(members) < 2:  # noqa: PLR2004 - of one there is no minimum
        raise RubricError(f"{where}.minimum: {members!r}; expected a list of two entries or more")
    if entry.get("options") or "scale" in entry:
        raise RubricError(f"{where}: options and scale belong to the entries below minimum")
    for i, member in enumerate(members):
        if not isinstance(member, Mapping):
            raise RubricError(f"{where}.minimum[{i}]: {member!r}; expected an object with function")
        given = {key: value for key, value in member.items() if value is not None}
        _check_keys(f"{where}.minimum[{i}]", given, _MEMBER_KEYS)
        yield _call(f"{where}.minimum[{i}]", given)


def _call(where: str, entry: Mapping[str, Any]) -> Call:
    function = _function(where, entry.get("function"))
    options = entry.get("options") or {}
    if not isinstance(options, Mapping):
        raise RubricError(f"{where}.options: {options!r}; expected an object")
    try:
        options = checked(function, options)
        check = getattr(family_module(entry["function"].split(".")[0]), "check_options", None)
        if check is not None:
            check(function.__name__, options)
    except OptionError as error:
        raise RubricError(f"{where}.options.{error.name}: {error}") from None
    return Call(entry["function"], function, options, _scale(where, entry.get("scale", _WHOLE)))


def _function(where: str, name: object) -> Callable[..., Any]:
    if isinstance(name, str) and _NAME.fullmatch(name):
        family, function = name.split(".")
        if Path(__file__).with_name("rewards").joinpath(f"{family}.py").is_file():
            found = _functions(family_module(family)).get(function)
            if found:
                return found
    raise RubricError(f"{where}.function: unknown function {name!r}; expected one of {', '.join(known_functions())}")


def _functions(module: ModuleType) -> dict[str, Callable[..., Any]]:
    return {
        name: function
        for name, function in vars(module).items()
        if callable(function)
        and not isinstance(function, type)
        and getattr(function, "__module__", None) == module.__name__
        and not name.startswith("_")
        and name not in _HOOKS
    }


def _check_keys(where: str, entry: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in entry:
        if key not in known:
            raise RubricError(f"{where}.{key}: unknown key; expected {', '.join(known)}")


def _check_roles(where: str, entry: Mapping[str, Any]) -> None:
    roles = [role for role in _ROLES if role in entry]
    if not roles:
        raise RubricError(f"{where}.weight: missing; expected weight, gate or penalty")
    if "penalty" in roles and len(roles) > 1:
        raise RubricError(f"{where}.penalty: stands beside {roles[0]}; expected a penalty alone")


def _part_name(where: str, entry: Mapping[str, Any], calls: Sequence[Call]) -> str:
    name = entry.get("name", "minimum" if len(calls) > 1 else calls[0].name)
    if not isinstance(name, str) or not name.strip():
        raise RubricError(f"{where}.name: {name!r}; expected a text")
    return name


def _number(where: str, key: str, value: object, *, most: float = 1.0, above_zero: bool = False) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not 0 <= value <= most or (above_zero and value == 0):  # type: ignore[operator]  # a number by now
        least = "above 0" if above_zero else "of 0 or more"
        raise RubricError(f"{where}.{key}: {value!r}; expected a number {least}{'' if most > 1 else ', 1 at most'}")
    return float(value)  # type: ignore[arg-type]  # as above


def _scale(where: str, value: object) -> tuple[float, float]:
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:  # noqa: PLR2004 - a pair
        low, high = (_number(where, "scale", bound) for bound in value)
        if low < high:
            return low, high
    raise RubricError(f"{where}.scale: {value!r}; expected [low, high] with 0 <= low < high <= 1")
