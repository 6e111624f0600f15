import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from rft.runs import BusyError, RunError, Stack, UnreachableError
from rft.watching.reader import PATIENCE, Reader
from tests.rft import live_samples

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Run"
OUTPUTS = {"StateMachineArn": MACHINE, "RunsBucket": "runs"}
RUNNING = {
    "executionArn": "arn",
    "stateMachineArn": MACHINE,
    "status": "RUNNING",
    "startDate": live_samples.START,
}


class Account:
    """Stubbed clients of one account."""

    def __init__(self) -> None:
        keys: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")
        session = boto3.Session(**keys)
        services = ("cloudformation", "stepfunctions", "s3", "bedrock", "cloudwatch")
        self.stubs = {name: Stubber(session.client(name, region_name="us-east-1")) for name in services}
        for stub in self.stubs.values():
            stub.activate()

    def client(self, service: str) -> Any:
        return self.stubs[service].client

    def is_deployed(self) -> None:
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in OUTPUTS.items()]
        stack = {"StackName": "s", "StackStatus": "CREATE_COMPLETE", "CreationTime": live_samples.START}
        for _ in OUTPUTS:
            self.stubs["cloudformation"].add_response("describe_stacks", {"Stacks": [stack | {"Outputs": outputs}]})
        for _ in range(2):  # kinds of alarms
            self.stubs["cloudformation"].add_response("list_stack_resources", {"StackResourceSummaries": []})

    def execution_runs(self) -> None:
        self.stubs["stepfunctions"].add_response("describe_execution", RUNNING)

    def has_live(self) -> None:
        self.stubs["s3"].add_client_error("get_object", "NoSuchKey")
        body = json.dumps(live_samples.live()).encode()
        answer = {"Body": StreamingBody(io.BytesIO(body), len(body))}
        self.stubs["s3"].add_response("get_object", answer)

    def has_no_job(self) -> None:
        self.stubs["bedrock"].add_client_error("get_model_customization_job", "ResourceNotFoundException")


@pytest.fixture
def account() -> Iterator[Account]:
    found = Account()
    found.is_deployed()
    yield found
    for stub in found.stubs.values():
        stub.deactivate()


@pytest.fixture
def reader(account: Account, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Of a run without alarms, so that CloudWatch is not asked."""
    monkeypatch.setattr("rft.alarms.states", lambda *_: [])
    return Reader(Stack("gsm8k-dev", account.client), live_samples.RUN)


def test_a_look_puts_together_what_the_account_knows(account: Account, reader: Reader) -> None:
    account.execution_runs()
    account.has_live()
    account.has_no_job()

    look = reader.look()

    assert (look.phase, look.step, look.total_steps, look.is_over) == ("training", 34, 60, False)
    assert look.complaints == []


def test_a_job_that_may_not_be_read_is_said_once_and_not_asked_for_again(account: Account, reader: Reader) -> None:
    account.execution_runs()
    account.has_live()
    account.stubs["bedrock"].add_client_error("get_model_customization_job", "AccessDeniedException")
    account.execution_runs()
    account.has_live()

    first, second = reader.look(), reader.look()

    assert "its job cannot be read" in first.complaints[0]
    assert second.complaints == first.complaints


def test_a_busy_account_is_shown_as_it_was(account: Account, reader: Reader) -> None:
    account.execution_runs()
    account.has_live()
    account.has_no_job()
    reader.look()
    account.stubs["stepfunctions"].add_client_error("describe_execution", "ThrottlingException")
    account.has_live()
    account.has_no_job()

    look = reader.look()

    assert not look.is_over
    assert look.complaints == ["the workflow: the account is busy; shown as it was"]


def test_an_account_that_is_busy_from_the_start_is_an_error(account: Account, reader: Reader) -> None:
    account.stubs["stepfunctions"].add_client_error("describe_execution", "ThrottlingException")

    with pytest.raises(BusyError):
        reader.look()


def test_a_network_that_goes_away_is_borne_for_some_looks(
    account: Account, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.execution_runs()
    account.has_live()
    account.has_no_job()
    reader.look()

    def unplugged(**_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://states")

    monkeypatch.setattr(account.client("stepfunctions"), "describe_execution", unplugged)
    for _ in range(PATIENCE - 1):
        assert reader.look().step == 34

    with pytest.raises(UnreachableError):
        reader.look()


def test_a_stack_that_is_not_deployed_is_said_to_be_missing() -> None:
    account = Account()
    account.stubs["cloudformation"].add_client_error(
        "describe_stacks", "ValidationError", "Stack with id gsm8k-dev does not exist"
    )

    with pytest.raises(RunError, match="gsm8k-dev"):
        Reader(Stack("gsm8k-dev", account.client), live_samples.RUN)
