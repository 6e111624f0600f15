"""How long a run still takes, from the times of its steps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from lambda_src.run.steps import Step

_NEWEST: Final = 20
"""Steps that the pace is taken from: a run gets slower as its responses grow."""


def seconds_left(steps: Sequence[Step], total: int, now: datetime) -> float | None:
    """Until the last of ``total`` steps; None before two steps have told their times.

    >>> steps = [Step(1, time="2026-11-23T10:00:00Z"), Step(3, time="2026-11-23T10:02:00Z")]
    >>> seconds_left(steps, 10, datetime.fromisoformat("2026-11-23T10:02:30Z"))
    390.0
    """
    timed = [(step.step, datetime.fromisoformat(step.time)) for step in steps if step.time][-_NEWEST:]
    if not timed or timed[0][0] == timed[-1][0]:
        return None
    (first, began), (last, ended) = timed[0], timed[-1]
    each = (ended - began) / (last - first)
    return max((ended + each * (total - last) - now).total_seconds(), 0.0)
