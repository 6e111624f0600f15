"""A Lambda client whose function is a Python function: botocore's own hook answers in place of the network."""

import io
import json
from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3

from tests.lambda_src.run.audit.bad_graders import Items

_CREDENTIALS: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")


def deployed(grade: Callable[[Items], Any]) -> Any:
    """A client for one grader; what the grader raises becomes a function error, as the Lambda runtime does it."""
    client = _session().client("lambda", region_name="us-east-1")

    def answer(params: Mapping[str, Any], **_: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
        try:
            body, error = grade(json.loads(params["body"])), {}
        except Exception as raised:
            body = {"errorType": type(raised).__name__, "errorMessage": str(raised)}
            error = {"FunctionError": "Unhandled"}
        return SimpleNamespace(status_code=200), {"StatusCode": 200, "Payload": io.BytesIO(_bytes(body)), **error}

    client.meta.events.register("before-call.lambda.Invoke", answer)
    return client


@cache
def _session() -> Any:
    return boto3.Session(**_CREDENTIALS)


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
