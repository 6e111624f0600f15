"""Acknowledged cdk-nag findings: each on the construct it concerns, each with its reason."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_lambda as lambda_
from constructs import IConstruct

LAMBDA_LOGGING = (
    "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]"
)
"""The managed policy with which functions that the CDK brings along write their logs."""


def acknowledge(construct: IConstruct, findings: Mapping[str, str]) -> None:
    """Accept findings on a construct and what is below it.

    Args:
        findings: Finding id -> why a security reviewer can accept it here.
    """
    Validations.of(construct).acknowledge(*(Acknowledgment(id=id_, reason=why) for id_, why in findings.items()))


def wildcard(scope: IConstruct, arn: str) -> str:
    """Id of the finding on a wildcard in a policy's resource."""
    return f"AwsSolutions-IAM5[Resource::{_spelled(Stack.of(scope).resolve(arn))}]"


def any_version(function: lambda_.Function) -> str:
    """Id of the finding on ``<function's ARN>:*``, which every grant to invoke an unqualified function gives."""
    return wildcard(function, f"{function.function_arn}:*")


def _spelled(value: Any) -> str:
    """An ARN as cdk-nag spells it: references in angle brackets."""
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": ["", parts]}:
            return "".join(map(_spelled, parts))
    return str(value)
