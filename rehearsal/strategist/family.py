"""Which family of reward functions a job, or a dataset, is about.

A customization job names a grader, not a rubric, and nobody can read a grader's code. So the question is put to the
grader: of the families that can answer the records at all, whose right answers does it pay best? Who asks the base
model brings no grader. Then the records alone must say it, and they can be mistaken: see ``likeliest``.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from lambda_src.reward.telemetry import PREFLIGHT_ID
from lambda_src.run import chat_record
from lambda_src.run.candidates import FALLBACK, Worth, families, respond
from rehearsal.grpo import Grade, Record
from rehearsal.strategist.library import spread
from rehearsal.strategist.repertoire import misfits, rotated

SEEN = 16
"""Records that say enough about a dataset where looking at all of them would take too long."""

_ASKED = 8  # records whose answers are graded
_TRIED = (Worth.RIGHT, Worth.VARIANT)
_DIGITS = 3  # of a mean reward that two families must share to be told apart by something else
_ANYTHING: Sequence[Sequence[Record]] = [
    [{"messages": [{"role": "user", "content": "Go on."}], "reference_answer": answer} for answer in pair]
    for pair in (("any words", "others"), ({"shape": "round"}, {"shape": "square"}))
]
"""Two records with any text and two with any object for an answer; a particular family can answer neither."""


def unreadable(records: Sequence[Record]) -> list[str]:
    """One line per record that no family has answers to; empty if there is one that can answer all of them."""
    if fitting(records):
        return []
    lines = {family: list(misfits(family, records)) for family in families()}
    closest = min(lines, key=lambda family: len(lines[family]))
    return [f"{line} (as the family {closest} reads it, the closest one)" for line in lines[closest]]


def fitting(records: Sequence[Record]) -> list[str]:
    """The families that can answer every record."""
    return [family for family in families() if _fits(family, records)]


def best_paid(records: Sequence[Record], grade: Grade) -> str:
    """The family whose right answers to some of the records earn most.

    Of several that earn the same, a particular one before one that takes any text or any object for an answer; then one
    whose answers may take other forms; then any before ``text``; then the one that gets by with the shortest answers.

    Raises:
        ValueError: No family can answer every record.
    """
    found = fitting(records)
    if not found:
        raise ValueError("; ".join(unreadable(records)[:3]))
    if len(found) == 1:
        return found[0]
    asked = spread(records, _ASKED)
    return max(found, key=lambda family: _merit(family, asked, records, grade))


def likeliest(records: Sequence[Record]) -> str:
    """The family that the records look made for, where there is no grader to ask.

    A particular family before one that takes any text or any object for an answer; then the one whose right answers
    hold most of what is in the reference answers; then any before ``text``; then the one that gets by with the
    shortest answers. That is right for every bundled project. It is a guess where records leave open what is graded:
    a number that stands for a class is taken for a result, and a text for one that a judge will mark.

    Raises:
        ValueError: No family can answer every record.
    """
    found = fitting(records)
    if not found:
        raise ValueError("; ".join(unreadable(records)[:3]))
    asked = spread(records, _ASKED)
    return max(found, key=lambda family: _likeness(family, asked, records))


def _fits(family: str, records: Sequence[Record]) -> bool:
    return next(misfits(family, records), None) is None


def _merit(family: str, asked: Sequence[Record], records: Sequence[Record], grade: Grade) -> tuple[float, ...]:
    answers = [(record, respond(family, record, rotated(records, record))) for record in asked]
    tried = [(record, c) for record, candidates in answers for c in candidates if c.worth in _TRIED]
    # no policy has sampled these: the grader is to keep them out of the run's rollouts
    items = [chat_record.item(record, f"{PREFLIGHT_ID}{i}", c.response) for i, (record, c) in enumerate(tried)]
    rewards = grade(items)

    def mean(worth: Worth) -> float:
        return fmean([r for (_, c), r in zip(tried, rewards, strict=True) if c.worth is worth] or [0.0])

    return (
        round(mean(Worth.RIGHT), _DIGITS),
        _particularity(family),
        round(mean(Worth.VARIANT), 1),
        family != FALLBACK,
        -fmean([len(candidate.response) for _, candidate in tried if candidate.worth is Worth.RIGHT]),
    )


def _likeness(family: str, asked: Sequence[Record], records: Sequence[Record]) -> tuple[float, ...]:
    right = [(record, respond(family, record, rotated(records, record))[0].response) for record in asked]
    return (
        _particularity(family),
        round(fmean([_share_held(record, response) for record, response in right]), 1),
        family != FALLBACK,
        -fmean([len(response) for _, response in right]),
    )


def _particularity(family: str) -> int:
    """How many sorts of record the family cannot answer that have nothing particular to them."""
    return sum(not _fits(family, records) for records in _ANYTHING)


def _share_held(record: Record, response: str) -> float:
    """How much of the reference answer, value by value, a response repeats."""
    values = list(_values(record.get("reference_answer")))
    return fmean([value in response for value in values] or [0.0])


def _values(reference: Any) -> Iterator[str]:
    if isinstance(reference, Mapping):
        reference = list(reference.values())
    if isinstance(reference, list):
        for each in reference:
            yield from _values(each)
    else:
        yield str(reference)
