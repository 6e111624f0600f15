import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

pytestmark = pytest.mark.emulator


def test_a_bucket_that_demands_tls_can_be_used(
    local_aws: LocalAws, role: Callable[..., str], as_role: Callable[..., Any], name: str
) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=name)
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    allow = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{name}/*"}

    as_role(role("lambda.amazonaws.com", allow), "s3").put_object(Bucket=name, Key="k", Body=b"x")


def test_a_role_may_do_nothing_that_its_policies_do_not_say(
    role: Callable[..., str], as_role: Callable[..., Any]
) -> None:
    with pytest.raises(ClientError, match=r"AccessDenied.* is not authorized to perform: ssm:DescribeParameters"):
        as_role(role("lambda.amazonaws.com"), "ssm").describe_parameters()


def test_publishing_metrics_can_be_limited_to_a_namespace(
    role: Callable[..., str], as_role: Callable[..., Any]
) -> None:
    condition = {"StringEquals": {"cloudwatch:namespace": "Mine"}}
    allow = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": condition}
    client = as_role(role("lambda.amazonaws.com", allow), "cloudwatch")
    data = [{"MetricName": "M", "Value": 1.0}]

    client.put_metric_data(Namespace="Mine", MetricData=data)

    with pytest.raises(ClientError, match="not authorized to perform: cloudwatch:PutMetricData"):
        client.put_metric_data(Namespace="Theirs", MetricData=data)


@pytest.mark.parametrize("principal", [{"Service": "bedrock.amazonaws.com"}, {"AWS": "arn:aws:iam::111111111111:root"}])
def test_root_stands_for_services_and_for_nobody_else(
    local_aws: LocalAws, name: str, principal: dict[str, str]
) -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "000000000000"}, "ArnLike": {"aws:SourceArn": "arn:aws:x*"}}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = local_aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]

    def assume() -> bool:
        try:
            local_aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="service")
        except ClientError:
            return False
        return True

    assert assume() is ("Service" in principal)
