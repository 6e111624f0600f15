"""What a judge is told to look at: one TOML file per rubric in ``lambda_src/reward/rubrics``.

A rubric of mode ``scores`` has criteria that are each marked on a scale; one of mode ``pairwise`` has criteria by
which the response is compared with another text, which ``against`` names.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

REASONING: Final = "reasoning"
RESPONSE: Final = "response"
SCORES: Final = "scores"
PAIRWISE: Final = "pairwise"

_FOLDER: Final = Path(__file__).parents[2] / "rubrics"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SCALE: Final = (1, 5)
_MOST_MARKS: Final = 101
_KEYS: Final = ("instructions", "mode", "scale", "shows", "against", "criteria")
_CRITERION_KEYS: Final = ("name", "description", "weight")


class JudgeRubricError(ValueError):
    """A rubric file that no judge can use; names the file and the key."""


@dataclass(frozen=True, slots=True)
class JudgeCriterion:
    """One thing to look at; ``weight`` is its share of the weighted mean."""

    name: str
    description: str
    weight: float


@dataclass(frozen=True, slots=True)
class JudgeRubric:
    """A judge's task.

    Attributes:
        mode: ``SCORES`` or ``PAIRWISE``.
        shows: What the judge sees beside the response: ``prompt``, ``reference`` or other fields of the record.
        against: What the response is compared with; None where it is marked.
        scale: Lowest and highest mark.
    """

    name: str
    instructions: str
    mode: str
    shows: tuple[str, ...]
    against: str | None
    scale: tuple[int, int]
    criteria: tuple[JudgeCriterion, ...]

    @property
    def marks(self) -> tuple[int, ...]:
        low, high = self.scale
        return tuple(range(low, high + 1))


def known_rubrics() -> list[str]:
    """Names of all rubrics, as the option ``rubric`` takes them."""
    return sorted(file.stem for file in _FOLDER.glob("*.toml"))


@cache
def load(name: str) -> JudgeRubric:
    """The rubric of that name.

    Raises:
        JudgeRubricError: There is none, or it cannot be used.
    """
    if name not in known_rubrics():
        raise JudgeRubricError(f"no rubric {name!r}; expected one of {', '.join(known_rubrics())}")
    return parse(name, (_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def parse(name: str, text: str) -> JudgeRubric:
    """Read a rubric.

    Raises:
        JudgeRubricError: Names the key that is wrong, and what is expected.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise JudgeRubricError(f"{name}.toml: {error}") from None
    where = f"{name}.toml"
    _check_keys(where, given, _KEYS)
    mode = given.get("mode", SCORES)
    if mode not in (SCORES, PAIRWISE):
        raise JudgeRubricError(f"{where}: mode is {mode!r}; expected {SCORES} or {PAIRWISE}")
    unfit = "scale" if mode == PAIRWISE else "against"
    if unfit in given:
        raise JudgeRubricError(f"{where}: {unfit} does not apply to mode {mode}")
    return JudgeRubric(
        name=name,
        instructions=_text(where, "instructions", given.get("instructions")),
        mode=mode,
        shows=_shows(where, given.get("shows")),
        against=_text(where, "against", given.get("against")) if mode == PAIRWISE else None,
        scale=_scale(where, given.get("scale", _SCALE)),
        criteria=_criteria(where, given.get("criteria")),
    )


def _shows(where: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and value and all(isinstance(name, str) and name.strip() for name in value):
        return tuple(name for name in dict.fromkeys(value) if name != RESPONSE)
    raise JudgeRubricError(f"{where}: shows is {value!r}; expected a list such as ['prompt', 'reference', 'response']")


def _scale(where: str, value: object) -> tuple[int, int]:
    if isinstance(value, Sequence) and len(value) == 2 and all(type(bound) is int for bound in value):  # noqa: PLR2004 - a pair
        low, high = value
        if 0 < high - low < _MOST_MARKS:
            return low, high
    raise JudgeRubricError(f"{where}: scale is {value!r}; expected two whole numbers, lowest and highest mark")


def _criteria(where: str, value: object) -> tuple[JudgeCriterion, ...]:
    if not isinstance(value, list) or not value:
        raise JudgeRubricError(f"{where}: criteria is {value!r}; expected [[criteria]] at least once")
    criteria = tuple(_criterion(f"{where}: criteria[{i}]", one) for i, one in enumerate(value))
    names = [criterion.name for criterion in criteria]
    if len(set(names)) < len(names):
        raise JudgeRubricError(f"{where}: criteria are called {', '.join(names)}; expected different names")
    return criteria


def _criterion(where: str, given: object) -> JudgeCriterion:
    if not isinstance(given, Mapping):
        raise JudgeRubricError(f"{where} is {given!r}; expected name, description and weight")
    _check_keys(where, given, _CRITERION_KEYS)
    name, weight = given.get("name"), given.get("weight", 1)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name == REASONING:
        raise JudgeRubricError(f"{where}: name is {name!r}; expected small letters, digits and _, not {REASONING!r}")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
        raise JudgeRubricError(f"{where}: weight is {weight!r}; expected a number above 0")
    return JudgeCriterion(name, _text(where, "description", given.get("description")), float(weight))


def _text(where: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise JudgeRubricError(f"{where}: {key} is {value!r}; expected a text")
    return value.strip()


def _check_keys(where: str, given: Mapping[str, Any], known: Sequence[str]) -> None:
    for key in given:
        if key not in known:
            raise JudgeRubricError(f"{where}: unknown key {key}; expected {', '.join(known)}")
