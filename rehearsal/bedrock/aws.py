"""boto3 clients of the embedded AWS."""

from typing import Any

import boto3
from botocore.config import Config

_ROOT_KEY = "test"


def client(service: str, session: boto3.Session, endpoint_url: str, **config: Any) -> Any:
    """A client without botocore's own retries: what fails is seen at once, and retried where it is meant to be."""
    options = {"retries": {"total_max_attempts": 1}, "proxies": {}, "s3": {"addressing_style": "path"}, **config}
    create: Any = session.client  # its overloads name every service; here the name is a variable
    return create(service, endpoint_url=endpoint_url, config=Config(**options))


def root_session(account: str, region: str) -> boto3.Session:
    """Root of one account of the embedded AWS, which takes a 12-digit access key for the account of that number."""
    return boto3.Session(aws_access_key_id=account, aws_secret_access_key=_ROOT_KEY, region_name=region)
