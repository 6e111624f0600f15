"""How well the diversity of answers, which rollouts tell, stands in for the policy's entropy, which they do not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from benchmarks.labelled_runs.measures import rank_correlation
from benchmarks.labelled_runs.runs import Run

_EDGE = 5  # steps at each end


@dataclass(frozen=True, slots=True)
class Tracking:
    """Rank correlations of diversity and entropy.

    Attributes:
        quartiles: Of the correlation over the steps of a run.
        unknown: Runs in which one of the two does not change.
        falls: Of the relative falls from start to end, over runs.
    """

    runs: int
    quartiles: tuple[float, float, float]
    unknown: int
    falls: float


def track(runs: Sequence[Run]) -> Tracking:
    """Compare the two step by step and run by run."""
    told = [pairs for run in runs if len(pairs := _pairs(run)) >= 2 * _EDGE]
    each = [rank_correlation(*zip(*pairs, strict=True)) for pairs in told]
    known = [value for value in each if not math.isnan(value)]
    low, middle, high = (float(value) for value in np.percentile(known, [25, 50, 75]))
    falls = [(_fall([pair[0] for pair in pairs]), _fall([pair[1] for pair in pairs])) for pairs in told]
    return Tracking(len(each), (low, middle, high), len(each) - len(known), rank_correlation(*zip(*falls, strict=True)))


def _pairs(run: Run) -> list[tuple[float, float]]:
    return [
        (step.answer_diversity, step.policy_entropy)
        for step in run.steps
        if step.answer_diversity is not None and step.policy_entropy is not None
    ]


def _fall(values: Sequence[float]) -> float:
    return 1.0 - fmean(values[-_EDGE:]) / max(fmean(values[:_EDGE]), 1e-9)
