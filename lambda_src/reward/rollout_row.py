"""A graded rollout as it is kept: numbers of every one, texts of those that a project keeps.

One JSON object per line, gzipped, an object of S3 per batch. The column names are those of the Glue table.
"""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from heapq import nsmallest
from typing import Any, Final

from .rollout import Score

SKETCH: Final = 16
"""Hashes that a sketch holds at most."""

_LONGEST_WORD: Final = 20  # characters in the mean; beyond it a text has no spaces, and its characters are its words
_MOST_WORDS: Final = 2000  # of a response that a sketch looks at
_ENDS: Final = frozenset(".!?…。！？\"'”’)]}`$>*_|:;")  # noqa: RUF001 - of other scripts, too


@dataclass(frozen=True, slots=True)
class Row:
    """One graded rollout.

    Attributes:
        run: First 12 digits of the run's digest.
        time: When its batch was graded, in ISO 8601, UTC.
        batch: Hash of the payload: a batch that Bedrock sends again has the same.
        id: As Bedrock sent it.
        prompt_id: ``prompt_id`` of what was asked; the responses of a group share it.
        parsed: Whether the response held an answer.
        error: Why it could not be graded; None where it could.
        failed: The criterion that could not grade it.
        characters: Of the response, its thinking left out.
        unfinished: Whether the text breaks off: no answer, and no end of a sentence.
        sketch: The smallest hashes of its three-word pieces; two sketches tell how alike two responses are.
        milliseconds: What grading its batch took.
        prompt: What was asked; None where the text is not kept, as is the response.
        reasons: What judges said, by criterion; kept with the texts.
        metrics: Numbers beside the reward, by name.
        redacted: Whether personal data in the texts was replaced.
    """

    run: str
    time: str
    batch: str
    id: str
    prompt_id: str
    reward: float
    parts: Mapping[str, float] = field(default_factory=dict)
    parsed: bool = True
    error: str | None = None
    failed: str | None = None
    characters: int = 0
    unfinished: bool = False
    sketch: tuple[int, ...] = ()
    milliseconds: float = 0.0
    prompt: str | None = None
    response: str | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    redacted: bool = False

    @classmethod
    def of(cls, score: Score, *, run: str, time: str, batch: str, milliseconds: float) -> "Row":
        """A score with its texts."""
        rollout = score.rollout
        return cls(
            run=run,
            time=time,
            batch=batch,
            id=str(score.id),
            prompt_id=prompt_id(rollout.prompt),
            reward=score.reward,
            parts=score.parts,
            parsed=score.parsed,
            error=score.error,
            failed=score.failed,
            characters=len(rollout.response),
            unfinished=is_unfinished(rollout.response, parsed=score.parsed),
            sketch=sketch(rollout.response),
            milliseconds=milliseconds,
            prompt=rollout.prompt,
            response=rollout.response,
            reasons=score.reasons,
            metrics=score.metrics,
        )

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Row":
        """A line of a rollout file; columns that it lacks have their defaults, others are left out.

        Raises:
            KeyError: It lacks one that every row has.
        """
        names = {field.name for field in fields(cls)}
        needed = ("run", "time", "batch", "id", "prompt_id", "reward")
        known = {name: row[name] for name in needed} | {n: v for n, v in row.items() if n in names and v is not None}
        return cls(**known | {"sketch": tuple(known.get("sketch", ()))})

    def without_texts(self) -> "Row":
        """The numbers alone."""
        return replace(self, prompt=None, response=None, reasons={})

    def to_json(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def prompt_id(prompt: str) -> str:
    """The name of a prompt: sixteen digits of its hash.

    >>> prompt_id("How many apples are left?")
    'dc0b6215243575e1'
    """
    return hashlib.sha256(_bytes(prompt)).hexdigest()[:16]


def sketch(text: str) -> tuple[int, ...]:
    """The 16 smallest hashes of the text's three-word pieces, in order; fewer for a short text.

    A bottom-k sketch: https://doi.org/10.1145/1281192.1281210 (Cohen and Kaplan, 2007).
    """
    text = text.lower()
    words = _bytes(text).split()
    if len(words) * _LONGEST_WORD < len(text):
        words = [_bytes(character) for character in text if not character.isspace()]
    words = words[:_MOST_WORDS]
    pieces = set(map(b" ".join, zip(words, words[1:], words[2:], strict=False))) or {b" ".join(words)} - {b""}
    return tuple(nsmallest(SKETCH, set(map(zlib.crc32, pieces))))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of the pieces of two texts that both have, estimated from their sketches; two empty texts are alike.

    >>> likeness(sketch("so it is 4"), sketch("so it is 4"))
    1.0
    """
    if not one or not other:
        return float(not one and not other)
    both = set(one) & set(other)
    smallest = sorted({*one, *other})[: max(len(one), len(other))]
    return sum(piece in both for piece in smallest) / len(smallest)


def is_unfinished(response: str, *, parsed: bool) -> bool:
    """Whether a response breaks off: it has no answer, and does not end like a sentence."""
    text = response.rstrip()
    return not parsed and bool(text) and text[-1] not in _ENDS
