"""The run after the deploy: one execution per run, from the job's creation to the record."""

from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from lambda_src.reward import metrics
from lambda_src.run.alarm.evidence import LIVE
from lambda_src.run.alarm.stop import NOTE

from . import bedrock, nag
from .customization_role import CustomizationRole
from .dataset import DatasetFiles
from .notifications import Notifications
from .permission import Permission, give
from .reward_function import RewardFunction
from .run_function import RunFunction
from .run_identity import RunIdentity
from .storage import RECORDS, Storage, list_prefix


class RunWorkflow(Construct):
    """Starts the customization job, watches it, and concludes: curves, detectors, record, model, notice.

    Attributes:
        state_machine: One execution per run, named after it.
        model_parameter: Holds the ARN of the newest model, ``pending`` before the first.
        start_timeout: How long a step in flight may still create a job.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity: RunIdentity,
        base_model: str,
        role: CustomizationRole,
        dataset: DatasetFiles,
        storage: Storage,
        notifications: Notifications,
        sdk: lambda_.ILayerVersion,
        interval: Duration,
        shadow: RewardFunction | None = None,
        shadow_rollouts: int = 0,
    ) -> None:
        """Create it.

        Args:
            dataset: Tells which rollouts are of validation, and what the shadow grader compares with.
            interval: Between two looks at the job and its rollouts.
            shadow: Grades a sample of the rollouts, too.
            shadow_rollouts: How many of a training step.
        """
        super().__init__(scope, id_)
        self._identity = identity
        self._interval = interval
        self.start_timeout = Duration.minutes(3)
        self.model_parameter = ssm.StringParameter(
            self, "Model", parameter_name=f"/rft/{identity.project}/{identity.stage}/model", string_value="pending"
        )
        start = RunFunction(
            self,
            "Start",
            handler="workflow.start_job",
            layer=sdk,
            environment={},
            permissions=[
                bedrock.read_jobs(self),
                *bedrock.create_jobs(
                    self, base_model=base_model, role=role, project=identity.project, stage=identity.stage
                ),
            ],
            timeout=self.start_timeout,
        )
        poll = RunFunction(
            self,
            "Poll",
            handler="workflow.poll_job",
            layer=sdk,
            environment={},
            permissions=[bedrock.read_jobs(self), _put_metrics()],
            timeout=Duration.minutes(3),
        )
        watch = RunFunction(
            self,
            "Watch",
            handler="workflow.watch_run",
            layer=sdk,
            environment={
                "RUNS_BUCKET": storage.runs.bucket_name,
                **_asked(shadow, shadow_rollouts),
            },
            permissions=[bedrock.read_jobs(self), _put_metrics(), *_keep_live(storage)],
            timeout=Duration.minutes(10),
        )
        assert isinstance(watch.role, iam.Role)  # noqa: S101 - for the type checker
        # of its own per run, as the grader's alias is: an old run is watched until the new one has started
        give(
            iam.Policy(self, f"Watched{identity.run}", roles=[watch.role]),
            [
                *storage.read_rollouts(identity.run),
                *dataset.read(),
                *([] if shadow is None else [shadow.invoke()]),
            ],
        )
        conclude = RunFunction(
            self,
            "Conclude",
            handler="workflow.conclude",
            layer=sdk,
            environment={
                "RUNS_BUCKET": storage.runs.bucket_name,
                "MODEL_PARAMETER": self.model_parameter.parameter_name,
                "TOPIC_ARN": notifications.topic.topic_arn,
            },
            permissions=[
                bedrock.read_jobs(self),
                _put_metrics(),
                *storage.read_artifacts(),
                *_read_left(storage, LIVE, NOTE),
                *storage.write_records(),
                *notifications.publish(),
                self.write_model(),
            ],
            timeout=Duration.minutes(5),
        )
        self.state_machine = self._state_machine(start, poll, watch, conclude)

    def write_model(self) -> Permission:
        return Permission(["ssm:PutParameter"], [self.model_parameter.parameter_arn])

    def metric_curve(self, name: str, **options: Any) -> cloudwatch.Metric:
        """One of the job's training curves, known when the job has ended; ``options`` as in ``MetricOptions``."""
        return self._metric(name, metrics.ARTIFACTS_SOURCE, {"statistic": cloudwatch.Stats.AVERAGE, **options})

    def metric_live(self, name: str, **options: Any) -> cloudwatch.Metric:
        """What all rollouts of a step come to, known while the job trains; ``options`` as in ``MetricOptions``."""
        return self._metric(name, metrics.ROLLOUTS_SOURCE, {"statistic": cloudwatch.Stats.AVERAGE, **options})

    def metric_detector(self, name: str, **options: Any) -> cloudwatch.Metric:
        """What a detector measured, in the unit of its threshold."""
        return self._metric(name, metrics.DETECTOR_SOURCE, options)

    def metric_job_failed(self, **options: Any) -> cloudwatch.Metric:
        """1 for a run whose job failed, else 0."""
        return self._metric(metrics.JOB_FAILED, metrics.WORKFLOW_SOURCE, options)

    def metric_job_hours(self, **options: Any) -> cloudwatch.Metric:
        """Age of the running job, in hours."""
        return self._metric(metrics.JOB_HOURS, metrics.WORKFLOW_SOURCE, options)

    def _metric(self, name: str, source: str, options: dict[str, Any]) -> cloudwatch.Metric:
        return self._identity.metric(name, source=source, **{"statistic": cloudwatch.Stats.MAXIMUM, **options})

    def _state_machine(
        self, start: RunFunction, poll: RunFunction, watch: RunFunction, conclude: RunFunction
    ) -> sfn.StateMachine:
        log_group = logs.LogGroup(
            self,
            "Log",
            # this prefix spares the account's log resource policy, which is limited to 5120 characters
            log_group_name=f"/aws/vendedlogs/states/rft-{self._identity.project}-{self._identity.stage}",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        machine = sfn.StateMachine(
            self,
            "StateMachine",
            definition_body=sfn.DefinitionBody.from_chainable(self._definition(start, poll, watch, conclude)),
            logs=sfn.LogOptions(destination=log_group, level=sfn.LogLevel.ALL),
            tracing_enabled=True,
        )
        nag.acknowledge(
            machine,
            {
                "AwsSolutions-IAM5[Resource::*]": "X-Ray and log delivery take no resources in IAM; the machine writes "
                "its own traces and its own log.",
                **{
                    nag.any_version(function): "Step Functions invokes these functions unqualified; the ARN pattern is "
                    "their versions and aliases, of which there are none."
                    for function in (start, poll, watch, conclude)
                },
            },
        )
        return machine

    def _definition(
        self, start: RunFunction, poll: RunFunction, watch: RunFunction, conclude: RunFunction
    ) -> sfn.IChainable:
        start_job, concluded = self._step("StartJob", start), self._step("ConcludeRun", conclude)
        # a job in training is followed through hours of trouble: giving up would leave it to nobody
        poll_job = self._step("PollJob", poll, max_attempts=24)
        # watching may fail: the next poll comes soon, and makes an alarm of it
        watch_run = self._step("WatchRun", watch, max_attempts=2)
        verdict = sfn.Choice(self, "Verdict")
        for failed in ("failed", "stopped"):
            verdict.when(sfn.Condition.string_equals("$.verdict", failed), self._failure(failed))
        verdict.otherwise(sfn.Succeed(self, "RunEnded"))
        concluded.next(verdict)

        first_wait = sfn.Wait(self, "FirstWait", time=sfn.WaitTime.duration(Duration.seconds(30)))
        wait = sfn.Wait(self, "WaitForJob", time=sfn.WaitTime.duration(self._interval))
        running = sfn.Condition.or_(
            sfn.Condition.string_equals("$.status", "InProgress"), sfn.Condition.string_equals("$.status", "Stopping")
        )
        status = sfn.Choice(self, "JobStatus")
        status.when(sfn.Condition.boolean_equals("$.behind", True), poll_job)
        status.when(running, wait).otherwise(concluded)
        for step in (start_job, poll_job):
            step.add_catch(concluded, result_path="$.error")
        watch_run.add_catch(status, result_path="$.unwatched")
        wait.next(poll_job)
        poll_job.next(watch_run).next(status)
        return start_job.next(first_wait).next(poll_job)

    def _step(self, id_: str, function: lambda_.IFunction, *, max_attempts: int = 6) -> tasks.LambdaInvoke:
        """A step that is tried again when throttled, or when a role has not spread yet.

        Args:
            max_attempts: Retries; 6 take 11 minutes, 24 more than 3 hours.
        """
        step = tasks.LambdaInvoke(self, id_, lambda_function=function, payload_response_only=True)
        step.add_retry(errors=["JobRefusedError"], max_attempts=0)
        step.add_retry(
            errors=[sfn.Errors.ALL],
            interval=Duration.seconds(10),
            backoff_rate=2,
            max_delay=Duration.minutes(10),
            max_attempts=max_attempts,
        )
        return step

    def _failure(self, verdict: str) -> sfn.Fail:
        return sfn.Fail(
            self,
            f"Run{verdict.capitalize()}",
            error=f"Run{verdict.capitalize()}",
            cause_path=sfn.JsonPath.string_at("$.verdictReason"),
        )


def _asked(shadow: RewardFunction | None, rollouts: int) -> dict[str, str]:
    """Settings of a shadow grader, if there is one."""
    if shadow is None:
        return {}
    return {"SHADOW_ARN": shadow.alias.function_arn, "SHADOW_ROLLOUTS": str(rollouts)}


def _read_left(storage: Storage, *files: str) -> list[Permission]:
    """Reading files that runs have left: a role that may not list a prefix is denied what is not there."""
    why = "Some files in the folder of a run; the names of runs are not known before."
    return [
        Permission(["s3:GetObject"], [storage.runs.arn_for_objects(f"{RECORDS}*/{file}") for file in files], why),
        Permission(["kms:Decrypt"], [storage.key.key_arn]),
        list_prefix(storage.runs, RECORDS),
    ]


def _keep_live(storage: Storage) -> list[Permission]:
    """Reading and writing what is known of a run while it goes on, and nothing else of it."""
    why = "One file in the folder of a run; the names of runs are not known before."
    return [
        *_read_left(storage, LIVE),
        Permission(["s3:PutObject"], [storage.runs.arn_for_objects(f"{RECORDS}*/{LIVE}")], why),
        Permission(["kms:GenerateDataKey"], [storage.key.key_arn]),
    ]


def _put_metrics() -> Permission:
    return Permission(
        ["cloudwatch:PutMetricData"],
        ["*"],
        wildcard="Metrics are not resources in IAM; held to the product's namespace by the condition.",
        conditions={"StringEquals": {"cloudwatch:namespace": metrics.NAMESPACE}},
    )
