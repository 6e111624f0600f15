"""What of a response's form the grader wants: it is tried."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from ....reward.rollout import Rollout, TransientError
from ....reward.rubric import Rubric
from ...candidates import candidates
from ...chat_record import item
from .forms import Form, forms, placed_otherwise

_RECORDS: Final = 4
_WORTH_TRYING: Final = 0.5  # reward of a right answer; below it the grader wants something else altogether
_NOTICEABLE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Wanted:
    """An element of form that the grader wants.

    Attributes:
        lost: What a right answer without it loses of its reward, in [0, 1].
    """

    form: Form
    lost: float


def wanted(rubric: Rubric, records: Sequence[Mapping[str, Any]]) -> list[Wanted]:
    """What right answers to the records have that the grader pays for.

    Criteria that ask another process or service are left out, and with them everything that only they want.
    """
    asked = _asked_here(rubric)
    if asked is None:
        return []
    lost: dict[str, list[float]] = {}
    found: dict[str, Form] = {}
    step = max(len(records) // _RECORDS, 1)
    for place in range(0, len(records), step)[:_RECORDS]:
        others = [*records[place + 1 :], *records[:place]]
        for form, loss in _tried(asked, rubric, records[place], others):
            found[form.wants] = form
            lost.setdefault(form.wants, []).append(loss)
    means = {wants: sum(each) / len(each) for wants, each in lost.items()}
    return [Wanted(found[wants], mean) for wants, mean in means.items() if mean > _NOTICEABLE]


def _asked_here(rubric: Rubric) -> Rubric | None:
    """The rubric without batched criteria; gates pay where nothing else of it does, None where nothing can."""
    kept = tuple(criterion for criterion in rubric.criteria if not criterion.takes_batch)
    if not any(criterion.weight for criterion in kept):
        kept = tuple(replace(each, weight=1.0) if each.gate is not None else each for each in kept)
    return Rubric(kept) if any(criterion.weight for criterion in kept) else None


def _tried(
    asked: Rubric, rubric: Rubric, record: Mapping[str, Any], others: Sequence[Mapping[str, Any]]
) -> list[tuple[Form, float]]:
    """Each element of a right answer with what it is worth; nothing for a record that cannot be answered."""
    with suppress(LookupError, TypeError, ValueError, TransientError):
        right = [candidate.response for candidate in candidates(rubric, record, others) if candidate.is_honest]
        right += placed_otherwise(right[0], rubric)
        paid = {response: _reward(asked, record, response) for response in right}
        best = max(paid, key=paid.__getitem__)
        if paid[best] >= _WORTH_TRYING:
            as_good = [response for response in right if paid[response] >= paid[best] - _NOTICEABLE]
            known = _with_all_cues(forms(best, rubric), as_good, rubric)
            return [(form, 1 - _reward(asked, record, form.without(best)) / paid[best]) for form in known]
    return []


def _with_all_cues(elements: Iterable[Form], as_good: Sequence[str], rubric: Rubric) -> Iterator[Form]:
    """Where the grader finds the answer in several ways, a prompt that asks for any of them asks for enough."""
    places = [form for response in as_good for form in forms(response, rubric) if form.is_place]
    cues = tuple(dict.fromkeys(cue for form in places for cue in form.cues))
    for form in elements:
        yield replace(form, cues=cues) if form.is_place else form


def _reward(asked: Rubric, record: Mapping[str, Any], response: str) -> float:
    return asked.score(Rollout.from_event(item(record, str(record.get("id", "")), response))).reward
