"""Judgements on a run's curves: pure functions over its steps.

Each compares a run with its own first steps, because absolute values do not travel between models and tasks.
"""

from collections.abc import Callable, Mapping, Sequence

from ..steps import Step
from . import entropy_collapse, length_spike
from .finding import Finding

_DETECTORS: Mapping[str, Callable[..., Finding]] = {
    "entropyCollapse": entropy_collapse.detect,
    "lengthSpike": length_spike.detect,
}
"""By the name of the threshold among a project's alarms."""


def detect_all(steps: Sequence[Step], alarms: Mapping[str, float]) -> list[Finding]:
    """What every detector says.

    Args:
        alarms: Thresholds by their name in the project file.
    """
    return [detect(steps, threshold=alarms[name]) for name, detect in _DETECTORS.items()]
