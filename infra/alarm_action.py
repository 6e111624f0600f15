"""What an alarm of a run does: a function that tells people in words, and stops the job where the project says so."""

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lambda_src.run.alarm.evidence import LIVE, RECORD
from lambda_src.run.alarm.stop import NOTE

from . import bedrock
from .notifications import Notifications
from .permission import Permission
from .run_function import RunFunction
from .run_identity import RunIdentity
from .storage import RECORDS, Storage, list_prefix


class AlarmAction(Construct):
    """``OnAlarm``, which CloudWatch invokes for the alarms that are given to it, and nobody else."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity: RunIdentity,
        thresholds: Mapping[str, float],
        stop_on: Sequence[str],
        dashboard: str,
        storage: Storage,
        notifications: Notifications,
        sdk: lambda_.ILayerVersion,
    ) -> None:
        """Create the function.

        Args:
            thresholds: Where each detector's alarm goes off, by the detector's name.
            stop_on: Detectors that stop the job.
            dashboard: Name of the page that messages link to.
        """
        super().__init__(scope, id_)
        to_json = Stack.of(self).to_json_string
        stopping = [
            bedrock.read_jobs(self),
            bedrock.stop_jobs(self, project=identity.project, stage=identity.stage),
            *_leave_notes(storage),
        ]
        self._function = RunFunction(
            self,
            "OnAlarm",
            handler="alarm.handler.on_alarm",
            layer=sdk,
            environment={
                **identity.environment,
                "RUNS_BUCKET": storage.runs.bucket_name,
                "TOPIC_ARN": notifications.topic.topic_arn,
                "DASHBOARD": dashboard,
                "THRESHOLDS": to_json(thresholds),
                "STOP_ON": to_json(stop_on),
            },
            permissions=[*_read_runs(storage), *notifications.publish(), *(stopping if stop_on else [])],
            timeout=Duration.minutes(3),
        )
        lambda_.CfnEventInvokeConfig(
            self,
            "Failures",
            function_name=self._function.function_name,
            qualifier="$LATEST",
            maximum_event_age_in_seconds=Duration.hours(1).to_seconds(),
            maximum_retry_attempts=2,
            # the function may publish there anyway
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(destination=notifications.topic.topic_arn)
            ),
        )

    def act_on(self, alarm: cloudwatch.Alarm) -> None:
        """Let ``alarm`` invoke the function when it goes off."""
        alarm.add_alarm_action(actions.LambdaAction(self._function, use_unique_permission_id=True))


def _read_runs(storage: Storage) -> list[Permission]:
    """Reading what runs have left: a role that may not list a prefix is denied what is not there."""
    files = [storage.runs.arn_for_objects(f"{RECORDS}*/{file}") for file in (LIVE, RECORD)]
    why = "Two files in the folder of a run; the names of runs are not known before."
    return [
        Permission(["s3:GetObject"], files, wildcard=why),
        Permission(["kms:Decrypt"], [storage.key.key_arn]),
        list_prefix(storage.runs, RECORDS),
    ]


def _leave_notes(storage: Storage) -> list[Permission]:
    """Writing why a run was stopped, and nothing else of a run."""
    notes = storage.runs.arn_for_objects(f"{RECORDS}*/{NOTE}")
    why = "One file in the folder of a run; the names of runs are not known before."
    return [
        Permission(["s3:PutObject"], [notes], wildcard=why),
        Permission(["kms:GenerateDataKey"], [storage.key.key_arn]),
    ]
