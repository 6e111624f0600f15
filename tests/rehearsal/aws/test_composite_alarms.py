import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

from .conftest import Inbox, eventually

pytestmark = pytest.mark.emulator


@pytest.fixture
def state(local_aws: LocalAws, name: str) -> Callable[[], str]:
    """The state of the test's composite alarm."""
    cloudwatch = local_aws.client("cloudwatch")

    def read() -> str:
        found = cloudwatch.describe_alarms(AlarmNames=[f"{name}-any"], AlarmTypes=["CompositeAlarm"])
        return str(found["CompositeAlarms"][0]["StateValue"])

    return read


def test_a_composite_alarm_of_a_template_follows_its_children_and_notifies(
    local_aws: LocalAws, stack: Callable[..., Any], inbox: Inbox, state: Callable[[], str], name: str
) -> None:
    assert stack(_resources(name, inbox.topic))["StackStatus"] == "CREATE_COMPLETE"
    assert state() == "OK"

    local_aws.client("cloudwatch").put_metric_data(Namespace=name, MetricData=[{"MetricName": "B", "Value": 5.0}])

    assert eventually(state, lambda seen: seen == "ALARM")
    assert json.loads(inbox.next())["AlarmName"] == f"{name}-any"
    assert eventually(state, lambda seen: seen == "OK")


def test_a_composite_alarm_changes_and_leaves_with_its_stack(
    local_aws: LocalAws, stack: Callable[..., Any], state: Callable[[], str], name: str
) -> None:
    cloudwatch = local_aws.client("cloudwatch")
    resources = _resources(name, "arn:aws:sns:us-east-1:000000000000:none")
    stack(resources)
    resources["Any"]["Properties"] |= {"AlarmRule": f'NOT ALARM("{name}-A")', "Tags": [{"Key": "k", "Value": "v"}]}

    stack(resources)

    assert state() == "ALARM"
    tags = cloudwatch.list_tags_for_resource(ResourceARN=f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{name}-any")
    assert tags["Tags"] == [{"Key": "k", "Value": "v"}]
    with pytest.raises(ClientError, match="composite alarm"):
        cloudwatch.delete_alarms(AlarmNames=[f"{name}-A"])

    local_aws.client("cloudformation").delete_stack(StackName=name)

    assert eventually(lambda: _alarms(cloudwatch, name), lambda seen: seen == []) == []


def test_a_composite_alarm_on_an_alarm_that_does_not_exist_fails_the_stack(
    stack: Callable[..., Any], name: str
) -> None:
    properties = {"AlarmName": f"{name}-any", "AlarmRule": f'ALARM("{name}-A")'}

    status = stack({"Any": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties}})["StackStatus"]

    assert status in {"ROLLBACK_COMPLETE", "CREATE_FAILED"}


def _alarms(cloudwatch: Any, name: str) -> list[str]:
    found = cloudwatch.describe_alarms(AlarmNamePrefix=name, AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return [alarm["AlarmName"] for kind in ("MetricAlarms", "CompositeAlarms") for alarm in found[kind]]


def _resources(name: str, topic: str) -> dict[str, Any]:
    def alarm(metric: str) -> dict[str, Any]:
        properties = {
            "AlarmName": f"{name}-{metric}",
            "Namespace": name,
            "MetricName": metric,
            "Statistic": "Maximum",
            "Period": 2,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "TreatMissingData": "notBreaching",
        }
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}

    properties = {
        "AlarmName": f"{name}-any",
        "AlarmRule": {"Fn::Join": ["", ['ALARM("', {"Ref": "A"}, '") OR ALARM("', {"Ref": "B"}, '")']]},
        "AlarmActions": [topic],
    }
    composite = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": properties, "DependsOn": ["A", "B"]}
    return {"A": alarm("A"), "B": alarm("B"), "Any": composite}
