"""The grader: the Lambda that Bedrock invokes during training."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lambda_src.reward import metrics

from .judge import ask_model
from .libraries import libraries, library_files
from .permission import Permission, give
from .run_function import ROOT, function_log, function_role
from .run_identity import RunIdentity
from .sandbox import Sandbox
from .sdk_layer import RUNTIME
from .staging import judge_rubrics, python_files, staged

SANDBOX_VARIABLE = "RFT_SANDBOX"


class RewardFunction(Construct):
    """Grades responses; nobody but Bedrock and the preflight may invoke it.

    Attributes:
        alias: ``run-<digest12>`` on a published version, so that a later deployment cannot change the reward of a
            job in flight, and so that the grader knows whose rollouts it grades.
        timeout: Limit for one batch.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity: RunIdentity,
        rubric: Sequence[Mapping[str, Any]],
        judge: str | None = None,
        sandbox: Sandbox | None = None,
    ) -> None:
        """Create the function, publish its current code as a version and point the run's alias at it.

        Args:
            rubric: What ``Rubric.from_config`` takes; travels in the function's code.
            judge: Id or ARN of the model or inference profile that the rubric asks, if it asks one.
            sandbox: Where the rubric runs model-written code, if it does.
        """
        super().__init__(scope, id_)
        self.timeout = Duration.minutes(5)
        self._identity = identity

        role = function_role(self, "Role")
        environment = dict(identity.environment)
        if judge is not None:
            give(role, ask_model(self, judge))
        if sandbox is not None:
            environment[SANDBOX_VARIABLE] = sandbox.version.function_arn
            give(role, [sandbox.invoke()])
        function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            code=staged(_files(rubric)),
            handler="lambda_src.reward.handler.handler",
            environment=environment,
            timeout=self.timeout,
            memory_size=512,  # MiB; bought for the CPU share that comes with it
            role=role,
            log_group=function_log(self, "Log", role),
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN),
        )
        self.alias = lambda_.Alias(
            self,
            # of its own per run: the old run grades through its alias until the new one has started
            f"Run{identity.run}",
            alias_name=f"run-{identity.run}",
            version=function.current_version,
        )

    def invoke(self) -> Permission:
        """Invoking this run's alias, and nothing else."""
        return Permission(["lambda:InvokeFunction"], [self.alias.function_arn])

    def metric_reward(self, **options: Any) -> cloudwatch.Metric:
        """Mean reward of a response, in [0, 1]; ``options`` as in ``cloudwatch.MetricOptions``."""
        return self._metric(metrics.GRADER_REWARD, cloudwatch.Stats.AVERAGE, options)

    def metric_reward_spread(self, **options: Any) -> cloudwatch.Metric:
        """Standard deviation of the rewards of one prompt, averaged; at 0 there is nothing to learn from."""
        return self._metric(metrics.REWARD_SPREAD, cloudwatch.Stats.AVERAGE, options)

    def metric_response_length(self, **options: Any) -> cloudwatch.Metric:
        """Characters of a response."""
        return self._metric(metrics.RESPONSE_LENGTH, cloudwatch.Stats.AVERAGE, options)

    def metric_unparsed_share(self, **options: Any) -> cloudwatch.Metric:
        """Share of responses in which no answer was found, in [0, 1]."""
        return self._metric(metrics.UNPARSED_SHARE, cloudwatch.Stats.AVERAGE, options)

    def metric_errors(self, **options: Any) -> cloudwatch.Metric:
        """Rollouts that could not be graded."""
        return self._metric(metrics.GRADER_ERRORS, cloudwatch.Stats.SUM, options)

    def metric_duration(self, **options: Any) -> cloudwatch.Metric:
        """Slowest batch, in milliseconds."""
        return self._metric(metrics.GRADER_DURATION, cloudwatch.Stats.MAXIMUM, options)

    def metric_rollouts(self, **options: Any) -> cloudwatch.Metric:
        """Responses graded."""
        return self._metric(metrics.ROLLOUTS, cloudwatch.Stats.SUM, options)

    def _metric(self, name: str, statistic: str, options: Mapping[str, Any]) -> cloudwatch.Metric:
        return self._identity.metric(name, source=metrics.GRADER_SOURCE, **{"statistic": statistic, **options})


def _files(rubric: Sequence[Mapping[str, Any]]) -> dict[str, Path | str]:
    """The grader's code: its package, the rubrics of judges, the libraries that this rubric needs, and the rubric."""
    return {
        **python_files(ROOT, "lambda_src/reward"),
        **judge_rubrics(ROOT),
        **library_files(libraries(rubric)),
        "lambda_src/__init__.py": "",
        "rubric.json": json.dumps(rubric, indent=2, sort_keys=True),
    }
