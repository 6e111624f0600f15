"""The rule that the same response earns the same, whenever it is graded and whatever is graded with it."""

import random
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Final

from .grading import Grader, batches_of
from .result import Example, RuleResult
from .rules import SAME_INPUT_SAME_SCORE
from .trials import Graded, Trial

ALONE: Final = 4
"""Responses that are graded once more on their own."""

_SEED: Final = 0
_SPREAD: Final = 1e-9  # exact, for all but judges

Batches = Sequence[Sequence[Trial]]


def stability(grader: Grader, graded: Sequence[Graded], *, batches: int, judged: float | None) -> RuleResult:
    """Grade some of the responses again: as before, in reverse, shuffled, and alone.

    Args:
        graded: Everything, in the order and in the batches it was graded in.
        batches: How many of these batches are graded again.
        judged: For judges, by how much the rewards of one response may differ on average; None for exact graders.

    Raises:
        UnusableGraderError: The grader fails when it is asked again.
        TimeShortError: There is no time for all of it.
    """
    chosen = _chosen(batches_of([one.trial for one in graded]), batches)
    rewards = {one.trial.id: [one.reward] for one in graded}
    differing: dict[str, list[Graded]] = {}
    fresh = 0
    for way, asked in _ways(chosen):
        again = [one for batch in asked for one in grader.rewards(batch)]
        for one in again:
            rewards[one.trial.id].append(one.reward)
            fresh += one.tokens is not None
        differing[way] = [one for one in again if abs(one.reward - rewards[one.trial.id][0]) > _SPREAD]
    repeated = {id_: given for id_, given in rewards.items() if len(given) > 1}
    mean = fmean(max(given) - min(given) for given in repeated.values())
    holds = mean <= judged if judged is not None else not any(differing.values())
    reason = _reason(len(repeated), differing, mean, judged)
    if judged is not None and not fresh:
        reason += "; the verdicts were remembered, so that the judge itself was not asked again"
    return RuleResult.of(
        SAME_INPUT_SAME_SCORE,
        holds=holds,
        reason=reason,
        measured={"repeated": len(repeated), "meanSpread": mean}
        | {f"differing {way}": len(found) for way, found in differing.items()},
        examples=() if holds else tuple(_examples(differing, rewards)),
    )


def _chosen(batches: Batches, count: int) -> Batches:
    """Evenly spaced ones."""
    return batches if len(batches) <= count else [batches[i * len(batches) // count] for i in range(count)]


def _ways(batches: Batches) -> Iterator[tuple[str, Batches]]:
    everything = [trial for batch in batches for trial in batch]
    shuffled = random.Random(_SEED).sample(everything, len(everything))  # noqa: S311 - to mix, not to hide
    yield "again", batches
    yield "reversed", [batch[::-1] for batch in batches]
    yield "shuffled", batches_of(shuffled)
    yield "alone", [[trial] for trial in everything[:: max(len(everything) // ALONE, 1)][:ALONE]]


def _reason(repeated: int, differing: Mapping[str, Sequence[Graded]], mean: float, judged: float | None) -> str:
    changed = ", ".join(f"{len(found)} {way}" for way, found in differing.items() if found)
    asked = f"{repeated} responses graded again ({', '.join(differing)})"
    if judged is not None:
        return f"{asked}: rewards of one response differ by {mean:.3g} on average; expected {judged:g} at most"
    return f"{asked}: other rewards for {changed}" if changed else f"{asked}: the same rewards"


def _examples(differing: Mapping[str, Sequence[Graded]], rewards: Mapping[str, Sequence[float]]) -> Iterator[Example]:
    for way, found in differing.items():
        for one in sorted(found, key=lambda one: -abs(one.reward - rewards[one.trial.id][0])):
            yield one.example(f"{rewards[one.trial.id][0]:.4g} as at first, graded {way}")
