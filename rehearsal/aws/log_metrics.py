"""Which metrics a log line stands for: embedded metric format and metric filters, as pure functions."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MetricValues:
    """Values of one metric under one set of dimensions; ``timestamp`` in seconds since the epoch."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    unit: str
    timestamp: float
    values: list[float]


def embedded_metrics(message: str, timestamp: float) -> Iterator[MetricValues]:
    """Yield what a line in embedded metric format publishes; nothing for any other line.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: The line announces metrics but is malformed.
    """
    if '"_aws"' not in message or not message.lstrip().startswith("{"):
        return
    document = json.loads(message)
    metadata = document["_aws"]
    timestamp = metadata.get("Timestamp", timestamp * 1000) / 1000
    for directive in metadata.get("CloudWatchMetrics", []):
        for names in directive["Dimensions"]:
            dimensions = {name: str(document[name]) for name in names}
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                values = [float(v) for v in (value if isinstance(value, list) else [value])]
                unit = metric.get("Unit", "None")
                yield MetricValues(directive["Namespace"], metric["Name"], dimensions, unit, timestamp, values)


def filtered_metrics(metric_filter: Mapping[str, Any], message: str, timestamp: float) -> Iterator[MetricValues]:
    """Yield what a metric filter makes of a line: its transformations if the line matches.

    Patterns are space-separated terms, ``"quoted phrases"`` and ``-excluded`` terms, all case sensitive as on
    AWS; a JSON or space-delimited pattern, or a value taken from the line, matches nothing here.
    """
    if not matches(metric_filter.get("filterPattern", ""), message):
        return
    for transformation in metric_filter.get("metricTransformations", []):
        try:
            values = [float(transformation["metricValue"])]
        except ValueError:
            continue
        namespace, name = transformation["metricNamespace"], transformation["metricName"]
        yield MetricValues(namespace, name, {}, transformation.get("unit", "None"), timestamp, values)


def matches(pattern: str, message: str) -> bool:
    """Tell whether a line matches a pattern of terms.

    >>> matches('ERROR -Retry "timed out"', "ERROR: call timed out")
    True
    """
    if pattern.strip().startswith(("{", "[", "%")):
        return False
    terms = re.findall(r'(-?)(?:"([^"]*)"|(\S+))', pattern)
    return all(((quoted or word) in message) != bool(excluded) for excluded, quoted, word in terms)
