"""A Lambda of the run: preflight, custom resource, workflow step."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from .libraries import library_files
from .permission import Permission, give
from .sdk_layer import RUNTIME
from .staging import judge_rubrics, python_files, staged

ROOT = Path(__file__).resolve().parent.parent


class RunFunction(lambda_.Function):
    """One handler of ``lambda_src.run`` with a role of its own that may write its log and what is granted here."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        handler: str,
        layer: lambda_.ILayerVersion,
        environment: Mapping[str, str],
        permissions: Iterable[Permission],
        timeout: Duration,
        packages: Sequence[str] = (),
    ) -> None:
        """Create the function.

        Args:
            handler: ``module.function`` below ``lambda_src.run``.
            environment: Settings the handler's module documents.
            permissions: What the handler may do beside logging.
            packages: Libraries that its code needs beside the layer's.
        """
        role = function_role(scope, f"{id_}Role")
        log_group = function_log(scope, f"{id_}Log", role)
        super().__init__(
            scope,
            id_,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=staged({**python_files(ROOT, "lambda_src"), **judge_rubrics(ROOT), **library_files(packages)}),
            handler=f"lambda_src.run.{handler}",
            layers=[layer],
            environment=dict(environment),
            timeout=timeout,
            memory_size=512,  # MiB; bought for the CPU share that comes with it
            role=role,
            log_group=log_group,
        )
        give(role, permissions)


def function_role(scope: Construct, id_: str) -> iam.Role:
    """A role for one Lambda that may do nothing yet."""
    return iam.Role(scope, id_, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))


def function_log(scope: Construct, id_: str, role: iam.IRole) -> logs.LogGroup:
    """A log that ``role`` may write, and nothing else: the managed policy would open every log of the account."""
    log_group = logs.LogGroup(
        scope, id_, retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
    )
    log_group.grant_write(role)
    return log_group
