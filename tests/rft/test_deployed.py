import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from lambda_src.run.plan import Deployed
from lambda_src.run.run_name import PhysicalId
from rehearsal.environment import LocalAws
from rft.deployed import RESOURCE, ask, deployed
from rft.runs import RunError, Stack

METADATA = {"digest": "a" * 64, "attempt": 1, "inputs": {"train": "b" * 64}, "hyperParameters": {"epochCount": 8}}
TEMPLATE = {"Metadata": {"Rft::Run": METADATA}, "Resources": {}}
RUN = f"sums-dev-{'a' * 12}-5e21aa/1"


@pytest.fixture
def cloudformation() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("cloudformation", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()


def answer(stubber: Stubber, status: str = "UPDATE_COMPLETE", body: Any = None, physical_id: str | None = RUN) -> None:
    description = {"StackName": "sums-dev", "CreationTime": "2026-11-23T10:00:00Z", "StackStatus": status}
    stubber.add_response("describe_stacks", {"Stacks": [description]}, {"StackName": "sums-dev"})
    if body is None:
        return
    wanted = {"StackName": "sums-dev", "TemplateStage": "Original"}
    stubber.add_response("get_template", {"TemplateBody": body}, wanted)
    summary = {
        "LogicalResourceId": "Job",
        "ResourceType": RESOURCE,
        "ResourceStatus": "CREATE_COMPLETE",
        "LastUpdatedTimestamp": "2026-11-23T10:00:00Z",
        **({} if physical_id is None else {"PhysicalResourceId": physical_id}),
    }
    stubber.add_response("list_stack_resources", {"StackResourceSummaries": [summary]}, {"StackName": "sums-dev"})


def stack_of(client: Any) -> Stack:
    return Stack("sums-dev", lambda _: client)


@pytest.mark.parametrize(
    ("physical_id", "run"),
    [
        pytest.param(RUN, PhysicalId.parse(RUN), id="a run"),
        pytest.param("sums-dev-held", None, id="held"),
        pytest.param(None, None, id="still being made"),
    ],
)
def test_template_and_custom_resource_say_what_is_deployed(
    cloudformation: tuple[Any, Stubber], physical_id: str | None, run: PhysicalId | None
) -> None:
    client, stubber = cloudformation
    answer(stubber, body=json.dumps(TEMPLATE), physical_id=physical_id)

    found = deployed(stack_of(client))

    assert found == Deployed("a" * 64, 1, {"train": "b" * 64}, {"epochCount": 8}, run=run)


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE", "CREATE_FAILED"])
def test_a_stack_that_never_came_about_is_not_deployed(cloudformation: tuple[Any, Stubber], status: str) -> None:
    client, stubber = cloudformation
    answer(stubber, status)

    assert deployed(stack_of(client)) is None


def test_no_stack_is_not_deployed(cloudformation: tuple[Any, Stubber]) -> None:
    client, stubber = cloudformation
    stubber.add_client_error("describe_stacks", "ValidationError", "Stack with id sums-dev does not exist")

    assert deployed(stack_of(client)) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"Resources": {}}', id="an earlier version's template"),
        pytest.param("Resources: {}", id="YAML"),
        pytest.param("[]", id="no template"),
    ],
)
def test_a_template_that_does_not_say_is_told(cloudformation: tuple[Any, Stubber], body: str) -> None:
    client, stubber = cloudformation
    answer(stubber, body=body)

    with pytest.raises(RunError, match="stack sums-dev: no Rft::Run in its template's Metadata"):
        deployed(stack_of(client))


def _denied(stubber: Stubber) -> None:
    stubber.add_client_error("describe_stacks", "AccessDenied", "not you")


def _denied_later(stubber: Stubber) -> None:
    answer(stubber)
    stubber.add_client_error("get_template", "ValidationError", "something else")


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [pytest.param(_denied, "not you", id="denied"), pytest.param(_denied_later, "something else", id="denied later")],
)
def test_an_account_that_does_not_answer_is_an_answer_too(
    cloudformation: tuple[Any, Stubber], prepare: Callable[[Stubber], None], reason: str
) -> None:
    client, stubber = cloudformation
    prepare(stubber)

    asked, pace = ask(stack_of(client))

    assert asked.deployed is None
    assert reason in asked.unknown
    assert pace is None


def test_without_credentials_nothing_is_asked() -> None:
    class Client:
        def describe_stacks(self, **_: str) -> None:
            raise NoCredentialsError

    asked, _ = ask(stack_of(Client()))

    assert "Unable to locate credentials" in asked.unknown


@pytest.mark.emulator
def test_the_embedded_aws_gives_templates_back_as_cloudformation_does(local_aws: LocalAws) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    client = local_aws.client("cloudformation")
    client.create_stack(StackName="plan-dev", TemplateBody=json.dumps(TEMPLATE | {"Resources": {"Topic": topic}}))
    client.get_waiter("stack_create_complete").wait(StackName="plan-dev", WaiterConfig={"Delay": 1})

    found = deployed(Stack("plan-dev", local_aws.client))
    client.delete_stack(StackName="plan-dev")
    client.get_waiter("stack_delete_complete").wait(StackName="plan-dev", WaiterConfig={"Delay": 1})

    assert found is not None
    assert (found.digest, found.hyper_parameters, found.run) == ("a" * 64, {"epochCount": 8}, None)
    assert deployed(Stack("plan-dev", local_aws.client)) is None
