"""Log lines in embedded metric format, and log lines that a metric filter matches, become metrics.

The emulator stores both the lines and the filters and publishes nothing. Every line passes exactly one place on its
way, whether a Lambda printed it or PutLogEvents sent it; the metrics are taken there, once.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import logging
from typing import Any

from ministack.services import cloudwatch, cloudwatch_logs

from .log_metrics import MetricValues, embedded_metrics, filtered_metrics
from .patching import original, replace

_log = logging.getLogger(__name__)


def apply() -> None:
    """Wrap the fan-out to subscription filters, which both ways of writing a log call with the group's name."""
    fan_out = original(cloudwatch_logs, "_fanout_to_subscription_filters", "group_name", "stream_name", "events")
    original(
        cloudwatch, "_store_datum",
        "namespace", "name", "dims", "ts", "unit", "value", "values", "counts", "stat_values",
    )  # fmt: skip

    def _fanout_to_subscription_filters(group_name: str, stream_name: str, events: list[dict[str, Any]]) -> None:
        fan_out(group_name, stream_name, events)
        _publish(group_name, events)

    replace(
        cloudwatch_logs, "_fanout_to_subscription_filters", _fanout_to_subscription_filters,
        "group_name", "stream_name", "events",
    )  # fmt: skip


def _publish(group_name: str, events: list[dict[str, Any]]) -> None:
    filters = [f for f in cloudwatch_logs._metric_filters.values() if f["logGroupName"] == group_name]
    found: list[MetricValues] = []
    for event in events:
        message, timestamp = event["message"], event["timestamp"] / 1000
        try:
            found += embedded_metrics(message, timestamp)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _log.warning("log group %s: not a metric in embedded format (%r): %.200s", group_name, error, message)
        for metric_filter in filters:
            found += filtered_metrics(metric_filter, message, timestamp)
    for metric in found:
        _store(metric)
    if found:
        cloudwatch._evaluate_all_alarms()


def _store(metric: MetricValues) -> None:
    cloudwatch._store_datum(
        metric.namespace, metric.name, metric.dimensions, metric.timestamp, metric.unit,
        None, metric.values, None, None,
    )  # fmt: skip
