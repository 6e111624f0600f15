"""Which family of reward functions a job is about.

A customization job names a grader, not a rubric, and nobody can read a grader's code. So the question is put to the
grader: of the families that can answer the records at all, whose right answers does it pay best?
"""

from collections.abc import Sequence
from statistics import fmean

from lambda_src.run.candidates import FALLBACK, Worth, families, respond
from rehearsal.grpo import Grade, Record, item
from rehearsal.strategist.repertoire import misfits, rotated

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
    asked = records[:: max(len(records) // _ASKED, 1)][:_ASKED]
    return max(found, key=lambda family: _merit(family, asked, records, grade))


def _fits(family: str, records: Sequence[Record]) -> bool:
    return next(misfits(family, records), None) is None


def _merit(family: str, asked: Sequence[Record], records: Sequence[Record], grade: Grade) -> tuple[float, ...]:
    answers = [(record, respond(family, record, rotated(records, record))) for record in asked]
    tried = [(record, c) for record, candidates in answers for c in candidates if c.worth in _TRIED]
    rewards = grade([item(record, i, candidate.response) for i, (record, candidate) in enumerate(tried)])

    def mean(worth: Worth) -> float:
        return fmean([r for (_, c), r in zip(tried, rewards, strict=True) if c.worth is worth] or [0.0])

    return (
        round(mean(Worth.RIGHT), _DIGITS),
        sum(not _fits(family, records) for records in _ANYTHING),
        round(mean(Worth.VARIANT), 1),
        family != FALLBACK,
        -fmean([len(candidate.response) for _, candidate in tried if candidate.worth is Worth.RIGHT]),
    )
