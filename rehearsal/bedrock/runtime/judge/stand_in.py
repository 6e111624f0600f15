"""The stand-in's judgement: measures turned into marks."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rehearsal.bedrock.runtime.judge import measures
from rehearsal.bedrock.runtime.judge.task import Criterion, Task
from rehearsal.bedrock.runtime.judge.words import Text, text_of

PREFIX = "local stand-in:"

_FULL = 0.9  # share that is worth the highest mark
_LEAST_COVERAGE = 0.2  # of the reference, in true sentences: below it, a response speaks of something else
_PARTICULAR = 0.6  # of the reference's rationale: the same case may be put in other words
_TIE = 0.1  # difference of quality that does not decide
_LABEL_KEYS = ("label", "decision", "verdict", "category", "answer")
_LABEL_LINE = re.compile(rf"[\"'*]*\b(?:{'|'.join(_LABEL_KEYS)})\b[\"'*]*\s*[:=]\s*[\"'*]*([\w-]+)", re.IGNORECASE)

_KEY = re.compile(rf"[\"']?\b(?:{'|'.join(_LABEL_KEYS)}|rationale|reason|explanation)\b[\"']?\s*:", re.IGNORECASE)

_KINDS = (
    ("label", ("label", "decision", "verdict", "category")),
    ("rationale", ("rationale", "justification", "explanation", "why")),
    ("support", ("faithful", "ground", "accura", "factual", "truth", "honest", "correct", "hallucinat")),
    ("form", ("clar", "concis", "brev", "readab", "style", "fluen", "plain", "tone", "format")),
    ("coverage", ("cover", "complete", "recall", "outcome", "goal", "success", "helpful", "instruction", "relevan")),
)


def judge(task: Task) -> dict[str, Any]:
    """Every field of the task, and the reasoning.

    >>> task = Task("t", (Criterion("faithfulness", "", [1, 2, 3]),), {"prompt": "a red fox", "response": "A red fox."})
    >>> judge(task)
    {'reasoning': 'local stand-in: faithfulness 3 (support 1.00).', 'faithfulness': 3}
    """
    if {"first", "second"} <= task.material.keys():
        return _compared(task)
    seen = _Seen(task.material)
    shares = {one.name: seen.share(_kind(one), has_label=_asks_for_label(task)) for one in task.criteria}
    marks = {one.name: _mark(one.choices, shares[one.name]) for one in task.criteria}
    said = ", ".join(f"{one.name} {marks[one.name]} ({_kind(one)} {shares[one.name]:.2f})" for one in task.criteria)
    return {"reasoning": f"{PREFIX} {said}{seen.remark}.", **marks}


@dataclass(frozen=True)
class _Seen:
    """The material, taken apart."""

    material: Mapping[str, Any]

    @cached_property
    def response(self) -> Text:
        return text_of(str(self.material.get("response", "")))

    @cached_property
    def reference(self) -> Text | None:
        """What a good response says; None where nobody wrote one."""
        raw = next((value for name, value in self.material.items() if name.startswith("reference")), None)
        return None if raw is None else text_of("\n".join(_strings(raw)))

    @cached_property
    def sources(self) -> list[Text]:
        """Everything but the response."""
        return [text_of("\n".join(_strings(value))) for name, value in self.material.items() if name != "response"]

    @property
    def remark(self) -> str:
        return "" if self.is_answer else "; the response is no answer to this"

    @cached_property
    def is_answer(self) -> bool:
        """Whether the response speaks of what the reference speaks of, and in words that it chose itself."""
        if self.reference is None:
            return bool(self.response.words)
        prompt = text_of("\n".join(_strings(self.material.get("prompt", ""))))
        copied = measures.is_copy(self.response, prompt, self.reference)
        return not copied and self._true_coverage(self.reference) >= _LEAST_COVERAGE

    def share(self, kind: str, *, has_label: bool) -> float:
        """How well the response does by one kind of criterion."""
        if has_label:
            if not self._is_right_label():
                return 0.0
            return 1.0 if kind == "label" else self._rationale()
        if not self.is_answer:
            return 0.0
        return {"support": self._support, "form": self._form, "coverage": self._coverage}.get(kind, self._both)()

    def _is_right_label(self) -> bool:
        expected = _labels_of(next(v for name, v in self.material.items() if name.startswith("reference")))
        return bool(expected) and _labels_of(self.material.get("response", "")) == expected

    def _rationale(self) -> float:
        """How much of the response follows from the case, if it speaks of this case's particulars at all."""
        reference = self.reference or text_of("")
        said = text_of(_KEY.sub(" ", str(self.material.get("response", ""))))
        particular = measures.coverage(said, reference) / _PARTICULAR
        return min(particular, measures.support(said, self.sources), self._form(), 1.0)

    def _support(self) -> float:
        return measures.support(self.response, self.sources)

    def _coverage(self) -> float:
        return self._support() if self.reference is None else self._true_coverage(self.reference)

    def _true_coverage(self, reference: Text) -> float:
        """How much of the reference the response holds, in sentences that are true."""
        return measures.coverage(measures.supported(self.response, self.sources), reference)

    def _form(self) -> float:
        length = 1.0 if self.reference is None else measures.length(self.response, self.reference)
        return min(length, measures.variety(self.response))

    def _both(self) -> float:
        return min(self._support(), self._coverage())


def _compared(task: Task) -> dict[str, Any]:
    sources = [text_of("\n".join(_strings(v))) for name, v in task.material.items() if name not in ("first", "second")]
    first, second = (_quality(text_of(str(task.material[place])), sources) for place in ("first", "second"))
    better = "tie" if abs(first - second) <= _TIE else "first" if first > second else "second"
    return {"reasoning": f"{PREFIX} first {first:.2f}, second {second:.2f}.", task.criteria[0].name: better}


def _quality(text: Text, sources: Sequence[Text]) -> float:
    if any(measures.is_copy(text, source, text_of("")) for source in sources):
        return 0.0
    return measures.support(text, sources) * measures.variety(text)


def _asks_for_label(task: Task) -> bool:
    return any(_kind(one) == "label" for one in task.criteria)


def _kind(criterion: Criterion) -> str:
    """What to measure for a criterion, by its name or else by its description."""
    for text in (criterion.name, criterion.description):
        for kind, hints in _KINDS:
            if any(hint in text.lower() for hint in hints):
                return kind
    return "reference and source"


def _mark(choices: Sequence[Any], share: float) -> Any:
    """The mark for a share, strictly: ``_FULL`` and more is worth the highest, half of that a quarter of the way up."""
    return choices[int(min(share / _FULL, 1.0) ** 2 * (len(choices) - 1))]


def _labels_of(value: Any) -> set[str]:
    """The labels that an answer commits itself to."""
    if isinstance(value, Mapping):
        named = [str(value[key]).strip().lower() for key in _LABEL_KEYS if key in value][:1]
        return set(named) or {label for one in value.values() if isinstance(one, Mapping) for label in _labels_of(one)}
    text = str(value)
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        parsed = None
    if isinstance(parsed, Mapping):
        return _labels_of(parsed)
    found = {match[1].lower() for match in _LABEL_LINE.finditer(text)}
    return found or {text.strip().lower()}


def _strings(value: Any) -> list[str]:
    """All texts inside a value."""
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _strings(one)]
    if isinstance(value, list):
        return [text for one in value for text in _strings(one)]
    return [str(value)]
