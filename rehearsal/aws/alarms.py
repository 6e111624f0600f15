"""Metric alarms are evaluated as on AWS: by dimensions, period by period, M out of N, also when no data arrives.

The emulator looks at an alarm only when something is published, mixes all dimensions of a metric and all periods,
and ignores DatapointsToAlarm, TreatMissingData and metric math. Periods here slide with the clock instead of being
aligned to it, so that an alarm reacts to a datapoint at once.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

from . import series
from .alarm_state import COMPARISONS, EXTRA_PERIODS, decide
from .metric_math import UnsupportedExpressionError
from .patching import original, replace

_TICK_SECONDS = 1.0
_log = logging.getLogger(__name__)
_one_at_a_time = threading.RLock()


def apply() -> None:
    """Replace the evaluation of one alarm and start the clock that evaluates all of them."""
    for name, *parameters in (
        ("_record_history", "alarm_name", "old_state", "new_state", "reason", "alarm_type", "reason_data"),
        ("_dispatch_alarm_actions", "alarm", "old_state", "new_state", "reason"),
        ("_evaluate_parent_alarms", "child", "seen"),
        ("_evaluate_all_alarms",),
    ):
        original(cloudwatch, name, *parameters)
    replace(cloudwatch, "_evaluate_alarm", _evaluate_alarm, "alarm")
    threading.Thread(target=_tick, name="alarm-clock", daemon=True).start()


def _tick() -> None:
    while True:
        time.sleep(_TICK_SECONDS)
        for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
            with request_scope(account, region):
                cloudwatch._evaluate_all_alarms()


def _evaluate_alarm(alarm: dict[str, Any]) -> None:
    with _one_at_a_time:
        try:
            state, reason = _judge(alarm, time.time())
        except UnsupportedExpressionError as error:
            state, reason = "INSUFFICIENT_DATA", f"Unchecked: {error}"
        if state != alarm["StateValue"]:
            _change(alarm, state, reason)


def _judge(alarm: dict[str, Any], now: float) -> tuple[str, str]:
    compare = COMPARISONS.get(alarm["ComparisonOperator"])
    if compare is None:
        raise UnsupportedExpressionError(f"{alarm['ComparisonOperator']} is not supported by the embedded AWS")
    periods = int(alarm["EvaluationPeriods"])
    values = _values(alarm, now, periods + EXTRA_PERIODS)
    threshold = float(alarm["Threshold"])
    state = decide(
        [None if value is None else compare(value, threshold) for value in values],
        evaluate=periods,
        to_alarm=int(alarm.get("DatapointsToAlarm") or periods),
        missing=alarm.get("TreatMissingData") or "missing",
        state=alarm["StateValue"],
    )
    return state, _reason(values, alarm["ComparisonOperator"], threshold)


def _values(alarm: dict[str, Any], now: float, count: int) -> list[float | None]:
    """Return the value of each period of the evaluation range, newest first."""
    queries = alarm.get("Metrics") or [
        {
            "Id": "m",
            "MetricStat": {
                "Metric": alarm,
                "Stat": alarm.get("ExtendedStatistic") or alarm["Statistic"],
                "Period": alarm["Period"],
            },
        }
    ]
    id_ = next((q["Id"] for q in queries if q.get("ReturnData", True)), queries[-1]["Id"])
    length = series.period(queries, id_)
    end = now + 1  # a datapoint published this instant is in
    windows = [(end - (i + 1) * length, end - i * length) for i in range(count)]
    return [series.query(queries, id_, series.within(window)) for window in windows]


def _reason(values: Sequence[float | None], comparison: str, threshold: float) -> str:
    present = [value for value in values if value is not None]
    if not present:
        return "Insufficient Data: no datapoints were received."
    shown = ", ".join(f"{value:g}" for value in present)
    return f"Threshold Crossed: datapoints [{shown}], newest first, compared by {comparison} with {threshold:g}."


def _change(alarm: dict[str, Any], state: str, reason: str) -> None:
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
    _log.info("alarm %s: %s -> %s (%s)", alarm["AlarmName"], before, state, reason)
