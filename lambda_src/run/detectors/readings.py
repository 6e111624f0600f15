"""A quantity that has several measures, of which not every run knows the best one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..steps import Step
from .series import Series, series

EXPLORATION: Final = {
    "policy_entropy": "policy entropy went from {:.3g} to {:.3g} nats",
    "answer_diversity": "diversity of answers, in place of the unknown entropy, went from {:.3g} to {:.3g}",
}
"""How much the policy explores. Amazon Nova's entropy is known after the job alone; while it trains, the responses to
one prompt tell by how little they have in common."""

LENGTH: Final = {
    "training_episode_length": "response length went from {:.4g} to {:.4g} tokens",
    "response_length": "response length went from {:.4g} to {:.4g} characters",
    "validation_episode_length": "validation response length went from {:.4g} to {:.4g} tokens",
}
"""How long responses are. Amazon Nova's tokens are known after the job alone, characters at once; validation is too
sparse to smooth well."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A smoothed value of a measure, what it was at the start, and both in words."""

    measure: str
    step: int
    value: float
    baseline: float
    evidence: str


def readings(steps: Sequence[Step], measures: Mapping[str, str]) -> list[Reading]:
    """One for each step that the best measure known by then can read.

    Args:
        measures: Fields of a step, best first, each with the words for its baseline and its value.

    >>> readings([Step(n, answer_diversity=0.5) for n in range(5)], EXPLORATION)[0].evidence
    'diversity of answers, in place of the unknown entropy, went from 0.5 to 0.5'
    """
    found: list[Reading] = []
    began = math.inf
    for name, words in measures.items():
        curve = series((step.step, getattr(step, name)) for step in steps)
        if curve is not None and curve.baseline > 0:
            found = [*_before(began, curve, name, words), *found]
            began = min(began, found[0].step) if found else began
    return found


def _before(step: float, curve: Series, measure: str, words: str) -> list[Reading]:
    base = curve.baseline
    return [Reading(measure, n, value, base, words.format(base, value)) for n, value in curve.smoothed if n < step]
