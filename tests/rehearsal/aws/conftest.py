"""What the contract tests of the embedded AWS build with: names, roles, functions, stacks."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pytest

from rehearsal.environment import LocalAws


class MakeFunction(Protocol):
    def __call__(self, source: str, *, runtime: str = ..., **options: Any) -> str: ...


@pytest.fixture
def name() -> str:
    """A name nobody else uses."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def role(local_aws: LocalAws, name: str) -> Callable[..., str]:
    """Creates a role that a service may assume and that may do what ``statements`` say; returns its ARN."""

    def create(service: str, *statements: Mapping[str, Any]) -> str:
        iam = local_aws.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        role_name = f"{name}-{uuid.uuid4().hex[:4]}"
        arn: str = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=role_name, PolicyName="p", PolicyDocument=_policy(*statements))
        return arn

    return create


@pytest.fixture
def as_role(local_aws: LocalAws) -> Callable[..., Any]:
    """Returns a client of a service with the credentials of a role."""

    def client(role_arn: str, service: str) -> Any:
        session = local_aws.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="test")["Credentials"]
        return local_aws.client(
            service,
            aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
        )

    return client


@pytest.fixture
def function(local_aws: LocalAws, name: str, role: Callable[..., str]) -> MakeFunction:
    """Creates a Lambda function of one file; returns its name."""

    def create(source: str, *, runtime: str = "python3.14", **options: Any) -> str:
        function_name = f"{name}-{uuid.uuid4().hex[:4]}"
        local_aws.client("lambda").create_function(
            FunctionName=function_name,
            Runtime=runtime,
            Handler="index.handler",
            Code={"ZipFile": archive({"index.py" if runtime.startswith("python") else "index.js": source})},
            **{"Role": role("lambda.amazonaws.com")} | options,
        )
        return function_name

    return create


@pytest.fixture
def invoke(local_aws: LocalAws) -> Callable[..., Any]:
    """Invokes a function and returns what it returned, or the error it ended with."""

    def call(function_name: str, payload: Any = None) -> Any:
        answer = local_aws.client("lambda").invoke(FunctionName=function_name, Payload=json.dumps(payload))
        return json.loads(answer["Payload"].read())

    return call


@pytest.fixture
def stack(local_aws: LocalAws, name: str) -> Callable[..., dict[str, Any]]:
    """Creates or updates the test's stack and returns its description once CloudFormation is done with it."""
    cloudformation = local_aws.client("cloudformation")

    def apply(resources: Mapping[str, Any]) -> dict[str, Any]:
        template = json.dumps({"Resources": resources})
        exists = name in [s["StackName"] for s in cloudformation.list_stacks()["StackSummaries"]]
        action = cloudformation.update_stack if exists else cloudformation.create_stack
        action(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
        return settled(cloudformation, name)

    return apply


@dataclass(frozen=True, slots=True)
class Inbox:
    """A topic, and a queue that it may deliver to."""

    topic: str
    queue: str
    sqs: Any

    def next(self) -> str:
        """Return the next message, as the topic was told to publish it."""
        found = eventually(lambda: self.sqs.receive_message(QueueUrl=self.queue).get("Messages", []), bool)
        return str(json.loads(found[0]["Body"])["Message"])


@pytest.fixture
def inbox(local_aws: LocalAws, name: str) -> Inbox:
    sns, sqs = local_aws.client("sns"), local_aws.client("sqs")
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue_arn = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    queue = sqs.create_queue(QueueName=name, Attributes={"Policy": _policy(allow)})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    return Inbox(topic, queue, sqs)


def settled(cloudformation: Any, stack_name: str) -> dict[str, Any]:
    """Return a stack's description once nothing is in progress any more."""
    found: dict[str, Any] = eventually(
        lambda: cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0],
        lambda seen: not seen["StackStatus"].endswith("_IN_PROGRESS"),
    )
    return found


def eventually(look: Callable[[], Any], satisfied: Callable[[Any], bool], *, seconds: float = 15) -> Any:
    """Look until what is seen satisfies; fail with the last look."""
    deadline = time.monotonic() + seconds
    while not satisfied(seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {seconds} s"
        time.sleep(0.1)
    return seen


def archive(files: Mapping[str, str]) -> bytes:
    """Return a zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for path, text in files.items():
            file.writestr(path, text)
    return content.getvalue()


def _policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
