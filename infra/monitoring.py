"""What a run must not do unseen: alarms, the job's state changes, and the page that shows them."""

from collections.abc import Iterable

from aws_cdk import Duration, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lambda_src.run.detectors.finding import Severity, Subject

from .alarm_action import AlarmAction
from .dangers import JOB_FAILED, Danger, bounds, dangers
from .dashboard import Dashboard
from .notifications import Notifications
from .reward_function import RewardFunction
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow
from .sections import Alarms
from .storage import Storage

SEVERITY_TAG = "rft:severity"

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
        storage: Storage,
        notifications: Notifications,
        sdk: lambda_.ILayerVersion,
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
        found = list(dangers(identity, thresholds, reward_function=reward_function, workflow=workflow))
        alarms = {danger.name: self._alarm(danger) for danger in found}
        action = AlarmAction(
            self,
            "Action",
            identity=identity,
            thresholds=bounds(thresholds),
            stop_on=thresholds.stop_on,
            dashboard=self._name,
            storage=storage,
            notifications=notifications,
            sdk=sdk,
        )
        for name, alarm in alarms.items():
            if name != JOB_FAILED:  # of which the run's own notification tells more
                action.act_on(alarm)
        critical = [danger for danger in found if danger.severity is Severity.CRITICAL]
        unhealthy = [
            self._unhealthy(id_, [alarms[danger.name] for danger in critical if danger.subject is subject])
            for id_, subject in (("RunUnhealthy", Subject.RUN), ("GraderUnhealthy", Subject.GRADER))
        ]
        self._tell_of_state_changes(role)
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            name=self._name,
            identity=identity,
            reward_function=reward_function,
            workflow=workflow,
            unhealthy=unhealthy,
            alarms=list(alarms.values()),
            period=curve_period,
        )

    def _alarm(self, danger: Danger) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            danger.name,
            metric=danger.metric,
            alarm_name=f"{self._name}-{danger.name}",  # people read it in a message
            alarm_description=danger.description,
            threshold=danger.threshold,
            evaluation_periods=danger.periods,
            datapoints_to_alarm=danger.breaching,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,  # most of the time nothing trains
        )
        Tags.of(alarm).add(SEVERITY_TAG, danger.severity)
        return alarm

    def _unhealthy(self, id_: str, alarms: Iterable[cloudwatch.Alarm]) -> cloudwatch.CompositeAlarm:
        """On while one of the alarms is; tells the topic itself, should the function that explains them be broken."""
        composite = cloudwatch.CompositeAlarm(
            self,
            id_,
            composite_alarm_name=f"{self._name}-{id_}",
            alarm_description="A critical alarm is on; another message tells which, and what to do.",
            alarm_rule=cloudwatch.AlarmRule.any_of(
                *(cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM) for alarm in alarms)
            ),
        )
        composite.add_alarm_action(actions.SnsAction(self._topic))
        Tags.of(composite).add(SEVERITY_TAG, Severity.CRITICAL)
        return composite

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
