"""GetMetricData answers expressions, and takes a query without dimensions to mean the metric without dimensions.

The emulator answers every expression with InternalError and merges all dimensions when a query names none. Only the
protocol of current SDKs is handled here.
"""

from typing import Any

from ministack.services import cloudwatch

from . import series
from .metric_math import UnsupportedExpressionError
from .patching import original, replace


def apply() -> None:
    """Replace the GetMetricData handler for JSON and CBOR requests."""
    form_encoded = original(cloudwatch, "_get_metric_data", "params", "cbor_data", "is_cbor", "is_json")

    def _get_metric_data(params: Any, cbor_data: Any, is_cbor: bool, is_json: bool = False) -> Any:
        if not (is_cbor or is_json):
            return form_encoded(params, cbor_data, is_cbor, is_json)
        results = _results(cbor_data)
        if is_cbor:
            encoded = [cloudwatch._cbor_metric_data_result(result) for result in results]
            return cloudwatch._cbor_ok({"MetricDataResults": encoded})
        return cloudwatch._json_ok({"MetricDataResults": results})

    replace(cloudwatch, "_get_metric_data", _get_metric_data, "params", "cbor_data", "is_cbor", "is_json")


def _results(request: dict[str, Any]) -> list[dict[str, Any]]:
    queries = request["MetricDataQueries"]
    window = cloudwatch._parse_ts(request["StartTime"]), cloudwatch._parse_ts(request["EndTime"])
    newest_first = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = []
    for query in queries:
        if query.get("ReturnData", True):
            result = {"Id": query["Id"], "Label": query.get("Label", _label(query))}
            results.append(result | _values(queries, query["Id"], window, newest_first=newest_first))
    return results


def _values(queries: list[dict[str, Any]], id_: str, window: series.Window, *, newest_first: bool) -> dict[str, Any]:
    length = series.period(queries, id_)
    stored = [
        (q["MetricStat"], series.by_period(q["MetricStat"], length, window)) for q in queries if q.get("MetricStat")
    ]
    values = {}
    for at in sorted({at for _, periods in stored for at in periods}, reverse=newest_first):
        try:
            value = series.query(queries, id_, _at(stored, at))
        except UnsupportedExpressionError as error:
            return {"StatusCode": "InternalError", "Timestamps": [], "Values": [], "Messages": [_message(error)]}
        if value is not None:
            values[cloudwatch._ts_iso(at)] = value
    return {"StatusCode": "Complete", "Timestamps": list(values), "Values": list(values.values())}


def _at(stored: list[tuple[Any, dict[int, float | None]]], at: int) -> series.Lookup:
    return lambda metric_stat: next(periods for stat, periods in stored if stat is metric_stat).get(at)


def _message(error: UnsupportedExpressionError) -> dict[str, str]:
    return {"Code": "Unsupported", "Value": str(error)}


def _label(query: dict[str, Any]) -> str:
    return str(query["MetricStat"]["Metric"]["MetricName"]) if query.get("MetricStat") else str(query["Id"])
