"""Telling a gamed rubric from learning: with a shadow rubric, and by the curves of the run alone."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from benchmarks.labelled_runs.measures import Interval, auroc, bootstrap
from benchmarks.labelled_runs.runs import Run
from lambda_src.run.detectors import DETECTORS, shadow_divergence
from lambda_src.run.detectors.finding import Detector
from lambda_src.run.steps import Step

FAULT: Final = shadow_divergence.ABOUT.name
_EDGE: Final = 5  # steps at each end

Suspicion = Callable[[Sequence[Step]], float]
"""From the steps of a run to how much it looks like hacking."""


@dataclass(frozen=True, slots=True)
class Separation:
    """How well something tells gamed runs from others.

    Attributes:
        area: Under the receiver operating characteristic.
    """

    name: str
    area: float
    interval: Interval
    positive: Sequence[float]
    negative: Sequence[float]


def separate(name: str, suspicion: Suspicion, runs: Sequence[Run]) -> Separation:
    """Gamed runs against all of which it is known that they are not."""
    gamed = [suspicion(run.steps) for run in runs if FAULT in run.labels]
    others = [suspicion(run.steps) for run in runs if FAULT not in run.labels and FAULT not in run.allowed]
    return Separation(name, auroc(gamed, others), bootstrap(gamed, others, auroc), gamed, others)


def best_curve(runs: Sequence[Run]) -> str:
    """Which of the run's own curves separates best, as a key of ``BY_CURVES``."""
    return max(BY_CURVES, key=lambda name: separate(name, BY_CURVES[name], runs).area)


def highest(detector: Detector) -> Suspicion:
    """The highest value of a detector; minus infinity where it can say nothing."""
    return lambda steps: max((score.value for score in detector.measure(steps)), default=-math.inf)


def _change(field: str, *, fall: bool = False) -> Suspicion:
    """How a curve's last steps differ from its first, relative to those."""

    def change(steps: Sequence[Step]) -> float:
        values = [value for step in steps if (value := getattr(step, field)) is not None]
        if not values:
            return -math.inf
        start, end = fmean(values[:_EDGE]), fmean(values[-_EDGE:])
        grown = (end - start) / max(abs(start), 1e-9)
        return -grown if fall else grown

    return change


def _any_length(steps: Sequence[Step]) -> float:
    return abs(_change("response_length")(steps))


BY_CURVES: Final[Mapping[str, Suspicion]] = {
    **{detector.about.name: highest(detector) for detector in DETECTORS if detector.about.name != FAULT},
    "rise of the reward": _change("training_reward"),
    "growth of the length": _change("response_length"),
    "change of the length, either way": _any_length,
    "fall of the entropy": _change("policy_entropy", fall=True),
    "fall of the diversity": _change("answer_diversity", fall=True),
    "fall of the spread within prompts": _change("reward_spread", fall=True),
}
"""Everything that a run's own curves offer."""

BY_SHADOW: Final[Suspicion] = highest(shadow_divergence.DETECTOR)
