"""Collects, record by record, what is to be said of the dataset as a whole."""

import marshal
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zlib import crc32

from ...reward.rollout import reference_text
from ...reward.rubric import Rubric
from ..chat_record import STANDARD_FIELDS
from .alignment import AlignmentSurvey
from .content import Content
from .duplicates import similar
from .finding import Findings, Place
from .lengths import LengthsSurvey
from .private import private
from .record import Record
from .similarity import Prompts, Spot, folded
from .skew import SkewSurvey
from .text import answer_key, answer_text, prompt_text


class Survey:
    """Looks at every valid record of every file once, in order: train, validation, test.

    Args:
        names: What findings call each part's file.
        rubric: The grader, for the alignment of prompts and grader; None where it is not known.
        hyper_parameters: API names; ``maxPromptLength`` and ``inferenceMaxTokens`` are compared with the lengths.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        *,
        rubric: Rubric | None = None,
        hyper_parameters: Mapping[str, Any] | None = None,
    ) -> None:
        self._names = names
        self._prompts = Prompts()
        self._lengths = LengthsSurvey(hyper_parameters or {})
        self._skew = SkewSurvey()
        self._alignment = AlignmentSurvey(rubric)
        self._private = Findings()

    def observe(self, part: str, line: int, record: Record) -> None:
        """Take one valid record into account."""
        text, reference = prompt_text(record), record.get("reference_answer")
        prompt, final = folded(text), reference_text(reference)
        self._prompts.observe(Spot(part, line), prompt, answer=answer_key(reference, final), rest=_rest(record))
        self._lengths.observe(part, line, text, answer_text(reference, final))
        self._skew.observe(part, record, final)
        self._alignment.observe(part, line, prompt, record)
        self._private.extend(private(record, Place(self._names[part], line)))

    def content(self) -> Content:
        """What was seen, and the findings that follow from it."""
        findings = Findings()
        likes = similar(self._prompts.matches(), self._names, findings)
        skew = self._skew.skew(self._names)
        for more in (self._lengths.findings(self._names), self._alignment.findings(self._names), skew.findings):
            findings.extend(more)
        findings.shown += self._private.shown
        findings.counts.update(self._private.counts)
        return Content(
            lengths=self._lengths.lengths(),
            similar=replace(likes, largest=skew.largest),
            shares=skew.shares,
            alignment=self._alignment.alignment(),
            findings=findings,
        )


def _rest(record: Record) -> int:
    """A hash of what a record holds besides its id, its messages and its answer."""
    rest = {name: value for name, value in record.items() if name not in STANDARD_FIELDS}
    return crc32(marshal.dumps(rest, 0)) if rest else 0
