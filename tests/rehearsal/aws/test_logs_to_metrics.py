import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import MakeFunction, eventually

pytestmark = pytest.mark.emulator


@pytest.fixture
def count(local_aws: LocalAws, name: str) -> Callable[..., list[Any]]:
    """Reads sample count and sum of a metric in the test's own namespace."""

    def read(metric: str, **dimensions: str) -> list[Any]:
        points = local_aws.client("cloudwatch").get_metric_statistics(
            Namespace=name,
            MetricName=metric,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=datetime.now(UTC) - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(hours=1),
            Period=3600 * 24,
            Statistics=["SampleCount", "Sum"],
        )["Datapoints"]
        return [(point["SampleCount"], point["Sum"]) for point in points]

    return read


def test_a_line_in_embedded_metric_format_is_published_once(
    function: MakeFunction, invoke: Callable[..., Any], count: Callable[..., Any], name: str
) -> None:
    metrics = [{"Namespace": name, "Dimensions": [["Run"]], "Metrics": [{"Name": "Reward", "Unit": "None"}]}]
    line = {"_aws": {"Timestamp": 0, "CloudWatchMetrics": metrics}, "Run": "r1", "Reward": [0.5, 1.0]}
    source = (
        "import json, time\ndef handler(event, context):\n"
        "    event['_aws']['Timestamp'] = int(time.time() * 1000)\n    print(json.dumps(event))"
    )

    invoke(function(source), line)

    assert eventually(lambda: count("Reward", Run="r1"), bool) == [(2.0, 1.5)]


def test_a_metric_filter_counts_a_lambda_line_once(
    local_aws: LocalAws, function: MakeFunction, invoke: Callable[..., Any], count: Callable[..., Any], name: str
) -> None:
    function_name = function("def handler(event, context): print('went BAD today')")
    logs = local_aws.client("logs")
    logs.create_log_group(logGroupName=f"/aws/lambda/{function_name}")
    logs.put_metric_filter(
        logGroupName=f"/aws/lambda/{function_name}",
        filterName="bad",
        filterPattern="BAD",
        metricTransformations=[{"metricNamespace": name, "metricName": "Bad", "metricValue": "1"}],
    )

    invoke(function_name)

    assert eventually(lambda: count("Bad"), bool) == [(1.0, 1.0)]


def test_a_malformed_line_loses_nothing_but_itself(
    function: MakeFunction, invoke: Callable[..., Any], count: Callable[..., Any], name: str
) -> None:
    good = {
        "_aws": {"CloudWatchMetrics": [{"Namespace": name, "Dimensions": [[]], "Metrics": [{"Name": "Ok"}]}]},
        "Ok": 1,
    }
    source = f"def handler(event, context):\n    print('{{\"_aws\": 1}}')\n    print('''{json.dumps(good)}''')"

    invoke(function(source))

    assert eventually(lambda: count("Ok"), bool) == [(1.0, 1.0)]
