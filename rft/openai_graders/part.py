"""One grader of a definition: its entry of the rubric, the files that it needs, and what will be different."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from . import entries, judge_rubric, python_family
from .definition import GraderError, PythonCode, ScoreModel, Single, StringCheck, TextSimilarity

_TEXT: Final = "the response is compared without its thinking and without blanks at its ends"
_METRICS: Final = {
    "fuzzy_match": "fuzzy_match is rapidfuzz.fuzz.ratio here; the service names rapidfuzz and no function of it",
    "bleu": "bleu counts words in lower case and smooths the longer runs; the service does not say how it counts",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A grader and its surroundings.

    Attributes:
        name: Of its files.
        where: How messages call it.
        bounds: Lowest and highest value, if it is a python grader.
    """

    grader: Single
    name: str
    where: str
    bounds: tuple[float, float]

    @property
    def range(self) -> tuple[float, float]:
        """Lowest and highest value."""
        if isinstance(self.grader, ScoreModel):
            return self.grader.range
        return self.bounds if isinstance(self.grader, PythonCode) else (0.0, 1.0)

    @property
    def is_binary(self) -> bool:
        """Whether it gives 0 or 1 and nothing else."""
        return isinstance(self.grader, StringCheck)

    def entry(self, *, is_inverse: bool = False) -> dict[str, Any]:
        """Its entry, without a role.

        Args:
            is_inverse: Whether to pay for the opposite.

        Raises:
            GraderError: There is no equivalent.
        """
        if is_inverse and not isinstance(self.grader, StringCheck):
            raise GraderError(self.where, "counts against the score; expected a string_check, which has an opposite")
        match self.grader:
            case StringCheck():
                return entries.string_check(self.grader, self.where, is_inverse=is_inverse)
            case TextSimilarity():
                return entries.text_similarity(self.grader, self.where)
            case ScoreModel():
                return {"function": "judge.score", "options": judge_rubric.options(self.grader, self.name)}
            case PythonCode():
                return {"function": f"{self._family}.score"}

    def files(self) -> dict[PurePosixPath, str]:
        """Content by path below ``lambda_src/reward``.

        Raises:
            GraderError: There is no equivalent.
        """
        match self.grader:
            case ScoreModel():
                toml = judge_rubric.write(self.grader, self.name, self.where)
                return {PurePosixPath("rubrics", f"{self.name}.toml"): toml}
            case PythonCode():
                modules = python_family.modules(self.grader, self._family, self.bounds, self.where)
                return {PurePosixPath("rewards", file): text for file, text in modules.items()}
            case _:
                return {}

    def notes(self) -> Iterator[str]:
        """What is different."""
        match self.grader:
            case ScoreModel():
                yield from judge_rubric.notes(self.grader)
            case PythonCode():
                yield from python_family.notes(self.bounds)
            case TextSimilarity(metric=metric):
                yield _TEXT
                yield from (_METRICS[metric],) if metric in _METRICS else ()
            case StringCheck():
                yield _TEXT

    @property
    def _family(self) -> str:
        return self.name.replace("-", "_")
