"""Each permission is needed: without it the deploy or the run fails, and the message names it.

IAM is enforced, so taking one action out of one role's policies shows what that role is worth.
"""

import base64
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from tests.e2e.checkout import Checkout, eventually
from tests.e2e.test_lifecycle import QUICK, SLOW

pytestmark = pytest.mark.emulator

NAME = "permissions"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack whose run has ended, and what its run was started with."""

    checkout: Checkout
    resources: Mapping[str, str]
    state: Mapping[str, Any]

    @classmethod
    def of(cls, checkout: Checkout) -> "Deployed":
        resources = checkout.aws.client("cloudformation").describe_stack_resources(StackName=f"{NAME}-local")
        physical = {
            f"{resource['ResourceType']} {resource['LogicalResourceId']}": resource["PhysicalResourceId"]
            for resource in resources["StackResources"]
        }
        steps = checkout.aws.client("stepfunctions")
        (execution,) = steps.list_executions(stateMachineArn=checkout.outputs(NAME)["StateMachineArn"])["executions"]
        state = json.loads(steps.describe_execution(executionArn=execution["executionArn"])["input"])
        return cls(checkout, physical, state)

    def resource(self, kind: str, construct: str) -> str:
        (found,) = (name for key, name in self.resources.items() if key.startswith(f"{kind} {construct}"))
        return found

    @contextmanager
    def without(self, role: str, action: str) -> Iterator[None]:
        """Take one action away from one role for a while."""
        iam, name = self.checkout.aws.client("iam"), self.resource("AWS::IAM::Role", role)
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        taken = {policy: _without(document, action) for policy, document in policies.items()}
        assert taken != policies, f"{role} has no {action}"
        try:
            for policy, document in taken.items():
                iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
            yield
        finally:
            for policy, document in policies.items():
                iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))

    def invoke(self, function: str, event: Mapping[str, Any]) -> str:
        """The error of a function of the stack, with its log.

        ``on_event`` answers a ``Failure`` where it cannot know whether it has started something: the deploy then fails
        by it, and what may have been started is cleaned up.
        """
        answer = self.checkout.aws.client("lambda").invoke(
            FunctionName=self.resource("AWS::Lambda::Function", function),
            Payload=json.dumps(event).encode(),
            LogType="Tail",
        )
        payload = str(answer["Payload"].read().decode())
        assert "FunctionError" in answer or json.loads(payload).get("Failure"), payload
        return payload + base64.b64decode(answer.get("LogResult", "")).decode()

    def create_event(self) -> dict[str, Any]:
        """What CloudFormation would send for one more attempt at the same inputs."""
        run = dict(self.state["run"]) | {"attempt": 2}
        return {
            "RequestType": "Create",
            "RequestId": str(uuid.uuid4()),
            "StackId": self.checkout.aws.client("cloudformation").describe_stacks(StackName=f"{NAME}-local")["Stacks"][
                0
            ]["StackId"],
            "ResourceProperties": {
                "Run": json.dumps(run),
                "Request": json.dumps(self.state["request"]),
                "OnDelete": "keep",
            },
        }

    def start_state(self) -> dict[str, Any]:
        return dict(self.state) | {"runName": f"{NAME}-local-{uuid.uuid4().hex[:12]}-abcdef"}

    def job(self, **hyper_parameters: Any) -> dict[str, Any]:
        """A job of the stack's own request, started by the account's root."""
        name = str(self.start_state()["runName"])
        request = json.loads(json.dumps(self.state["request"]))
        request["customizationConfig"]["rftConfig"]["hyperParameters"] |= hyper_parameters
        tags = [
            {"key": "rft:project", "value": NAME},
            {"key": "rft:stage", "value": "local"},
        ]
        bedrock = self.checkout.aws.client("bedrock")
        bedrock.create_model_customization_job(**request | {"jobName": name, "customModelName": name, "jobTags": tags})
        return {"jobIdentifier": name}

    def failure(self, job: Mapping[str, Any]) -> str:
        """Why a job failed."""
        bedrock = self.checkout.aws.client("bedrock")

        def message() -> str | None:
            seen = bedrock.get_model_customization_job(**job)
            assert seen["status"] != "Completed"
            return str(seen["failureMessage"]) if seen["status"] == "Failed" else None

        return eventually(message, seconds=60)


def _without(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    statements = []
    for statement in document["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        rest = [name for name in actions if name != action]
        if rest:
            statements.append(statement | {"Action": rest})
    # a policy needs a statement, and one that allows nothing of use is as good as none
    nothing = {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
    return dict(document) | {"Statement": statements or [nothing]}


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> Iterator[Deployed]:
    checkout.write_project(NAME, local={"hyperParameters": QUICK})
    result = checkout.deploy(NAME)
    assert result.returncode == 0, result.stdout
    checkout.conclude(NAME)
    yield Deployed.of(checkout)
    checkout.destroy(NAME)


@pytest.mark.parametrize(
    "action",
    [
        "states:DescribeExecution",
        "s3:GetObject",
        "s3:PutObject",
        "lambda:InvokeFunction",
        "bedrock:ListModelCustomizationJobs",
        "bedrock:ListTagsForResource",
    ],
)
def test_a_run_cannot_be_started_without(deployed: Deployed, action: str) -> None:
    with deployed.without("JobOnEventRole", action):
        error = deployed.invoke("JobOnEvent", deployed.create_event())

    assert action in error


@pytest.mark.parametrize("action", ["bedrock:CreateModelCustomizationJob", "iam:PassRole", "bedrock:TagResource"])
def test_a_job_cannot_be_created_without(deployed: Deployed, action: str) -> None:
    with deployed.without("WorkflowStartRole", action):
        error = deployed.invoke("WorkflowStart", deployed.start_state())

    assert action in error


def test_a_job_cannot_be_followed_without_reading_it(deployed: Deployed) -> None:
    with deployed.without("WorkflowPollRole", "bedrock:GetModelCustomizationJob"):
        error = deployed.invoke("WorkflowPoll", deployed.state)

    assert "bedrock:GetModelCustomizationJob" in error


@pytest.mark.parametrize(
    "action",
    [
        "bedrock:GetModelCustomizationJob",
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "cloudwatch:PutMetricData",
    ],
)
def test_a_run_cannot_be_watched_without(deployed: Deployed, action: str) -> None:
    with deployed.without("WorkflowWatchRole", action):
        error = deployed.invoke("WorkflowWatch", deployed.state)

    assert action in error


def test_a_run_that_cannot_be_watched_goes_on_and_says_so(deployed: Deployed) -> None:
    outputs, state = deployed.checkout.outputs(NAME), deployed.start_state()
    name = state["runName"]

    with deployed.without("WorkflowWatchRole", "s3:ListBucket"):
        steps = deployed.checkout.aws.client("stepfunctions")
        steps.start_execution(stateMachineArn=outputs["StateMachineArn"], name=name, input=json.dumps(state))
        record = eventually(lambda: deployed.checkout.record(outputs["RunsBucket"], name), seconds=120)

    (note,) = (note for note in record["notes"] if "look at the rollouts failed" in note)
    assert "s3:ListBucket" in note
    assert (record["jobStatus"], record["live"], len(record["curves"])) == ("Completed", None, 2)


@pytest.mark.parametrize("action", ["s3:PutObject", "ssm:PutParameter", "cloudwatch:PutMetricData", "sns:Publish"])
def test_a_run_cannot_be_concluded_without(deployed: Deployed, action: str) -> None:
    with deployed.without("WorkflowConcludeRole", action):
        error = deployed.invoke("WorkflowConclude", deployed.state)

    assert action in error


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "lambda:InvokeFunction"])
def test_a_job_fails_when_the_customization_role_lacks(deployed: Deployed, action: str) -> None:
    with deployed.without("CustomizationRole", action):
        message = deployed.failure(deployed.job())

    assert action in message


def test_a_running_job_cannot_be_stopped_without_the_permission_to(deployed: Deployed) -> None:
    job = deployed.job(**SLOW)
    event = deployed.create_event() | {"RequestType": "Delete", "PhysicalResourceId": f"{job['jobIdentifier']}/1"}

    with deployed.without("JobOnEventRole", "bedrock:StopModelCustomizationJob"):
        error = deployed.invoke("JobOnEvent", event)

    deployed.checkout.aws.client("bedrock").stop_model_customization_job(**job)
    assert "bedrock:StopModelCustomizationJob" in error
