"""Between which values each curve of a run is healthy, on the curve's own axis.

The detectors look at smoothed curves: a single step outside its band is no alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..steps import Step, json_name
from . import (
    degenerate_groups,
    entropy_collapse,
    grader_faults,
    grader_latency,
    gradient_drift,
    length_spike,
    overfitting,
    reward_instability,
    truncation,
)
from .finding import Detector
from .readings import EXPLORATION, LENGTH
from .series import FIRST_POINTS, MIN_POINTS, series


@dataclass(frozen=True, slots=True)
class Band:
    """Healthy values of one curve; None is an open end."""

    low: float | None = None
    high: float | None = None


def bands(steps: Sequence[Step], alarms: Mapping[str, Any]) -> dict[str, Band]:
    """The bands that are known after the last of the steps, by the name of the ``Step`` field.

    Args:
        alarms: Thresholds by their name in the project file; what is missing has its default.

    >>> bands([Step(n, policy_entropy=0.5) for n in range(1, 6)], {"entropyCollapse": 0.5})
    {'policy_entropy': Band(low=0.25, high=None)}
    """
    ends = {**_relative(steps, alarms), **_rewards(steps, alarms), **_shares(steps, alarms)}
    return {name: band for name, band in ends.items() if band != Band()}


def bands_json(found: Mapping[str, Band]) -> dict[str, dict[str, float | None]]:
    """Bands by the keys that a step has in JSON.

    >>> bands_json({"policy_entropy": Band(low=0.25)})
    {'policyEntropy': {'low': 0.25, 'high': None}}
    """
    return {json_name(name): {"low": band.low, "high": band.high} for name, band in found.items()}


def _relative(steps: Sequence[Step], alarms: Mapping[str, Any]) -> dict[str, Band]:
    """Those that follow from the run's own first steps."""
    fall = _threshold(entropy_collapse.DETECTOR, alarms)
    growth = _threshold(length_spike.DETECTOR, alarms)
    drift = _threshold(gradient_drift.DETECTOR, alarms)
    found: dict[str, Band] = {}
    for name in EXPLORATION:
        if base := _baseline(steps, name):
            low = base * (1.0 - fall / entropy_collapse.WEIGHTS[name])
            found[name] = Band(low=max(low, entropy_collapse.FLOOR))
    for name in LENGTH:
        if base := _baseline(steps, name):
            found[name] = Band(high=base * growth)
    if base := _baseline(steps, "gradient_norm", MIN_POINTS):
        found["gradient_norm"] = Band(high=base * drift)
    return found


def _rewards(steps: Sequence[Step], alarms: Mapping[str, Any]) -> dict[str, Band]:
    """Those that rise with what the run has reached."""
    return {
        "training_reward": Band(
            low=reward_instability.lowest(steps, _threshold(reward_instability.DETECTOR, alarms)),
        ),
        "validation_reward": Band(low=overfitting.lowest(steps, _threshold(overfitting.DETECTOR, alarms))),
    }


def _shares(steps: Sequence[Step], alarms: Mapping[str, Any]) -> dict[str, Band]:
    """Those that are the thresholds themselves, or nearly."""
    timeout = 1000.0 * grader_latency.TIMEOUT_SECONDS
    highest = {
        "truncated_share": _threshold(truncation.DETECTOR, alarms),
        "grader_error_share": _threshold(grader_faults.DETECTOR, alarms),
        "grader_milliseconds": timeout * _threshold(grader_latency.DETECTOR, alarms),
    }
    found = {name: Band(high=high) for name, high in highest.items() if _last(steps, name)}
    if last := _last(steps, "degenerate_share"):
        share = _threshold(degenerate_groups.DETECTOR, alarms)
        found["degenerate_share"] = Band(high=degenerate_groups.highest(last, share))
    return found


def _threshold(detector: Detector, alarms: Mapping[str, Any]) -> float:
    return float(alarms.get(detector.setting, detector.about.threshold))


def _baseline(steps: Sequence[Step], name: str, first: int = FIRST_POINTS) -> float | None:
    curve = series(((step.step, getattr(step, name)) for step in steps), first=first)
    return None if curve is None else curve.baseline


def _last(steps: Sequence[Step], name: str) -> Step | None:
    return next((step for step in reversed(steps) if getattr(step, name) is not None), None)
