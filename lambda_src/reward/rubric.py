"""A weighted set of reward functions: one number per rollout."""

import math
import re
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Protocol, cast

from .rollout import RecordError, Rollout, Score, TransientError, item_id

_KEYS: Final = ("function", "weight", "options")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class _Family(Protocol):
    """What a module of reward functions offers beside them."""

    def parsed(self, rollout: Rollout, /) -> bool: ...
    def right_answer(self, record: Mapping[str, Any], /) -> str: ...
    def wrong_answer(self, record: Mapping[str, Any], /) -> str: ...


class RubricError(ValueError):
    """A rubric that cannot grade; names the entry and the key."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One reward function with its options, and its share in the reward."""

    name: str
    weight: float
    function: Callable[..., float]
    options: Mapping[str, Any]

    def value(self, rollout: Rollout) -> float:
        """What the function gives.

        Raises:
            ArithmeticError: It is not a number in [0, 1].
        """
        value = self.function(rollout, **self.options)
        if not 0.0 <= value <= 1.0:  # not a number fails every comparison
            raise ArithmeticError(f"returned {value}; expected a number from 0 to 1")
        return float(value)


@dataclass(frozen=True, slots=True)
class Rubric:
    """Reward functions and the weights that turn their values into one reward."""

    criteria: tuple[Criterion, ...]

    @classmethod
    def from_config(cls, entries: Sequence[Mapping[str, Any]]) -> "Rubric":
        """Read a rubric as project files write it.

        Raises:
            RubricError: An entry or the sum of the weights is not usable.
        """
        criteria = tuple(_criterion(f"reward[{i}]", entry) for i, entry in enumerate(entries))
        names = [criterion.name for criterion in criteria]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise RubricError(f"reward[{i}].function: {name} is listed twice; expected each function once")
        if not sum(criterion.weight for criterion in criteria) > 0:
            raise RubricError("reward: the weights sum to 0; expected at least one weight above 0")
        return cls(criteria)

    def grade(self, items: Iterable[object]) -> list[Score]:
        """Score a batch: same length, order and ids; what cannot be graded costs that item alone.

        Raises:
            TransientError: The batch is to be tried again.
        """
        return [self._grade(item) for item in items]

    def score(self, rollout: Rollout) -> Score:
        """Score one rollout; a bug in a reward function is an error of this score, not of the batch.

        Raises:
            TransientError: The rollout is to be graded again.
        """
        parts: dict[str, float] = {}
        for criterion in self.criteria:
            try:
                parts[criterion.name] = criterion.value(rollout)
            except TransientError:
                raise
            except RecordError as unreadable:
                return _lowest(rollout, str(unreadable))
            except Exception as bug:
                return _lowest(rollout, f"rollout {rollout.id}: {criterion.name}: {_described(bug)}")
        return Score(rollout, self._reward(parts), parts, parsed=self._family().parsed(rollout))

    def right_answer(self, record: Mapping[str, Any]) -> str:
        """How a good response to a dataset record looks.

        Raises:
            RecordError: The record has no reference answer that the rubric understands.
        """
        return self._family().right_answer(record)

    def wrong_answer(self, record: Mapping[str, Any]) -> str:
        """How a response to a dataset record looks that differs from a good one in its answer alone.

        Raises:
            RecordError: The record has no reference answer that the rubric understands.
        """
        return self._family().wrong_answer(record)

    def _grade(self, item: object) -> Score:
        try:
            rollout = Rollout.from_event(item)
        except RecordError as unreadable:
            return _lowest(Rollout(item_id(item), ""), str(unreadable))
        return self.score(rollout)

    def _reward(self, parts: Mapping[str, float]) -> float:
        # exact sums: full marks are to make 1.0, whatever the weights
        total = math.fsum(criterion.weight for criterion in self.criteria)
        return math.fsum(criterion.weight * parts[criterion.name] for criterion in self.criteria) / total

    def _family(self) -> _Family:
        heaviest = max(self.criteria, key=lambda criterion: criterion.weight)
        return cast(_Family, _module(heaviest.name.split(".")[0]))


def known_functions() -> list[str]:
    """Names of all reward functions, as a rubric writes them."""
    files = sorted(Path(__file__).with_name("rewards").glob("[a-z]*.py"))
    return [f"{file.stem}.{name}" for file in files for name in _functions(_module(file.stem))]


def _criterion(where: str, entry: object) -> Criterion:
    if not isinstance(entry, Mapping):
        raise RubricError(f"{where}: {entry!r}; expected an object with function, weight and, if needed, options")
    for key in entry:
        if key not in _KEYS:
            raise RubricError(f"{where}.{key}: unknown key; expected {', '.join(_KEYS)}")
    function = _function(where, entry.get("function"))
    return Criterion(
        name=entry["function"],
        weight=_weight(where, entry.get("weight")),
        function=function,
        options=_options(where, function, entry.get("options") or {}),
    )


def _function(where: str, name: object) -> Callable[..., float]:
    if isinstance(name, str) and _NAME.fullmatch(name):
        family, function = name.split(".")
        if Path(__file__).with_name("rewards").joinpath(f"{family}.py").is_file():
            found = _functions(_module(family)).get(function)
            if found:
                return found
    raise RubricError(f"{where}.function: unknown function {name!r}; expected one of {', '.join(known_functions())}")


def _weight(where: str, weight: object) -> float:
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
        raise RubricError(f"{where}.weight: {weight!r}; expected a number of 0 or more")
    return float(weight)


def _options(where: str, function: Callable[..., float], options: object) -> Mapping[str, Any]:
    """Options are the function's keyword-only arguments, all of which have defaults and are positive numbers."""
    defaults: Mapping[str, Any] = getattr(function, "__kwdefaults__", None) or {}
    if not isinstance(options, Mapping):
        raise RubricError(f"{where}.options: {options!r}; expected an object")
    for name, value in options.items():
        if name not in defaults:
            raise RubricError(f"{where}.options.{name}: unknown option; expected {', '.join(defaults) or 'none'}")
        if type(value) is not type(defaults[name]) or not value > 0:
            kind = type(defaults[name]).__name__
            raise RubricError(f"{where}.options.{name}: {value!r}; expected a positive {kind}")
    return dict(options)


def _functions(module: ModuleType) -> dict[str, Callable[..., float]]:
    return {
        name: function
        for name, function in vars(module).items()
        if callable(function)
        and getattr(function, "__module__", None) == module.__name__
        and not name.startswith("_")
        and not hasattr(_Family, name)
    }


def _module(family: str) -> ModuleType:
    return import_module(f".rewards.{family}", __package__)


def _lowest(rollout: Rollout, error: str) -> Score:
    return Score(rollout, reward=0.0, parsed=False, error=error)


def _described(bug: Exception) -> str:
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    return f"{type(bug).__name__}: {bug} ({Path(frame.filename).name}:{frame.lineno})"
