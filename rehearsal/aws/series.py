"""Read stored metrics the way CloudWatch identifies them: namespace, name and exactly these dimensions."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.services import cloudwatch

from . import metric_math

Window = tuple[float, float]
"""Start (included) and end (excluded) of one period, in seconds since the epoch."""


Lookup = Callable[[Mapping[str, Any]], float | None]
"""From a query's MetricStat to its value in the period that is being looked at."""


def within(window: Window) -> Lookup:
    """Return how to look a metric up in one period."""
    start, end = window

    def lookup(metric_stat: Mapping[str, Any]) -> float | None:
        points = [point for point in _points(metric_stat["Metric"]) if start <= point["Timestamp"] < end]
        return _statistic(metric_stat["Stat"], points)

    return lookup


def by_period(metric_stat: Mapping[str, Any], length: int, window: Window) -> dict[int, float | None]:
    """Return the value of each period of ``length`` seconds that has datapoints, by the period's start."""
    start, end = window
    periods: dict[int, list[Any]] = {}
    for point in _points(metric_stat["Metric"]):
        if start <= point["Timestamp"] < end:
            periods.setdefault(int(point["Timestamp"] // length) * length, []).append(point)
    return {at: _statistic(metric_stat["Stat"], points) for at, points in periods.items()}


def query(queries: Sequence[Mapping[str, Any]], id_: str, lookup: Lookup) -> float | None:
    """Return the value of one of several metric data queries, which may refer to each other, in one period.

    Raises:
        UnsupportedExpressionError: An expression outside what ``metric_math`` does.
    """
    wanted = next((q for q in queries if q["Id"] == id_), None)
    if wanted is None:
        raise metric_math.UnsupportedExpressionError(f"no metric with id {id_!r}")
    if wanted.get("MetricStat"):
        return lookup(wanted["MetricStat"])
    ids = metric_math.names(wanted["Expression"])
    if "METRICS()" in wanted["Expression"]:
        ids |= {q["Id"] for q in queries if q.get("MetricStat")}
    return metric_math.evaluate(wanted["Expression"], {name: query(queries, name, lookup) for name in ids})


def period(queries: Sequence[Mapping[str, Any]], id_: str) -> int:
    """Return the period of a query in seconds; an expression without one takes that of the metrics it uses."""
    wanted = next((q for q in queries if q["Id"] == id_), {})
    own = wanted.get("Period") or (wanted.get("MetricStat") or {}).get("Period")
    others = [q["MetricStat"]["Period"] for q in queries if q.get("MetricStat")]
    return int(own or min(others, default=60))


def _points(metric: Mapping[str, Any]) -> list[Any]:
    dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions") or []}
    return list(
        cloudwatch._metrics.get((metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions))) or []
    )


def _statistic(stat: str, points: list[Any]) -> float | None:
    found = cloudwatch._stat_value(cloudwatch._calc_stats(points), stat, points) if points else None
    return None if found is None else float(found)
