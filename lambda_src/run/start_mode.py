"""What a deploy may start."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from .run_name import RUN_DIGITS


class StartMode(StrEnum):
    """What a deploy does with inputs that its stack has not trained: the property ``Start`` of the custom resource."""

    NOW = "now"
    HOLD = "hold"
    UNAPPROVED = "unapproved"


class NotApprovedError(RuntimeError):
    """Why a run that nobody has approved does not start, and how to approve it."""


def require_approved(mode: StartMode, run: Mapping[str, Any]) -> None:
    """Make sure that a new run may start.

    Raises:
        NotApprovedError: The project wants it approved, and the deploy approves nothing, or something else.
    """
    if mode is not StartMode.UNAPPROVED:
        return
    raise NotApprovedError(
        f"Nothing was started or spent: {run['project']} wants every new run of stage {run['stage']} approved, and "
        f"this deploy approves none. The digest is {run['digest']}; who has reviewed it deploys with "
        f"`-c approve={run['digest'][:RUN_DIGITS]}`. `-c run=hold` deploys everything but the run."
    )
