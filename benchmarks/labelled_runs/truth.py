"""What is known of a run beside what the product sees: whether each response was right, whether it was cut off.

None of it comes from a rubric. For ``local.strategist`` every response has a known worth, by the way it was made. For
``local.tiny-lm`` the last number of the response is compared with the answer, however it is marked; a response that
marks different numbers as its answer is wrong.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rehearsal.grpo import Record
from rehearsal.strategist import repertoire
from rehearsal.strategist.trainer import CHARACTERS_PER_TOKEN
from rehearsal.tiny_lm.tokenizer import encode

_NUMBER = re.compile(r"\d+")
_MARKED = re.compile(r"(?:####|\\boxed\{|answer is)\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Truth:
    """One training step as it was.

    Attributes:
        right: Share of right and honest responses.
        validation_right: The same for the validation responses; None where there were none.
        reward: Mean, as the policy was told.
        entropy: Of the policy, in nats.
        tokens: Mean length of a response.
        cut: Share of the responses that ended at the limit of tokens.
        distinct: Different responses to one prompt, as a share of all responses to it.
        equal: Share of the prompts whose responses all earned the same: they taught nothing.
        failed: Share of the responses that the grader could not grade.
        seconds: What its slowest batch took.
        disturbed: Whether a fault of the grader held.
    """

    step: int
    right: float
    validation_right: float | None
    reward: float
    validation_reward: float | None
    entropy: float
    gradient_norm: float
    tokens: float
    cut: float
    distinct: float
    equal: float
    failed: float
    seconds: float
    disturbed: bool


class Judge(Protocol):
    """Knows right responses from others."""

    def is_right(self, record: Record, response: str) -> bool: ...

    def is_cut(self, response: str) -> bool: ...


class Reader:
    """Reads the arithmetic of ``local.tiny-lm``."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    def is_right(self, record: Record, response: str) -> bool:
        numbers, marked = _NUMBER.findall(response), set(_MARKED.findall(response))
        return bool(numbers) and len(marked) < 2 and int(numbers[-1]) == int(record["reference_answer"]["final_answer"])  # noqa: PLR2004 - different ones

    def is_cut(self, response: str) -> bool:
        return len(encode(response)) >= self._tokens


class Maker:
    """Knows how the responses of ``local.strategist`` were made."""

    def __init__(self, family: str, records: Sequence[Record], tokens: int) -> None:
        self._family, self._records = family, records
        self._characters = tokens * CHARACTERS_PER_TOKEN
        self._right: dict[str, frozenset[str]] = {}

    def is_right(self, record: Record, response: str) -> bool:
        name = str(record["id"])
        if name not in self._right:
            self._right[name] = self._rights(record)
        return response in self._right[name]

    def is_cut(self, response: str) -> bool:
        return len(response) >= self._characters

    def _rights(self, record: Record) -> frozenset[str]:
        found = repertoire.candidates(self._family, record, self._records)
        return frozenset(each.response for each in found if each.is_honest)
