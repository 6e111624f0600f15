"""Whether prompts ask for what the grader wants of a response's form."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ....reward.rubric import Rubric
from ..content import Alignment
from ..finding import Finding, Place
from .trial import Wanted, wanted

_TRIED: Final = 64  # records of which some are answered
_LEAST_ASKED: Final = 0.5  # of the prompts


class AlignmentSurvey:
    """The prompts of the first part, held against what the grader wants.

    Args:
        rubric: The grader; None where it is not known.
    """

    def __init__(self, rubric: Rubric | None) -> None:
        self._rubric = rubric
        self._part = ""
        self._waiting: list[tuple[int, bytes, Mapping[str, Any]]] = []
        self._wanted: list[_Asked] | None = None
        self._prompts = 0

    def observe(self, part: str, line: int, prompt: bytes, record: Mapping[str, Any]) -> None:
        """Take a record into account, whose messages, folded, are the prompt."""
        self._part = self._part or part
        if self._rubric is None or part != self._part:
            return
        self._prompts += 1
        if self._wanted is None:
            self._waiting.append((line, prompt, record))
            if len(self._waiting) == _TRIED:
                self._try(self._rubric)
        else:
            for asked in self._wanted:
                asked.count(line, prompt)

    def alignment(self) -> tuple[Alignment, ...]:
        """What the grader wants, and how many prompts ask for it."""
        return tuple(
            Alignment(asked.wanted.form.wants, asked.wanted.lost, asked.share(self._prompts))
            for asked in self._settled()
        )

    def findings(self, names: Mapping[str, str]) -> Iterator[Finding]:
        """What too few prompts ask for.

        Args:
            names: What findings call each part's file.
        """
        for asked in self._settled():
            share, form = asked.share(self._prompts), asked.wanted.form
            if share < _LEAST_ASKED:
                yield Place(names[self._part], asked.first_without).warning(
                    "form-not-asked",
                    f"ask for {form.wants} in {share:.0%} of {self._prompts:,} prompts, not in that of this line; a "
                    f"right answer without it loses {asked.wanted.lost:.0%} of its reward",
                    expected=f'prompts that ask for it, with a sentence such as "{form.ask}"',
                    field="messages",
                )

    def _settled(self) -> "list[_Asked]":
        if self._wanted is None and self._rubric is not None:
            self._try(self._rubric)
        return self._wanted or []

    def _try(self, rubric: Rubric) -> None:
        waiting, self._waiting = self._waiting, []
        self._wanted = [_Asked(each) for each in wanted(rubric, [record for _, _, record in waiting])]
        for asked in self._wanted:
            for line, prompt, _ in waiting:
                asked.count(line, prompt)


class _Asked:
    """How many prompts ask for something.

    Attributes:
        first_without: The line of the first that does not; 0 where all do.
    """

    def __init__(self, of: Wanted) -> None:
        self.wanted = of
        self.first_without = 0
        self._asking = 0

    def count(self, line: int, prompt: bytes) -> None:
        if self.wanted.form.is_asked(prompt):
            self._asking += 1
        else:
            self.first_without = self.first_without or line

    def share(self, prompts: int) -> float:
        return self._asking / max(prompts, 1)
