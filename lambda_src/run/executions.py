"""What a run does with its workflow execution, which carries the run's name."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

RUNNING = "RUNNING"

_REASON = 1500  # characters; CloudFormation takes 4 KB of a custom resource's answer
_GONE = frozenset({"ExecutionDoesNotExist", "StateMachineDoesNotExist"})


@dataclass(frozen=True, slots=True)
class Execution:
    """A workflow execution; ``reason`` is what it failed with, as one line."""

    status: str
    stopped: datetime | None
    reason: str

    @property
    def is_running(self) -> bool:
        return self.status == RUNNING


def find(states: Any, machine_arn: str, name: str) -> Execution | None:
    """The execution of this name; None where it, or its state machine, is gone."""
    try:
        response = states.describe_execution(executionArn=_arn(machine_arn, name))
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    reason = ": ".join(response[key] for key in ("error", "cause") if response.get(key))
    return Execution(
        response["status"], response.get("stopDate"), textwrap.shorten(reason or response["status"], _REASON)
    )


def start(states: Any, machine_arn: str, name: str, state: Mapping[str, Any]) -> None:
    """Start the execution unless it exists; safe to repeat."""
    try:
        states.start_execution(stateMachineArn=machine_arn, name=name, input=json.dumps(state, sort_keys=True))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise


def stop(states: Any, machine_arn: str, name: str, cause: str) -> None:
    """Stop the execution; one that is gone counts as stopped, and one that has ended keeps its status."""
    try:
        states.stop_execution(executionArn=_arn(machine_arn, name), cause=cause)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise


def _arn(machine_arn: str, name: str) -> str:
    return f"{machine_arn.replace(':stateMachine:', ':execution:')}:{name}"
