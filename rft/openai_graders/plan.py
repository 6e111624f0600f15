"""What a definition becomes: entries of a rubric, files that they need, and what will be different."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from . import formula
from .definition import Grader, GraderError, Multi, ScoreModel
from .formula import Atom, Formula
from .part import Part

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Import:
    """The outcome.

    Attributes:
        reward: Entries of a project's ``reward``.
        files: Content by path below ``lambda_src/reward``.
        notes: What is different, in words.
        models: That the definition names as judges.
    """

    reward: list[dict[str, Any]]
    files: Mapping[PurePosixPath, str]
    notes: tuple[str, ...]
    models: tuple[str, ...]


def plan(grader: Grader, name: str, *, where: str = "$", bounds: tuple[float, float] = (0.0, 1.0)) -> Import:
    """What to write for a definition.

    Args:
        name: Of the files, and of what is imported.
        where: How messages call the definition.
        bounds: Lowest and highest value of its python graders.

    Raises:
        GraderError: There is no equivalent.
    """
    if not _NAME.fullmatch(name):
        raise GraderError("--name", f"{name!r}; expected words of small letters and digits, with hyphens between them")
    if isinstance(grader, Multi):
        parts = {
            key: Part(one, f"{name}-{_hyphened(key)}", f"{where}.graders.{key}", bounds)
            for key, one in grader.graders.items()
        }
        return _of_multi(grader, parts, f"{where}.calculate_output")
    part = Part(grader, name, where, bounds)
    return _outcome([part.entry() | {"weight": 1}], [part], ())


def _of_multi(grader: Multi, parts: Mapping[str, Part], where: str) -> Import:
    binary = {key for key, part in parts.items() if part.is_binary}
    read = formula.parse(grader.formula, set(parts), binary, where)
    sums = _Sum.of(read, parts, where)
    gates = [_entry(parts, (key,)) | {"gate": 1} for key in dict.fromkeys(read.gates) if (key,) not in sums.weights]
    used = dict.fromkeys([*read.gates, *(key for atom in read.terms for key in atom)])
    return _outcome(
        gates + list(sums.entries(parts)), [parts[key] for key in used], tuple(sums.notes(grader.formula, read))
    )


def _outcome(reward: list[dict[str, Any]], parts: Sequence[Part], notes: Sequence[str]) -> Import:
    models = [part.grader.model for part in parts if isinstance(part.grader, ScoreModel)]
    return Import(
        reward,
        files={path: text for part in parts for path, text in part.files().items()},
        notes=tuple(dict.fromkeys([*notes, *(note for part in parts for note in part.notes())])),
        models=tuple(dict.fromkeys(models)),
    )


@dataclass(frozen=True, slots=True)
class _Sum:
    """The sum of a formula in terms of values from 0 to 1.

    Attributes:
        weights: Of graders that add to the score.
        inverse: Of string checks whose opposite adds to it.
        penalties: Of string checks that take from it, as shares of the sum of the weights.
        constant: Beside all of these.
    """

    weights: Mapping[Atom, float]
    inverse: Mapping[Atom, float]
    penalties: Mapping[Atom, float]
    constant: float

    @classmethod
    def of(cls, read: Formula, parts: Mapping[str, Part], where: str) -> "_Sum":
        weights: dict[Atom, float] = {}
        negative: dict[Atom, float] = {}
        constant = read.constant
        for atom, coefficient in read.terms.items():
            low, high = _range(atom, parts, where)
            constant += coefficient * low
            (weights if coefficient > 0 else negative)[atom] = abs(coefficient) * (high - low)
        inverse: dict[Atom, float] = {}
        # 1 - a pays for the opposite of a; b - a takes from what b pays
        if sum(negative.values()) <= constant + _NEAR or not weights:
            inverse, negative = negative, {}
            constant -= sum(inverse.values())
        total = sum(weights.values()) + sum(inverse.values())
        result = cls(weights, inverse, {atom: size / total for atom, size in negative.items()}, constant)
        result.check(read, where)
        return result

    @property
    def total(self) -> float:
        return sum(self.weights.values()) + sum(self.inverse.values())

    def check(self, read: Formula, where: str) -> None:
        """Make sure that the rubric orders responses as the formula does.

        Raises:
            GraderError: It does not.
        """
        if read.is_clipped and (abs(self.constant) > _NEAR or self.total > 1 + _NEAR):
            raise GraderError(
                where,
                "max(0, ...) or min(1, ...) cuts off part of the scores, which a rubric does not; expected a sum that "
                "stays from 0 to 1 while no grader counts against it",
            )
        if read.gates and self.inverse:
            raise GraderError(where, "pays for the opposite of a grader within a product; expected it in a sum")
        if any(penalty > 1 for penalty in self.penalties.values()):
            raise GraderError(where, "a grader takes more than all others give; expected weights that sum to more")

    def entries(self, parts: Mapping[str, Part]) -> Iterator[dict[str, Any]]:
        for atom, weight in self.weights.items():
            yield _entry(parts, atom) | {"weight": _plain(weight)}
        for atom, weight in self.inverse.items():
            yield _entry(parts, atom, is_inverse=True) | {"weight": _plain(weight)}
        for atom, penalty in self.penalties.items():
            yield _entry(parts, atom, is_inverse=True) | {"penalty": _plain(penalty)}

    def notes(self, text: str, read: Formula) -> Iterator[str]:
        if abs(self.total - 1) > _NEAR or abs(self.constant) > _NEAR:
            yield (
                f"rewards are ({text} - {self.constant:g}) / {self.total:g}, so that they lie between 0 and 1; "
                "responses to one prompt are compared with each other, and compare as before"
            )
        if read.gates and abs(self.constant) > _NEAR:
            yield f"while one of {', '.join(read.gates)} is 0, as much is paid as for the lowest score of the others"
        if self.penalties and not read.is_clipped:
            yield "rewards are never below 0, where the formula can be"


def _entry(parts: Mapping[str, Part], atom: Atom, *, is_inverse: bool = False) -> dict[str, Any]:
    """The entry of a grader, or of several of which the smallest value counts."""
    if len(atom) == 1:
        return {"name": atom[0]} | parts[atom[0]].entry(is_inverse=is_inverse)
    if is_inverse:
        raise GraderError(parts[atom[0]].where, "counts against the score within min(...); expected it to add to it")
    return {"name": "-".join(atom), "minimum": [parts[key].entry() for key in atom]}


def _range(atom: Atom, parts: Mapping[str, Part], where: str) -> tuple[float, float]:
    ranges = {parts[key].range for key in atom}
    if len(ranges) > 1:
        raise GraderError(
            where, f"min({', '.join(atom)}) compares graders of different ranges; expected the same range for all"
        )
    return ranges.pop()


def _plain(number: float) -> float:
    """Without the noise of the arithmetic; whole numbers as such."""
    rounded = round(number, 9)
    return int(rounded) if rounded == int(rounded) else rounded


def _hyphened(key: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-") or "part"
