"""What stacks of this product rely on, without a gap having to be filled for it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

from .conftest import MakeFunction, settled

pytestmark = pytest.mark.emulator


def test_a_version_that_is_retained_outlives_its_stack(
    local_aws: LocalAws, stack: Callable[..., Any], role: Callable[..., str], name: str
) -> None:
    client = local_aws.client("lambda")
    stack(_function(name, role("lambda.amazonaws.com"), code="1") | {"V1": _version()})

    stack(_function(name, role("lambda.amazonaws.com"), code="2") | {"V2": _version()})

    versions = client.list_versions_by_function(FunctionName=name)["Versions"]
    assert [version["Version"] for version in versions] == ["$LATEST", "1", "2"]


def test_an_alias_that_is_replaced_leaves_the_old_version_callable(
    local_aws: LocalAws, stack: Callable[..., Any], role: Callable[..., str], invoke: Callable[..., Any], name: str
) -> None:
    arn = role("lambda.amazonaws.com")
    stack(_function(name, arn, code="1") | {"V1": _version(), "A": _alias("run-1", "V1")})

    stack(_function(name, arn, code="2") | {"V2": _version(), "A": _alias("run-2", "V2")})

    aliases = local_aws.client("lambda").list_aliases(FunctionName=name)["Aliases"]
    assert [alias["Name"] for alias in aliases] == ["run-2"]
    assert (invoke(f"{name}:1"), invoke(f"{name}:run-2")) == (1, 2)


def test_deleting_a_stack_keeps_what_is_to_be_retained(
    local_aws: LocalAws, stack: Callable[..., Any], name: str
) -> None:
    cloudformation = local_aws.client("cloudformation")
    stack({"B": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": name}}})

    cloudformation.delete_stack(StackName=name)

    local_aws.client("s3").head_bucket(Bucket=name)


def test_a_policy_that_leaves_the_template_leaves_the_role(
    local_aws: LocalAws,
    stack: Callable[..., Any],
    as_role: Callable[..., Any],
    name: str,
) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    properties = {"RoleName": name, "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}}
    allow = {"Effect": "Allow", "Action": "ssm:DescribeParameters", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [allow]}
    the_role = {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}
    policy = {"PolicyName": "p", "Roles": [{"Ref": "R"}], "PolicyDocument": document}
    stack(the_role | {"P": {"Type": "AWS::IAM::Policy", "Properties": policy}})
    as_role(f"arn:aws:iam::000000000000:role/{name}", "ssm").describe_parameters()

    stack(the_role)

    with pytest.raises(ClientError, match="AccessDenied"):
        as_role(f"arn:aws:iam::000000000000:role/{name}", "ssm").describe_parameters()


def test_a_failed_update_puts_everything_back(
    local_aws: LocalAws, stack: Callable[..., Any], function: MakeFunction, name: str
) -> None:
    broken = local_aws.client("lambda").get_function(FunctionName=function("raise ValueError('no')"))
    token = broken["Configuration"]["FunctionArn"]

    def parameter(value: str) -> dict[str, Any]:
        return {
            "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": f"/{name}", "Type": "String", "Value": value}}
        }

    stack(parameter("before"))
    failing = {"Type": "Custom::No", "DependsOn": "P", "Properties": {"ServiceToken": token}}

    assert stack(parameter("after") | {"C": failing})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"

    assert local_aws.client("ssm").get_parameter(Name=f"/{name}")["Parameter"]["Value"] == "before"


def test_a_topic_with_a_key_of_its_own_delivers_alarms(
    local_aws: LocalAws, stack: Callable[..., Any], name: str
) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    key = {"KeyPolicy": {"Version": "2012-10-17", "Statement": [statement]}, "EnableKeyRotation": True}
    resources = {
        "K": {"Type": "AWS::KMS::Key", "Properties": key},
        "T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name, "KmsMasterKeyId": {"Ref": "K"}}},
    }

    assert stack(resources)["StackStatus"] == "CREATE_COMPLETE"

    arn = f"arn:aws:sns:us-east-1:000000000000:{name}"
    assert local_aws.client("sns").publish(TopicArn=arn, Message="hello")["MessageId"]


def test_a_deleted_stack_is_gone(local_aws: LocalAws, stack: Callable[..., Any], name: str) -> None:
    cloudformation = local_aws.client("cloudformation")
    stack({"B": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}})
    identifier = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]

    cloudformation.delete_stack(StackName=name)

    assert settled(cloudformation, identifier)["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="404"):
        local_aws.client("s3").head_bucket(Bucket=name)


def _function(name: str, role_arn: str, *, code: str) -> dict[str, Any]:
    properties = {
        "FunctionName": name,
        "Runtime": "python3.14",
        "Handler": "index.handler",
        "Role": role_arn,
        "Code": {"ZipFile": f"def handler(event, context): return {code}"},
    }
    return {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}


def _version() -> dict[str, Any]:
    properties = {"FunctionName": {"Ref": "F"}}
    return {"Type": "AWS::Lambda::Version", "DeletionPolicy": "Retain", "Properties": properties}


def _alias(alias_name: str, version: str) -> dict[str, Any]:
    number = {"Fn::GetAtt": [version, "Version"]}
    properties = {"Name": alias_name, "FunctionName": {"Ref": "F"}, "FunctionVersion": number}
    return {"Type": "AWS::Lambda::Alias", "Properties": properties}
