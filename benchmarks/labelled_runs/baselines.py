"""What people watch with where they have no detector: fixed thresholds."""

from collections.abc import Mapping, Sequence
from statistics import fmean, pstdev
from typing import Final

from benchmarks.labelled_runs.detection import FirstAlarm
from lambda_src.run.steps import Step

_NATS, _LASTING = 1.0, 50  # steps
_GROWTH = 3.0
_DEVIATIONS, _LEAST = 3.0, 5  # steps before one that is judged


def _low_entropy(steps: Sequence[Step]) -> int | None:
    """Entropy below 1.0 nats for 50 steps."""
    lasting = 0
    for step in steps:
        low = step.policy_entropy is not None and step.policy_entropy < _NATS
        lasting = lasting + 1 if low else 0
        if lasting >= _LASTING:
            return step.step
    return None


def _tripled_length(steps: Sequence[Step]) -> int | None:
    """Length of three times the first step's."""
    lengths = [(step.step, step.training_episode_length) for step in steps if step.training_episode_length is not None]
    return next((step for step, length in lengths if length >= _GROWTH * lengths[0][1]), None)


def _odd_gradient(steps: Sequence[Step]) -> int | None:
    """A norm three standard deviations above the mean of all before it."""
    norms = [(step.step, step.gradient_norm) for step in steps if step.gradient_norm is not None]
    for place in range(_LEAST, len(norms)):
        before = [norm for _, norm in norms[:place]]
        if norms[place][1] > fmean(before) + _DEVIATIONS * pstdev(before):
            return norms[place][0]
    return None


BASELINES: Final[Mapping[str, tuple[str, FirstAlarm]]] = {
    "entropy-collapse": ("entropy < 1.0 nats for 50 steps", _low_entropy),
    "length-spike": ("length 3x the first", _tripled_length),
    "gradient-spike": ("gradient 3 sigma above the mean", _odd_gradient),
}
"""Rule and its words, by the detector whose fault it is held against."""
