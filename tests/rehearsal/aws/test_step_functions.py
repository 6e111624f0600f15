import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

from .conftest import MakeFunction, eventually

pytestmark = pytest.mark.emulator


@pytest.fixture
def machine(local_aws: LocalAws, name: str, role: Callable[..., str]) -> Callable[..., str]:
    """Creates a Standard state machine with a role of its own; returns its ARN."""

    def create(states: dict[str, Any], *statements: dict[str, Any]) -> str:
        arn: str = local_aws.client("stepfunctions").create_state_machine(
            name=name,
            definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
            roleArn=role("states.amazonaws.com", *statements),
        )["stateMachineArn"]
        return arn

    return create


@pytest.fixture
def run(local_aws: LocalAws) -> Callable[..., dict[str, Any]]:
    """Runs an execution to its end and returns its description."""
    client = local_aws.client("stepfunctions")

    def start(machine_arn: str, payload: Any = None) -> dict[str, Any]:
        arn = client.start_execution(stateMachineArn=machine_arn, input=json.dumps(payload or {}))["executionArn"]
        ended: dict[str, Any] = eventually(
            lambda: client.describe_execution(executionArn=arn), lambda seen: seen["status"] != "RUNNING"
        )
        return ended

    return start


def _invoke(function_name: str, **options: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function_name, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        **options,
    }


ALLOW_INVOKE = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}


def test_waits_take_a_fiftieth_of_their_time(machine: Callable[..., str], run: Callable[..., Any]) -> None:
    started = time.monotonic()

    assert run(machine({"W": {"Type": "Wait", "Seconds": 100, "End": True}}))["status"] == "SUCCEEDED"

    assert 2 <= time.monotonic() - started < 6


def test_retries_wait_a_fiftieth_of_their_interval(
    machine: Callable[..., str], run: Callable[..., Any], function: MakeFunction
) -> None:
    retry = [{"ErrorEquals": ["TransientError"], "IntervalSeconds": 50, "MaxAttempts": 1}]
    source = "class TransientError(Exception): pass\ndef handler(event, context): raise TransientError('again')"
    started = time.monotonic()

    ended = run(machine({"T": _invoke(function(source), Retry=retry, End=True)}, ALLOW_INVOKE))

    assert (ended["status"], ended["error"]) == ("FAILED", "TransientError")
    assert 1 <= time.monotonic() - started < 6


def test_an_error_is_caught_by_its_class_with_its_cause(
    machine: Callable[..., str], run: Callable[..., Any], function: MakeFunction
) -> None:
    failing = function("class JobFailed(Exception): pass\ndef handler(event, context): raise JobFailed('no data')")
    states = {
        "T": _invoke(failing, End=True, Catch=[{"ErrorEquals": ["JobFailed"], "ResultPath": "$.error", "Next": "F"}]),
        "F": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"},
    }

    ended = run(machine(states, ALLOW_INVOKE), {"a": 1})

    assert (ended["status"], ended["error"]) == ("FAILED", "JobFailed")
    assert json.loads(ended["cause"])["errorMessage"] == "no data"
    assert ended["stopDate"] is not None


def test_a_loop_ends_when_the_choice_says_so(
    machine: Callable[..., str], run: Callable[..., Any], function: MakeFunction
) -> None:
    count = function("def handler(event, context): return {'n': event['n'] + 1}")
    states = {
        "Poll": _invoke(count, Next="Done?"),
        "Done?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": 3, "Next": "Wait"}],
            "Default": "End",
        },
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Poll"},
        "End": {"Type": "Succeed"},
    }

    assert json.loads(run(machine(states, ALLOW_INVOKE), {"n": 0})["output"]) == {"n": 3}


def test_a_machine_may_call_only_what_its_role_allows(
    machine: Callable[..., str], run: Callable[..., Any], function: MakeFunction
) -> None:
    ended = run(machine({"T": _invoke(function("def handler(event, context): return 1"), End=True)}))

    assert ended["status"] == "FAILED"
    assert "is not authorized to perform: lambda:InvokeFunction" in ended["cause"]


def test_a_name_is_taken_once(local_aws: LocalAws, machine: Callable[..., str]) -> None:
    client = local_aws.client("stepfunctions")
    arn = machine({"W": {"Type": "Wait", "Seconds": 3000, "End": True}})
    first = client.start_execution(stateMachineArn=arn, name="run", input='{"a": 1}')["executionArn"]

    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        client.start_execution(stateMachineArn=arn, name="run", input='{"a": 2}')

    assert client.start_execution(stateMachineArn=arn, name="run", input='{"a": 1}')["executionArn"] == first


def test_an_execution_can_be_stopped_with_a_cause(local_aws: LocalAws, machine: Callable[..., str]) -> None:
    client = local_aws.client("stepfunctions")
    arn = machine({"W": {"Type": "Wait", "Seconds": 3000, "End": True}})
    execution = client.start_execution(stateMachineArn=arn, name="run")["executionArn"]

    client.stop_execution(executionArn=execution, error="Replaced", cause="a newer run")

    ended = client.describe_execution(executionArn=execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Replaced", "a newer run")
