"""Judgements on a run's curves: pure functions over its steps.

Each compares a run with its own first steps, because absolute values do not travel between models and tasks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..steps import Step
from . import (
    degenerate_groups,
    entropy_collapse,
    entropy_flat,
    grader_faults,
    grader_latency,
    gradient_drift,
    gradient_spike,
    length_spike,
    overfitting,
    reward_hacking,
    reward_instability,
    reward_plateau,
    shadow_divergence,
    truncation,
    unsound_grader,
    verbosity,
)
from .finding import About, Detector, Finding

DETECTORS: Final[tuple[Detector, ...]] = (
    entropy_collapse.DETECTOR,
    entropy_flat.DETECTOR,
    length_spike.DETECTOR,
    verbosity.DETECTOR,
    reward_plateau.DETECTOR,
    reward_instability.DETECTOR,
    gradient_spike.DETECTOR,
    gradient_drift.DETECTOR,
    overfitting.DETECTOR,
    degenerate_groups.DETECTOR,
    truncation.DETECTOR,
    grader_faults.DETECTOR,
    grader_latency.DETECTOR,
    shadow_divergence.DETECTOR,
)
"""Those that look at curves."""

WATCHED: Final[tuple[About, ...]] = (
    *(detector.about for detector in DETECTORS),
    reward_hacking.ABOUT,
    unsound_grader.ABOUT,
)
"""Everything that there is an alarm for."""


def detect_all(steps: Sequence[Step], alarms: Mapping[str, Any]) -> list[Finding]:
    """What every detector of curves says.

    Args:
        alarms: Thresholds by their name in the project file; what is missing has its default.
    """
    return [detector.detect(steps, threshold=alarms.get(detector.setting)) for detector in DETECTORS]
