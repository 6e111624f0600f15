"""Where model-written code runs: a Lambda function that can do nothing worth attacking.

Whatever a response does in there, it finds a role that may write one log, no settings, no data and, unless the project
says otherwise, no network. Two things are for people to know: it has no reserved concurrency, which would be taken from
the account's other functions for good (a grader asks for at most ``sandbox_client.INVOCATIONS`` at once per batch),
and its published versions are kept, because the graders of earlier runs name them.
"""

from typing import Any, Final, Literal

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from . import nag
from .permission import Permission, give
from .run_function import ROOT, function_log, function_role
from .sdk_layer import RUNTIME
from .staging import python_files, staged

Network = Literal["isolated", "default"]

_CIDR: Final = "10.0.0.0/26"  # 64 addresses: Lambda's network interfaces are shared by all of a function's invocations
_SUBNET_BITS: Final = 28
_INTERFACE_ACTIONS: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does with the role to connect a function to a VPC.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
"""


class Sandbox(Construct):
    """Runs code that a model wrote; nobody but graders may invoke it.

    Attributes:
        version: The published version that graders name, so that a later deployment cannot change how the code of a
            job in flight is run.
    """

    def __init__(self, scope: Construct, id_: str, *, network: Network) -> None:
        """Create the function and publish its current code as a version.

        Args:
            network: ``isolated``: a VPC of its own without a route out; ``default``: Lambda's, which reaches the
                internet.
        """
        super().__init__(scope, id_)
        role = function_role(self, "Role")
        function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=staged(python_files(ROOT, "lambda_src/sandbox") | {"lambda_src/__init__.py": ""}),
            handler="lambda_src.sandbox.handler.handler",
            # a chunk of `sandbox_client.CHUNK` items of `request.MOST_SECONDS`, one after the other, and the start
            timeout=Duration.seconds(120),
            memory_size=1769,  # MiB: one CPU, and room for two processes of the largest `memory_mb`, 512
            role=role,
            log_group=function_log(self, "Log", role),
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
            **(_isolation(self, role) if network == "isolated" else {}),
        )
        self.version: lambda_.IVersion = function.current_version

    def invoke(self) -> Permission:
        """Invoking the published version, and nothing else."""
        return Permission(["lambda:InvokeFunction"], [self.version.function_arn])


def _isolation(scope: Construct, role: iam.Role) -> dict[str, Any]:
    """A network of two subnets that leads nowhere, as properties of a function."""
    vpc = ec2.Vpc(
        scope,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr(_CIDR),
        max_azs=2,
        nat_gateways=0,
        enable_dns_support=False,  # Amazon's resolver answers past every security group, for the whole internet
        enable_dns_hostnames=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(
                name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=_SUBNET_BITS
            )
        ],
        restrict_default_security_group=False,  # that would take a function and a role to do; nothing uses the group
    )
    nothing = ec2.SecurityGroup(scope, "Nothing", vpc=vpc, allow_all_outbound=False, description="Nothing in or out")
    nag.acknowledge(
        vpc,
        {
            "AwsSolutions-VPC7": "No route leaves this VPC and its only security group lets nothing in or out, so flow "
            "logs would record attempts that have failed already; whether code tries to is not of interest."
        },
    )
    _let_lambda_connect(scope, role)
    return {
        "vpc": vpc,
        "vpc_subnets": ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        "security_groups": [nothing],
    }


def _let_lambda_connect(scope: Construct, role: iam.Role) -> None:
    """Permissions that Lambda itself needs and that the function's own code is denied.

    Calls of Lambda on a function's behalf carry no source function, calls of its code always do:
    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    why = (
        "Lambda makes network interfaces for the function with this role, and EC2 takes no narrower resource for some "
        "of these calls. The function's own code is denied all of them."
    )
    give(role, [Permission(_INTERFACE_ACTIONS, ["*"], wildcard=why)])
    any_function = Stack.of(scope).format_arn(
        service="lambda", resource="function", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    role.add_to_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=list(_INTERFACE_ACTIONS),
            resources=["*"],
            # not the function's own ARN: the function waits for this policy
            conditions={"ArnLike": {"lambda:SourceFunctionArn": any_function}},
        )
    )
