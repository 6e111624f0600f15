"""What CloudFormation does with the stack at the moment, which its request does not say."""

from collections.abc import Mapping
from typing import Any

from .clients import client

_GOES = ("DELETE", "ROLLBACK")  # not UPDATE_ROLLBACK, which leaves a stack
_DEPLOYS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")


class DeployOverError(RuntimeError):
    """The deploy that a request belongs to is over, so that nobody would hear of what it started."""


def is_rolling_back(event: Mapping[str, Any]) -> bool:
    """Whether an update is undone; the request itself looks like any other."""
    return event["RequestType"] == "Update" and "ROLLBACK" in _status(event)


def goes(event: Mapping[str, Any]) -> bool:
    """Whether the whole stack is deleted, also after a create that failed."""
    return _status(event).startswith(_GOES)


def require_deploying(event: Mapping[str, Any]) -> None:
    """Make sure that the deploy which asks for a run still goes on.

    A request may be delivered again when its deploy has failed already, or the deploy be cancelled meanwhile.

    Raises:
        DeployOverError: It does not.
    """
    status = _status(event)
    if status not in _DEPLOYS:
        raise DeployOverError(
            f"Training was not started: the stack is {status}, so the deploy that asked for it is over; expected "
            f"{' or '.join(_DEPLOYS)}. Deploy again."
        )


def _status(event: Mapping[str, Any]) -> str:
    (stack,) = client("cloudformation").describe_stacks(StackName=event["StackId"])["Stacks"]
    return str(stack["StackStatus"])
