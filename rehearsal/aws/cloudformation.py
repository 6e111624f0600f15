"""Templates may declare alarms on metric math.

The emulator's CloudFormation refuses ``Properties.Metrics`` of an alarm.
"""

from typing import Any

from ministack.services.cloudformation import provisioners

from .patching import original, replace

_STAND_IN = {"MetricName": "-", "Namespace": "-"}


def apply() -> None:
    """Wrap the conversion of a template's alarm."""
    plain = original(provisioners, "_cw_metric_alarm_record", "name", "props")

    def _cw_metric_alarm_record(name: str, props: dict[str, Any]) -> dict[str, Any]:
        queries = props.get("Metrics")
        if not queries:
            return dict(plain(name, props))
        record = plain(name, {key: value for key, value in props.items() if key != "Metrics"} | _STAND_IN)
        for key in (*_STAND_IN, "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit"):
            record.pop(key, None)
        return dict(record, Metrics=[_typed(query) for query in queries])

    replace(provisioners, "_cw_metric_alarm_record", _cw_metric_alarm_record, "name", "props")


def _typed(query: dict[str, Any]) -> dict[str, Any]:
    """Give a template's query the types the API has; templates may spell booleans as strings."""
    typed = dict(query)
    if "ReturnData" in typed:
        typed["ReturnData"] = str(typed["ReturnData"]).lower() == "true"
    return typed
