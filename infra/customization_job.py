"""The customization job as a resource of the stack."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import ArnFormat, CustomResource, Duration, RemovalPolicy, Stack, custom_resources
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct, IDependable

from lambda_src.run.start_mode import StartMode

from . import bedrock, nag
from .dataset import DatasetFiles
from .judge import ask_model
from .libraries import libraries
from .permission import Permission
from .reward_function import RewardFunction
from .run_function import RunFunction
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow
from .storage import Storage

RESOURCE_TYPE = "Custom::BedrockRft"


class CustomizationJob(Construct):
    """Starts a run when its inputs have changed, and stops it when it goes.

    The deploy waits for Bedrock's validation of the job, which fails within minutes, and not for the training,
    which takes longer than CloudFormation can wait.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity: RunIdentity,
        request: Mapping[str, Any],
        run: Mapping[str, Any],
        start: StartMode,
        probe_model: str | None,
        on_delete: str,
        dataset: DatasetFiles,
        reward_function: RewardFunction,
        workflow: RunWorkflow,
        storage: Storage,
        sdk: lambda_.ILayerVersion,
        needs: Sequence[IDependable],
    ) -> None:
        """Create the resource.

        Args:
            request: A ``CreateModelCustomizationJob`` request without names and token.
            run: What the run is; its record repeats it.
            start: What becomes of inputs that the stack has not trained.
            probe_model: What the preflight samples before it lets a run start; None for nothing.
            on_delete: What happens to the custom model when the stack goes, ``keep`` or ``delete``.
            needs: What must be there before the job starts and until it has stopped.
        """
        super().__init__(scope, id_)
        environment = {
            "STATE_MACHINE_ARN": workflow.state_machine.state_machine_arn,
            "RUNS_BUCKET": storage.runs.bucket_name,
            "MODEL_PARAMETER": workflow.model_parameter.parameter_name,
            "START_TIMEOUT_SECONDS": str(workflow.start_timeout.to_seconds()),
        }
        common = [
            bedrock.read_jobs(self),
            bedrock.stop_jobs(self, project=identity.project, stage=identity.stage),
            _follow_executions(workflow.state_machine),
        ]
        on_event = RunFunction(
            self,
            "OnEvent",
            handler="custom_resource.on_event",
            layer=sdk,
            environment=environment,
            permissions=[
                *common,
                bedrock.list_jobs(),
                *bedrock.compare_jobs(self),
                *dataset.read(),
                *dataset.copy(),
                *storage.write_preflight(),
                reward_function.invoke(),
                *([] if probe_model is None else ask_model(self, probe_model)),
                workflow.write_model(),
                _start_executions(workflow.state_machine),
                Permission(["cloudformation:DescribeStacks"], [Stack.of(self).stack_id]),
            ],
            # of up to 20,000 records, and patience with throttling; a probe takes what Lambda gives
            timeout=Duration.minutes(10 if probe_model is None else 15),
            packages=libraries(run["rubric"]),
        )
        is_complete = RunFunction(
            self,
            "IsComplete",
            handler="custom_resource.is_complete",
            layer=sdk,
            environment=environment,
            permissions=[*common, *([bedrock.delete_models(self)] if on_delete == "delete" else [])],
            timeout=Duration.minutes(5),
        )
        provider = self._provider(on_event, is_complete)
        self.resource = CustomResource(
            self,
            "Resource",
            resource_type=RESOURCE_TYPE,
            service_token=provider.service_token,
            service_timeout=Duration.hours(1),
            properties={
                "Request": Stack.of(self).to_json_string(request),
                "Run": Stack.of(self).to_json_string(run),
                "Start": str(start),
                "OnDelete": on_delete,
            },
        )
        self.resource.node.add_dependency(dataset.deployment, workflow, *needs)

    def _provider(self, on_event: RunFunction, is_complete: RunFunction) -> custom_resources.Provider:
        log_group = logs.LogGroup(
            self, "ProviderLog", retention=logs.RetentionDays.THREE_MONTHS, removal_policy=RemovalPolicy.DESTROY
        )
        provider = custom_resources.Provider(
            self,
            "Provider",
            on_event_handler=on_event,
            is_complete_handler=is_complete,
            query_interval=Duration.seconds(5),
            # less than CloudFormation's hour, so that the reason given is ours
            total_timeout=Duration.minutes(58),
            log_group=log_group,
            disable_waiter_state_machine_logging=False,
            waiter_state_machine_log_options=custom_resources.LogOptions(
                destination=log_group, level=sfn.LogLevel.ALL, include_execution_data=True
            ),
        )
        _acknowledge_framework(provider, on_event, is_complete)
        return provider


def _start_executions(machine: sfn.StateMachine) -> Permission:
    return Permission(["states:StartExecution"], [machine.state_machine_arn])


def _follow_executions(machine: sfn.StateMachine) -> Permission:
    executions = Stack.of(machine).format_arn(
        service="states",
        resource="execution",
        resource_name=f"{machine.state_machine_name}:*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return Permission(
        ["states:DescribeExecution", "states:StopExecution"],
        [executions],
        wildcard="Executions of this one state machine; they are named when they start.",
    )


def _acknowledge_framework(
    provider: custom_resources.Provider, on_event: RunFunction, is_complete: RunFunction
) -> None:
    """What the CDK's provider framework brings along, which cannot be configured away."""
    versions = "The framework invokes this handler unqualified; the pattern is its versions, of which there are none."
    for framework in ("framework-onEvent", "framework-isComplete", "framework-onTimeout"):
        function = provider.node.find_child(framework)
        nag.acknowledge(
            function,
            {
                nag.LAMBDA_LOGGING: "CDK gives its framework's functions the AWS managed policy for writing logs; they "
                "hold no other data permission.",
                nag.any_version(on_event): versions,
                nag.any_version(is_complete): versions,
            },
        )
    waiter = provider.node.find_child("waiter-state-machine")
    nag.acknowledge(
        waiter,
        {
            "AwsSolutions-SF2": "CDK's waiter has no X-Ray switch; it calls one function and logs every event.",
            "AwsSolutions-IAM5[Resource::*]": "Step Functions' log delivery actions take no resources in IAM.",
            **{
                nag.any_version(function): versions
                for name in ("framework-isComplete", "framework-onTimeout")
                if isinstance(function := provider.node.find_child(name), lambda_.Function)
            },
        },
    )
