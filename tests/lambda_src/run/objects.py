"""A client of S3 whose objects are in memory: botocore's own hooks answer in place of the network."""

import io
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.response import StreamingBody

_CREDENTIALS: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")
_STATUS = 403
_START = datetime(2026, 11, 23, tzinfo=UTC)


class Objects:
    """Some buckets.

    Attributes:
        contents: By URI.
        denied: Operations that are answered with an error, and its message.
        client: Asks these buckets; requests are checked against the API's model.
    """

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        self.contents = dict(contents or {})
        self.denied: dict[str, str] = {}
        self.client: Any = _session().client("s3", region_name="us-east-1")
        self._asked = threading.local()
        self.client.meta.events.register("provide-client-params.s3", self._remember)
        self.client.meta.events.register("before-call.s3", self._answer)

    def _remember(self, params: Mapping[str, Any], **_: Any) -> None:
        self._asked.params = params

    def _answer(self, model: Any, **_: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
        if model.name in self.denied:
            return _error("AccessDenied", self.denied[model.name])
        answers = {
            "GetObject": self._get,
            "PutObject": self._put,
            "CopyObject": self._copy,
            "ListObjectsV2": self._list,
        }
        return answers[model.name](self._asked.params)

    def _get(self, asked: Mapping[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
        content = self.contents.get(_uri(asked))
        if content is None:
            return _error("NoSuchKey", "The specified key does not exist.")
        body = StreamingBody(io.BytesIO(content), len(content))
        return _ok({"Body": body, "ContentLength": len(content), "ETag": '"1"'})

    def _put(self, asked: Mapping[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
        if asked.get("IfNoneMatch") == "*" and _uri(asked) in self.contents:
            return _error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
        body = asked["Body"]
        self.contents[_uri(asked)] = body if isinstance(body, bytes) else body.read()
        return _ok({})

    def _list(self, asked: Mapping[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
        bucket = f"s3://{asked['Bucket']}/"
        keys = sorted(uri.removeprefix(bucket) for uri in self.contents if uri.startswith(bucket + asked["Prefix"]))
        written = list(self.contents)  # in this order, a second apart
        found = [
            {"Key": key, "LastModified": _START + timedelta(seconds=written.index(bucket + key))}
            for key in keys
            if key > asked.get("StartAfter", "")
        ]
        return _ok({"IsTruncated": False} | ({"Contents": found} if found else {}))

    def _copy(self, asked: Mapping[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
        self.contents[_uri(asked)] = self.contents[f"s3://{asked['CopySource']}"]
        return _ok({"CopyObjectResult": {"ETag": '"1"'}})


def _uri(asked: Mapping[str, Any]) -> str:
    return f"s3://{asked['Bucket']}/{asked['Key']}"


def _ok(answer: dict[str, Any]) -> tuple[SimpleNamespace, dict[str, Any]]:
    return SimpleNamespace(status_code=200), answer


def _error(code: str, message: str) -> tuple[SimpleNamespace, dict[str, Any]]:
    return SimpleNamespace(status_code=_STATUS), {"Error": {"Code": code, "Message": message}}


@cache
def _session() -> Any:
    return boto3.Session(**_CREDENTIALS)
