"""boto3 clients of the embedded AWS, and what their errors say."""

from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.bedrock.errors import JobFailure

DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_ROOT_KEY = "test"
_CREATING = Lock()  # a session may not create clients in several threads at once


def client(service: str, session: boto3.Session, endpoint_url: str, **config: Any) -> Any:
    """A client without botocore's own retries: what fails is seen at once, and retried where it is meant to be."""
    options = {"retries": {"total_max_attempts": 1}, "proxies": {}, "s3": {"addressing_style": "path"}, **config}
    create: Any = session.client  # its overloads name every service; here the name is a variable
    with _CREATING:
        return create(service, endpoint_url=endpoint_url, config=Config(**options))


@cache  # a session reads each service's model once
def root_session(account: str, region: str) -> boto3.Session:
    """Root of one account of the embedded AWS, which takes a 12-digit access key for the account of that number."""
    return boto3.Session(aws_access_key_id=account, aws_secret_access_key=_ROOT_KEY, region_name=region)


def reason(error: ClientError | BotoCoreError) -> str:
    """The service's own words, without botocore's around them."""
    if isinstance(error, ClientError):
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return str(error)


def failure(error: ClientError | BotoCoreError, *, role: str, action: str, resource: str) -> JobFailure:
    """The failure of a job that did ``action`` as ``role``: a missing permission, or whatever else it was."""
    denied = isinstance(error, ClientError) and error.response["Error"]["Code"] in DENIED
    problem = f"{role} needs {action} on {resource}" if denied else f"{action} on {resource} failed"
    return JobFailure(f"{problem}: {reason(error)}")
