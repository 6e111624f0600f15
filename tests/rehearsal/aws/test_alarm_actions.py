import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.environment import LocalAws

from .conftest import Inbox, MakeFunction, eventually

pytestmark = pytest.mark.emulator

_TELL = """
import boto3, json, os
def handler(event, context):
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC"], Message=json.dumps(event))
    if os.environ.get("FAIL"):
        raise ValueError("no")
"""


@pytest.fixture
def teller(function: MakeFunction, role: Callable[..., str], inbox: Inbox) -> Callable[..., str]:
    """Creates a function that publishes the event it is invoked with."""

    def create(**variables: str) -> str:
        allow = {"Effect": "Allow", "Action": "sns:Publish", "Resource": inbox.topic}
        environment = {"Variables": {"TOPIC": inbox.topic} | variables}
        return function(_TELL, Role=role("lambda.amazonaws.com", allow), Environment=environment)

    return create


@pytest.fixture
def go_off(local_aws: LocalAws, name: str) -> Callable[[str], None]:
    """Has an alarm with a function as its action go off."""
    cloudwatch = local_aws.client("cloudwatch")

    def raise_alarm(function_name: str) -> None:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            AlarmDescription="critical: it is too much.",
            Namespace=name,
            MetricName="M",
            Dimensions=[{"Name": "Run", "Value": "a"}],
            Statistic="Maximum",
            Period=10,
            Threshold=1.0,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            AlarmActions=[f"arn:aws:lambda:us-east-1:000000000000:function:{function_name}"],
        )
        datum = {"MetricName": "M", "Value": 5.0, "Dimensions": [{"Name": "Run", "Value": "a"}]}
        cloudwatch.put_metric_data(Namespace=name, MetricData=[datum])

    return raise_alarm


def test_an_alarm_invokes_a_function_that_lets_it(
    local_aws: LocalAws, teller: Callable[..., str], go_off: Callable[[str], None], inbox: Inbox, name: str
) -> None:
    function_name = teller()
    _permit(local_aws, function_name, f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}")

    go_off(function_name)

    event = json.loads(inbox.next())
    data = event["alarmData"]
    metric = {"namespace": name, "name": "M", "dimensions": {"Run": "a"}}
    assert (event["source"], event["region"], data["alarmName"]) == ("aws.cloudwatch", "us-east-1", name)
    assert (data["state"]["value"], data["previousState"]["value"]) == ("ALARM", "INSUFFICIENT_DATA")
    assert data["configuration"]["description"] == "critical: it is too much."
    assert data["configuration"]["metrics"][0]["metricStat"] == {"metric": metric, "period": 10, "stat": "Maximum"}


@pytest.mark.parametrize("alarm", [None, "arn:aws:cloudwatch:us-east-1:000000000000:alarm:another"])
def test_a_function_that_does_not_let_the_alarm_is_not_invoked(
    local_aws: LocalAws, teller: Callable[..., str], go_off: Callable[[str], None], inbox: Inbox, alarm: str | None
) -> None:
    function_name = teller()
    if alarm is not None:
        _permit(local_aws, function_name, alarm)

    go_off(function_name)

    time.sleep(2)
    assert not inbox.sqs.receive_message(QueueUrl=inbox.queue).get("Messages")


def test_a_function_that_fails_is_invoked_again_and_its_event_goes_where_failures_go(
    local_aws: LocalAws, teller: Callable[..., str], go_off: Callable[[str], None], inbox: Inbox, name: str
) -> None:
    function_name = teller(FAIL="yes")
    _permit(local_aws, function_name, f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}")
    local_aws.client("lambda").put_function_event_invoke_config(
        FunctionName=function_name,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": inbox.topic}},
    )

    go_off(function_name)

    messages = [json.loads(inbox.next()) for _ in range(3)]
    assert [message.get("source") for message in messages] == ["aws.cloudwatch", "aws.cloudwatch", None]


def test_a_functions_metrics_tell_its_aliases_apart(
    local_aws: LocalAws, function: MakeFunction, invoke: Callable[..., Any]
) -> None:
    client, cloudwatch = local_aws.client("lambda"), local_aws.client("cloudwatch")
    function_name = function("def handler(event, context): raise ValueError('no')")
    version = client.publish_version(FunctionName=function_name)["Version"]
    client.create_alias(FunctionName=function_name, Name="run-1", FunctionVersion=version)

    invoke(f"{function_name}:run-1")

    dimensions = [("FunctionName", function_name), ("Resource", f"{function_name}:run-1")]

    def errors() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = cloudwatch.get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions],
            StartTime=time.time() - 60,
            EndTime=time.time() + 60,
            Period=300,
            Statistics=["Sum"],
        )["Datapoints"]
        return found

    assert eventually(errors, bool)[0]["Sum"] == 1


def _permit(local_aws: LocalAws, function_name: str, alarm: str) -> None:
    local_aws.client("lambda").add_permission(
        FunctionName=function_name,
        StatementId="alarm",
        Action="lambda:InvokeFunction",
        Principal="lambda.alarms.cloudwatch.amazonaws.com",
        SourceArn=alarm,
        SourceAccount="000000000000",
    )
