"""One project in one stage."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CfnOutput, Duration, Environment, Fn, Stack, Tags
from constructs import Construct

from lambda_src.reward import metrics
from lambda_src.reward.rubric import Rubric
from lambda_src.run.digest import Inputs
from lambda_src.run.plan import METADATA
from lambda_src.run.plan.run_cost import POLL_MINUTES
from lambda_src.run.start_mode import StartMode

from .config import LOCAL, StageConfig
from .customization_job import CustomizationJob
from .customization_role import CustomizationRole
from .dataset import Dataset, DatasetFiles, PinnedDataset
from .monitoring import Monitoring
from .notifications import Notifications
from .request import job_request, run_document, run_metadata
from .revision import Revision
from .reward_function import RewardFunction
from .rollout_table import RolloutTable
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow
from .sandbox import Sandbox
from .sdk_layer import SdkLayer
from .sections import S3Dataset
from .storage import Storage


class RftStack(Stack):
    """Dataset and reward in, customized model out, alarms on the way."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: StageConfig,
        inputs: Inputs,
        revision: Revision,
        start: StartMode = StartMode.NOW,
        records: Mapping[str, int] | None = None,
    ) -> None:
        """Compose the deployment of one run.

        Args:
            config: With its hyperparameters resolved.
            inputs: Hashes of what decides the training; their digest is the run.
            revision: Commit that the project is at.
            start: Whether a new run starts.
            records: How many there are, by part, as far as that is known.
        """
        super().__init__(
            scope,
            f"{config.project}-{config.stage}",
            env=Environment(account=config.account, region=config.region),
            description=f"Reinforcement fine-tuning of {config.model}: {config.project}, {config.stage}",
        )
        for key, value in {**config.tags, "rft:project": config.project, "rft:stage": config.stage}.items():
            Tags.of(self).add(key, value)
        self.template_options.metadata = {
            METADATA: run_metadata(config, inputs=inputs, revision=revision, records=records or {})
        }
        identity = RunIdentity(config.project, config.stage, inputs.run)

        storage = Storage(self, "Storage", rollout_days=config.rollouts.days)
        dataset = _dataset(self, config, storage)
        sandbox = Sandbox(self, "Sandbox", network=config.sandbox.network) if config.runs_code else None
        reward_function = RewardFunction(
            self,
            "RewardFunction",
            identity=identity,
            rubric=config.rubric,
            **_asked(config, config.rubric, sandbox),
            rollouts=config.rollouts,
            storage=storage,
        )
        shadow = _shadow(self, config, identity, sandbox)
        role = CustomizationRole(self, "CustomizationRole")
        grants = role.grant_run(identity.run, dataset=dataset, reward_function=reward_function, storage=storage)
        notifications = Notifications(
            self,
            "Notifications",
            key=storage.key,
            email=config.notification_email,
            url=config.notification_url,
        )
        sdk = SdkLayer(self, "Sdk")
        workflow = RunWorkflow(
            self,
            "Workflow",
            identity=identity,
            base_model=config.model,
            role=role,
            dataset=dataset,
            storage=storage,
            notifications=notifications,
            sdk=sdk,
            interval=Duration.minutes(1 if config.stage == LOCAL else POLL_MINUTES),
            shadow=shadow,
            shadow_rollouts=0 if config.shadow is None else config.shadow.rollouts_per_step,
        )
        CustomizationJob(
            self,
            "Job",
            identity=identity,
            request=job_request(config, role=role, dataset=dataset, reward_function=reward_function, storage=storage),
            run=run_document(
                config,
                inputs=inputs,
                revision=revision,
                dataset=dataset,
                reward_function=reward_function,
                storage=storage,
            ),
            start=start,
            probe_model=None if config.probe.deploy == "skip" else config.probe_model,
            on_delete=config.on_delete,
            dataset=dataset,
            reward_function=reward_function,
            workflow=workflow,
            storage=storage,
            sdk=sdk,
            needs=[grants, reward_function, notifications],
        )
        monitoring = Monitoring(
            self,
            "Monitoring",
            identity=identity,
            thresholds=config.alarms,
            role=role,
            reward_function=reward_function,
            workflow=workflow,
            storage=storage,
            notifications=notifications,
            sdk=sdk,
            # a step takes minutes on Bedrock and about a second in the rehearsal
            curve_period=Duration.seconds(1) if config.stage == LOCAL else Duration.minutes(1),
        )

        CfnOutput(self, "RunDigest", value=inputs.digest)
        CfnOutput(self, "DataBucket", value=storage.data.bucket_name)
        CfnOutput(self, "RunsBucket", value=storage.runs.bucket_name)
        CfnOutput(self, "GraderAlias", value=reward_function.alias.function_arn)
        CfnOutput(self, "StateMachineArn", value=workflow.state_machine.state_machine_arn)
        CfnOutput(self, "TopicArn", value=notifications.topic.topic_arn)
        CfnOutput(self, "ModelParameter", value=workflow.model_parameter.parameter_name)
        CfnOutput(self, "Dashboard", value=monitoring.dashboard.dashboard_name)
        if config.rollouts.keep:
            table = RolloutTable(self, "Rollouts", identity=identity, storage=storage, days=config.rollouts.days)
            CfnOutput(self, "RolloutTable", value=table.name)
            CfnOutput(self, "QueryWorkgroup", value=table.workgroup)

    @property
    def availability_zones(self) -> list[str]:
        """The first two of the region, as CloudFormation names them: the CDK would ask an account at synth."""
        return [Fn.select(i, Fn.get_azs()) for i in range(2)]


def _dataset(stack: RftStack, config: StageConfig, storage: Storage) -> DatasetFiles:
    if isinstance(config.dataset, S3Dataset):
        train, validation, key_arn = config.dataset.train, config.dataset.validation, config.dataset.key_arn
        return PinnedDataset(stack, "Dataset", storage=storage, train=train, validation=validation, key_arn=key_arn)
    return Dataset(stack, "Dataset", storage=storage, train=config.train_file, validation=config.validation_file)


def _shadow(
    stack: RftStack, config: StageConfig, identity: RunIdentity, sandbox: Sandbox | None
) -> RewardFunction | None:
    """The grader of the shadow rubric: what it grades is kept already, and its settings are no part of the run."""
    if config.shadow_rubric is None:
        return None
    return RewardFunction(
        stack,
        "Shadow",
        identity=identity,
        rubric=config.shadow_rubric,
        **_asked(config, config.shadow_rubric, sandbox),
        source=metrics.SHADOW_SOURCE,
        rollouts=config.rollouts,
    )


def _asked(config: StageConfig, rubric: Sequence[Mapping[str, Any]], sandbox: Sandbox | None) -> dict[str, Any]:
    """Whom a rubric asks, as arguments of its grader: nobody else may it ask."""
    families = Rubric.from_config(rubric).families
    return {
        "judge": config.judge.model if "judge" in families else None,
        "sandbox": sandbox if "code" in families else None,
    }
