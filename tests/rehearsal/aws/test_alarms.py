import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import Inbox, eventually

pytestmark = pytest.mark.emulator


@pytest.fixture
def put(local_aws: LocalAws, name: str) -> Callable[..., None]:
    """Publishes a value of metric ``M`` in the test's own namespace."""
    cloudwatch = local_aws.client("cloudwatch")

    def publish(value: float, *, metric: str = "M", seconds_ago: float = 0, **dimensions: str) -> None:
        datum = {
            "MetricName": metric,
            "Value": value,
            "Timestamp": datetime.now(UTC) - timedelta(seconds=seconds_ago),
            "StorageResolution": 1,
            "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        }
        cloudwatch.put_metric_data(Namespace=name, MetricData=[datum])

    return publish


@pytest.fixture
def alarm(local_aws: LocalAws, name: str) -> Callable[..., Callable[[], str]]:
    """Creates an alarm on metric ``M`` above 1; returns how to read its state."""
    cloudwatch = local_aws.client("cloudwatch")

    def create(**options: Any) -> Callable[[], str]:
        metric = {} if "Metrics" in options else {"MetricName": "M", "Namespace": name, "Statistic": "Maximum"}
        period = {} if "Metrics" in options else {"Period": 10}
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            **{"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}
            | metric
            | period
            | options,
        )
        return lambda: str(cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"])

    return create


def test_an_alarm_looks_at_its_own_dimensions_only(put: Callable[..., None], alarm: Callable[..., Any]) -> None:
    state = alarm(Dimensions=[{"Name": "Run", "Value": "a"}])
    put(5, Run="b")

    put(0, Run="a")

    assert eventually(state, lambda seen: seen != "INSUFFICIENT_DATA") == "OK"


def test_an_alarm_waits_for_its_number_of_breaching_datapoints(
    put: Callable[..., None], alarm: Callable[..., Any]
) -> None:
    state = alarm(EvaluationPeriods=3, DatapointsToAlarm=2)
    put(0, seconds_ago=25)
    put(5, seconds_ago=15)
    assert state() != "ALARM"

    put(5)

    assert eventually(state, lambda seen: seen == "ALARM")


def test_an_alarm_recovers_by_itself_when_missing_data_is_not_breaching(
    put: Callable[..., None], alarm: Callable[..., Any]
) -> None:
    state = alarm(TreatMissingData="notBreaching", Period=1)

    put(5)

    assert eventually(state, lambda seen: seen == "ALARM")
    assert eventually(state, lambda seen: seen == "OK")


def test_a_state_change_notifies_the_topic(
    put: Callable[..., None], alarm: Callable[..., Any], inbox: Inbox, name: str
) -> None:
    alarm(AlarmActions=[inbox.topic])

    put(5)

    message = json.loads(inbox.next())
    assert (message["AlarmName"], message["NewStateValue"]) == (name, "ALARM")


def test_an_alarm_on_metric_math_in_a_template_is_evaluated(
    local_aws: LocalAws, stack: Callable[..., Any], put: Callable[..., None], name: str
) -> None:
    def metric(id_: str, metric_name: str) -> dict[str, Any]:
        stat = {"Metric": {"Namespace": name, "MetricName": metric_name}, "Period": 10, "Stat": "Sum"}
        return {"Id": id_, "MetricStat": stat, "ReturnData": False}

    queries = [{"Id": "share", "Expression": "errors / total"}, metric("errors", "E"), metric("total", "T")]
    properties = {
        "Metrics": queries,
        "Threshold": 0.5,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
    }
    assert "COMPLETE" in stack({"A": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}})["StackStatus"]
    cloudwatch = local_aws.client("cloudwatch")

    put(8, metric="T")
    put(6, metric="E")

    def state() -> str:
        alarms = cloudwatch.describe_alarms(AlarmNamePrefix=name)["MetricAlarms"]
        return str(alarms[0]["StateValue"])

    assert eventually(state, lambda seen: seen == "ALARM")


def test_metric_data_answers_statistics_and_expressions_by_period(
    local_aws: LocalAws, put: Callable[..., None], name: str
) -> None:
    base = time.time() // 60 * 60 - 120
    for value, at in ((2.0, 1), (4.0, 2), (10.0, 61)):
        put(value, seconds_ago=time.time() - base - at)
    stat = {"Metric": {"Namespace": name, "MetricName": "M"}, "Period": 60, "Stat": "Average"}

    results = local_aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}, {"Id": "e", "Expression": "m * 2"}],
        StartTime=datetime.fromtimestamp(base, UTC),
        EndTime=datetime.now(UTC),
        ScanBy="TimestampAscending",
    )["MetricDataResults"]

    assert {result["Id"]: result["Values"] for result in results} == {"m": [3.0, 10.0], "e": [6.0, 20.0]}


def test_metric_data_without_dimensions_is_not_that_with_dimensions(
    local_aws: LocalAws, put: Callable[..., None], name: str
) -> None:
    put(1, Run="a")
    stat = {"Metric": {"Namespace": name, "MetricName": "M"}, "Period": 60, "Stat": "Sum"}

    (result,) = local_aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "m", "MetricStat": stat}],
        StartTime=datetime.now(UTC) - timedelta(minutes=5),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
    )["MetricDataResults"]

    assert result["Values"] == []
