"""What a run must not do unseen: alarms, the job's state changes, and the page that shows them."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from constructs import Construct

from lambda_src.reward import metrics

from .dashboard import Dashboard
from .notifications import Notifications
from .reward_function import RewardFunction
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow
from .sections import Alarms

_JOB_CHANGES = "Model Customization Job State Change"
"""https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-eventbridge.html"""


class Monitoring(Construct):
    """Alarms on the current run, told to one topic and shown on one dashboard.

    Attributes:
        dashboard: Curves, grader telemetry and alarm states of the current run.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity: RunIdentity,
        thresholds: Alarms,
        role: iam.IRole,
        reward_function: RewardFunction,
        workflow: RunWorkflow,
        notifications: Notifications,
        curve_period: Duration,
    ) -> None:
        """Watch a run.

        Args:
            role: Service role of the jobs whose state changes are told.
            curve_period: Of the dashboard's curves; no longer than a training step takes.
        """
        super().__init__(scope, id_)
        self._name = f"{identity.project}-{identity.stage}"
        self._topic = notifications.topic
        hour, minutes = Duration.hours(1), Duration.minutes(5)
        alarms = [
            self._alarm(
                "EntropyCollapse",
                workflow.metric_detector(metrics.ENTROPY_COLLAPSE, period=hour),
                thresholds.entropy_collapse,
                "The policy's entropy fell by this share of its first steps: it no longer explores.",
            ),
            self._alarm(
                "LengthSpike",
                workflow.metric_detector(metrics.LENGTH_SPIKE, period=hour),
                thresholds.length_spike,
                "Responses grew to this multiple of their first length: the reward may pay for length.",
            ),
            self._alarm(
                "GraderErrors",
                reward_function.metric_errors(period=minutes),
                1,
                "Rollouts could not be graded and counted as wrong; the grader's log says why.",
            ),
            self._alarm(
                "GraderDuration",
                reward_function.metric_duration(period=minutes),
                thresholds.grader_duration_share * reward_function.timeout.to_milliseconds(),
                "A batch took most of the grader's time-out; a job fails when its grader times out.",
            ),
            self._alarm(
                "JobFailed",
                workflow.metric_job_failed(period=hour),
                1,
                "The customization job failed; the run's record says why.",
            ),
            self._alarm(
                "JobStuck",
                workflow.metric_job_hours(period=Duration.minutes(15)),
                thresholds.job_hours,
                "The customization job has been running for this many hours.",
            ),
        ]
        self._tell_of_state_changes(role)
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            name=self._name,
            identity=identity,
            reward_function=reward_function,
            workflow=workflow,
            alarms=alarms,
            period=curve_period,
        )

    def _alarm(self, id_: str, metric: cloudwatch.Metric, threshold: float, description: str) -> cloudwatch.Alarm:
        alarm = metric.create_alarm(
            self,
            id_,
            alarm_name=f"{self._name}-{id_}",  # people read it in a message
            alarm_description=description,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,  # most of the time nothing trains
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
        return alarm

    def _tell_of_state_changes(self, role: iam.IRole) -> None:
        job, status, reason = (
            events.EventField.from_path(f"$.detail.{field}") for field in ("jobName", "jobStatus", "failureMessage")
        )
        events.Rule(
            self,
            "JobStateChange",
            event_pattern=events.EventPattern(
                source=["aws.bedrock"], detail_type=[_JOB_CHANGES], detail={"roleArn": [role.role_arn]}
            ),
            targets=[
                targets.SnsTopic(
                    self._topic,
                    message=events.RuleTargetInput.from_text(f"{self._name}: job {job} is now {status}. {reason}"),
                )
            ],
        )
