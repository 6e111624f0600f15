"""What a response earns that does not answer its own prompt.

Many rubrics pay something for form: a tenth for a marker, a tenth for a query that runs. A model that earns this much
and no more has shown no sign of the task, so "more than nothing" would call it able. What counts is more than the
floor: the pay of the best of some responses that answer no question or another one, among them the right answers, in
perfect form, to the three records with the most similar prompts. Partial credit above that counts, since nothing but
the record itself can have earned it.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final

from ...reward.rubric import Rubric
from ...reward.telemetry import PREFLIGHT_ID
from ..candidates import candidates, generic, strategies
from ..chat_record import item
from .grading import BATCH, Grader
from .prompts import Prompt

_SILENT: Final = (strategies.REFUSAL, strategies.EMPTY, strategies.PROMPT_ECHOED)
_RECORDS: Final = 8
_LENDERS: Final = 3


def floor(grader: Grader, prompts: Sequence[Prompt], rubric: Rubric) -> float:
    """Median, over up to 8 of the prompts, of what the best of those responses earns; 0 if none can be written.

    A median, because now and then the answer to another record happens to fit.

    Raises:
        ProbeError: The grader fails.
    """
    tried = prompts[:: max(len(prompts) // _RECORDS, 1)][:_RECORDS]
    items = [
        item(prompt.record, f"{PREFLIGHT_ID}floor/{place}/{number}", response)
        for place, prompt in enumerate(tried)
        for number, response in enumerate(_beside_the_point(rubric, prompt, prompts))
    ]
    best = [0.0] * len(tried)
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        for asked, earned in zip(batch, grader.earned(batch), strict=True):
            place = _place(asked)
            best[place] = max(best[place], earned.reward or 0.0)
    return median(best) if best else 0.0


def _beside_the_point(rubric: Rubric, prompt: Prompt, prompts: Sequence[Prompt]) -> Iterator[str]:
    """Responses that cannot be right; none for a record whose reference the family's candidates cannot read."""
    wanted: tuple[str, ...] = (*_SILENT, strategies.ANOTHER_ANSWER)
    for lender in _most_similar(prompt, prompts):
        try:
            written = candidates(rubric, prompt.record, [lender.record])
        except (LookupError, TypeError, ValueError):
            continue
        yield from (candidate.response for candidate in written if candidate.strategy in wanted)
        wanted = (strategies.ANOTHER_ANSWER,)


def _most_similar(prompt: Prompt, prompts: Sequence[Prompt]) -> list[Prompt]:
    """Other prompts, those first that share most of their words with it."""
    own = _words(prompt)
    shared = [(len(own & other) / len(own | other or {""}), each) for each in prompts for other in (_words(each),)]
    ranked = sorted(shared, key=lambda pair: -pair[0])
    return [each for _, each in ranked if each is not prompt][:_LENDERS]


def _words(prompt: Prompt) -> set[str]:
    return set(generic.prompt(prompt.record).split())


def _place(asked: Mapping[str, Any]) -> int:
    return int(asked["id"].split("/")[2])
