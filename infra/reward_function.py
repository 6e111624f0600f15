"""The grader: the Lambda that Bedrock invokes during training."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lambda_src.reward import metrics, rollout_log, telemetry
from lambda_src.run.detectors.grader_latency import TIMEOUT_SECONDS

from .judge import ask_model
from .libraries import libraries, library_files
from .permission import Permission, give
from .run_function import ROOT, function_log, function_role
from .run_identity import RunIdentity
from .sandbox import Sandbox
from .sdk_layer import RUNTIME
from .sections import Rollouts
from .staging import judge_rubrics, python_files, staged
from .storage import Storage

SANDBOX_VARIABLE = "RFT_SANDBOX"
_ALL = Rollouts()


class RewardFunction(Construct):
    """Grades responses; nobody but Bedrock and the preflight may invoke it, or of a shadow the run's workflow.

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
        source: str = metrics.GRADER_SOURCE,
        rollouts: Rollouts = _ALL,
        storage: Storage | None = None,
    ) -> None:
        """Create the function, publish its current code as a version and point the run's alias at it.

        Args:
            rubric: What ``Rubric.from_config`` takes; travels in the function's code.
            judge: Id or ARN of the model or inference profile that the rubric asks, if it asks one.
            sandbox: Where the rubric runs model-written code, if it does.
            source: Under which it publishes its metrics.
            rollouts: How much of what it grades is kept.
            storage: Where that is kept; None for nowhere.
        """
        super().__init__(scope, id_)
        self.timeout = Duration.seconds(TIMEOUT_SECONDS)
        self._identity = identity
        self._source = source

        role = function_role(self, "Role")
        environment = {**identity.environment, telemetry.SOURCE_VARIABLE: source}
        if rollouts.redact:
            environment[rollout_log.REDACT_VARIABLE] = "1"
        if storage is not None and rollouts.keep:
            environment[rollout_log.BUCKET_VARIABLE] = storage.runs.bucket_name
            environment[rollout_log.KEEP_VARIABLE] = f"{rollouts.keep:g}"
            # of its own per run, as the alias is
            give(iam.Policy(self, f"Rollouts{identity.run}", roles=[role]), storage.write_rollouts(identity.run))
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

    def metric_errors(self, **options: Any) -> cloudwatch.Metric:
        """Rollouts that could not be graded."""
        return self._metric(metrics.GRADER_ERRORS, cloudwatch.Stats.SUM, options)

    def metric_duration(self, **options: Any) -> cloudwatch.Metric:
        """Slowest batch, in milliseconds."""
        return self._metric(metrics.GRADER_DURATION, cloudwatch.Stats.MAXIMUM, options)

    def metric_rollouts(self, **options: Any) -> cloudwatch.Metric:
        """Responses graded."""
        return self._metric(metrics.ROLLOUTS, cloudwatch.Stats.SUM, options)

    def metric_rollouts_lost(self, **options: Any) -> cloudwatch.Metric:
        """Responses that were graded but could not be kept."""
        return self._metric(metrics.ROLLOUTS_LOST, cloudwatch.Stats.SUM, options)

    def _metric(self, name: str, statistic: str, options: Mapping[str, Any]) -> cloudwatch.Metric:
        return self._identity.metric(name, source=self._source, **{"statistic": statistic, **options})


def _files(rubric: Sequence[Mapping[str, Any]]) -> dict[str, Path | str]:
    """The grader's code: its packages, the rubrics of judges, the libraries that this rubric needs, and the rubric."""
    return {
        **python_files(ROOT, "lambda_src/reward", "lambda_src/private"),
        **judge_rubrics(ROOT),
        **library_files(libraries(rubric)),
        "lambda_src/__init__.py": "",
        "rubric.json": json.dumps(rubric, indent=2, sort_keys=True),
    }
