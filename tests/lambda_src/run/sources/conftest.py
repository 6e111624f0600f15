from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

_CREDENTIALS: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")


@pytest.fixture
def s3() -> Iterator[Stubber]:
    """A client of S3 that answers what a test has told it to, in that order, and must be asked for all of it."""
    with Stubber(_client()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@cache
def _client() -> Any:
    return boto3.Session(**_CREDENTIALS).client("s3", region_name="us-east-1")
