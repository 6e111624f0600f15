"""The numbers behind one widget of a CloudWatch dashboard: its ``metrics`` arrays, asked for with ``GetMetricData``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

_POINTS = 60  # wanted across a widget, at most about
_PERIODS = (1, 5, 10, 30, 60, 300, 900, 3600, 21600, 86400)  # s; what CloudWatch takes
_DEFAULT_STATISTIC = "Average"


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked at."""

    start: datetime
    end: datetime

    @property
    def period_seconds(self) -> int:
        """The finest period that gives no more points than fit.

        >>> Span(datetime(2026, 1, 1), datetime(2026, 1, 1, 1)).period_seconds
        60
        """
        wanted = (self.end - self.start).total_seconds() / _POINTS
        return next((period for period in _PERIODS if period >= wanted), _PERIODS[-1])


@dataclass(frozen=True, slots=True)
class Line:
    """One curve of a widget."""

    label: str
    times: Sequence[datetime]
    values: Sequence[float]
    colour: str | None
    right: bool
    """Drawn against the axis on the right-hand side."""


def lines(cloudwatch: Any, properties: Mapping[str, Any], span: Span) -> list[Line]:
    """The visible curves of a metric widget, oldest point first.

    Args:
        cloudwatch: A boto3 client.
        properties: The widget's; its own period is ignored in favour of one that suits the span.
    """
    entries = spelled_out(properties.get("metrics", []))
    queries = [_query(number, entry, properties, span.period_seconds) for number, entry in enumerate(entries)]
    if not queries:
        return []
    results: dict[str, Line] = {}
    options = {query["Id"]: entry[-1] for query, entry in zip(queries, entries, strict=True)}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=span.start, EndTime=span.end, ScanBy="TimestampAscending"
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            _add(results, result, options.get(result["Id"], {}))
    return list(results.values())


def spelled_out(metrics: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Entries without abbreviations, each ending with its options.

    ``.`` repeats the field above, ``...`` every field above that is not given anew.

    >>> spelled_out([["N", "a", "Run", "1"], [".", "b", ".", "2"], ["...", "3", {"stat": "Sum"}]])
    [['N', 'a', 'Run', '1', {}], ['N', 'b', 'Run', '2', {}], ['N', 'b', 'Run', '3', {'stat': 'Sum'}]]
    """
    done: list[list[Any]] = []
    above: list[Any] = []
    for metric in metrics:
        fields = list(takewhile(lambda field: not isinstance(field, dict), metric))
        options = dict(metric[-1]) if metric and isinstance(metric[-1], dict) else {}
        if fields[:1] == ["..."]:
            fields = above[: len(above) - len(fields) + 1] + fields[1:]
        fields = [above[place] if field == "." else field for place, field in enumerate(fields)]
        above = fields or above
        done.append([*fields, options])
    return done


def _query(number: int, entry: Sequence[Any], properties: Mapping[str, Any], period_seconds: int) -> dict[str, Any]:
    *fields, options = entry
    query: dict[str, Any] = {
        "Id": options.get("id", f"auto{number}"),
        "ReturnData": options.get("visible", True),
        "Label": options.get("label") or (fields[1] if fields else options.get("expression", "")),
    }
    if not fields:
        return query | {"Expression": options["expression"], "Period": period_seconds}
    namespace, name, *dimensions = fields
    metric = {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [
            {"Name": key, "Value": value} for key, value in zip(dimensions[::2], dimensions[1::2], strict=True)
        ],
    }
    statistic = options.get("stat") or properties.get("stat") or _DEFAULT_STATISTIC
    return query | {"MetricStat": {"Metric": metric, "Period": period_seconds, "Stat": statistic}}


def _add(results: dict[str, Line], result: Mapping[str, Any], options: Mapping[str, Any]) -> None:
    # one SEARCH returns several lines under one id
    key = f"{result['Id']} {result.get('Label', '')}"
    before = results.get(key)
    times, values = ([*before.times], [*before.values]) if before else ([], [])
    points = sorted(zip([*times, *result["Timestamps"]], [*values, *result["Values"]], strict=True))
    results[key] = Line(
        label=result.get("Label") or result["Id"],
        times=[time for time, _ in points],
        values=[value for _, value in points],
        colour=options.get("color"),
        right=options.get("yAxis") == "right",
    )
