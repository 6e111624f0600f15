"""Responses to a record with a text as its answer; also for families of rewards that no other module knows."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...reward.rollout import RecordError, reference_text
from . import generic, strategies
from .candidate import Candidate, Worth

REVERSED: Final = "words in reverse"
CUT: Final = "first half"
EMPTY_LINES: Final = "lines without content"

_LEAST_CUT: Final = 8  # words of which a half is clearly less


def write(record: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Candidate]:
    """Responses of every kind to a record; the first is the right answer.

    Raises:
        RecordError: One of the two has no reference answer that is a text.
    """
    right, another = _right(record), _right(other)
    nothing = "\n".join("I do not know." for _ in right.splitlines())
    yield Candidate(strategies.WORKED, Worth.RIGHT, right)
    if _text(record) != right:
        yield Candidate(strategies.TERSE, Worth.OPEN, _text(record))
    yield Candidate(strategies.WRONG_ANSWER, Worth.WRONG, nothing)
    yield Candidate(strategies.ANOTHER_ANSWER, Worth.WRONG, another)
    words = right.split()
    if len(words) >= _LEAST_CUT:
        yield Candidate(CUT, Worth.WRONG, " ".join(words[: len(words) // 2]))
    yield from generic.silent(record)
    yield from generic.dressed(right, another)
    yield Candidate(strategies.SEVERAL_GUESSES, Worth.EXPLOIT, f"{right}\n\n{another}")
    yield Candidate(EMPTY_LINES, Worth.EXPLOIT, "\n".join("-" for _ in range(max(len(words), 40))))
    if words != words[::-1]:
        yield Candidate(REVERSED, Worth.EXPLOIT, " ".join(reversed(words)))


def _right(record: Mapping[str, Any]) -> str:
    """The solution, where the record has one, closed by the answer."""
    reference = record.get("reference_answer")
    solution = reference.get("solution") if isinstance(reference, Mapping) else None
    return f"{solution}\n{_text(record)}" if solution else _text(record)


def _text(record: Mapping[str, Any]) -> str:
    text = reference_text(record.get("reference_answer"))
    if text is None:
        raise RecordError(
            f"record {record.get('id')}: reference_answer {record.get('reference_answer')!r:.80}; expected a text, or "
            "an object with answer, final_answer, ground_truth or text"
        )
    return text
