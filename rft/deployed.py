"""What is deployed: read from the stack's template and its custom resource."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from lambda_src.run.plan import Asked, Deployed, DeployedError, Pace
from rft.runs import RunError, Stack

RESOURCE: Final = "Custom::BedrockRft"

_NOT_THERE: Final = frozenset(
    {"CREATE_FAILED", "DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
)
"""Statuses of a stack that was never there, or is no more; some still have a template."""


def deployed(stack: Stack) -> Deployed | None:
    """The run that the stack was deployed with; None where there is no such stack.

    Raises:
        RunError: The account cannot be asked, or the stack does not say.
    """
    client = stack.client("cloudformation")
    try:
        (description,) = client.describe_stacks(StackName=stack.name)["Stacks"]
        if description["StackStatus"] in _NOT_THERE:
            return None
        body = client.get_template(StackName=stack.name, TemplateStage="Original")["TemplateBody"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError" and "does not exist" in str(error):
            return None
        raise RunError(f"stack {stack.name}: its template cannot be read: {error}") from None
    except (BotoCoreError, ResponseParserError) as error:
        raise RunError(f"stack {stack.name}: the account cannot be asked: {error}") from None
    ids = stack.resources(RESOURCE)
    try:
        # boto3 gives JSON as a mapping; what else there is was not written by the CDK
        return Deployed.of(body if isinstance(body, Mapping) else {}, ids[0] if ids else "")
    except DeployedError as error:
        raise RunError(f"stack {stack.name}: {error}") from None


def ask(stack: Stack) -> tuple[Asked, Pace | None]:
    """What is known of a stack, and how fast its last run was; that it could not be asked is an answer, too."""
    try:
        found = deployed(stack)
    except RunError as error:
        return Asked(unknown=str(error)), None
    pace = None
    if found is not None:
        with suppress(RunError):  # most stacks have no run that has ended
            pace = Pace.of(stack.latest_record())
    return Asked(found), pace
