"""When an alarm is in which state: M out of N datapoints, with the four ways to treat missing ones.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import operator
from collections.abc import Callable, Sequence

EXTRA_PERIODS = 2
"""How far the evaluation range reaches back beyond the alarm's own evaluation periods."""

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def decide(breaching: Sequence[bool | None], *, evaluate: int, to_alarm: int, missing: str, state: str) -> str:
    """Return the state an alarm takes.

    Args:
        breaching: One entry per period of the evaluation range, newest first; None where there is no datapoint.
        evaluate: The alarm's EvaluationPeriods (N).
        to_alarm: Its DatapointsToAlarm (M).
        missing: Its TreatMissingData: missing, ignore, breaching or notBreaching.
        state: Its present state, kept where the rules say so.

    >>> decide([True, None, True, None, False], evaluate=3, to_alarm=2, missing="missing", state="OK")
    'ALARM'
    """
    real = [entry for entry in breaching if entry is not None]
    if len(real) >= evaluate:
        return _state(sum(real[:evaluate]) >= to_alarm)
    if missing == "notBreaching":
        return _state(sum(real) >= to_alarm)
    if missing == "breaching":
        return _state(sum(real) + evaluate - len(real) >= to_alarm)
    if sum(real) >= to_alarm:
        return "ALARM"
    if missing == "ignore":
        return state if all(real) else "OK"
    return _with_gaps(breaching, real, to_alarm=to_alarm, state=state)


def _with_gaps(breaching: Sequence[bool | None], real: Sequence[bool], *, to_alarm: int, state: str) -> str:
    """Treat missing as missing: only a breach that has lasted as long as M periods raises the alarm."""
    if not real:
        return "INSUFFICIENT_DATA"
    if not all(real):
        return "OK"
    oldest = max(index for index, entry in enumerate(breaching) if entry)
    return "ALARM" if oldest + 1 >= to_alarm else state


def _state(alarm: bool) -> str:
    return "ALARM" if alarm else "OK"
