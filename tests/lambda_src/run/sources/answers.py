"""What S3 answers in these tests."""

import io
from typing import Any

from botocore.response import StreamingBody
from botocore.stub import Stubber

ETAG = '"0123456789abcdef0123456789abcdef"'


def holds(s3: Stubber, bucket: str, key: str, content: bytes, *, says: int | None = None) -> None:
    """The next ``GetObject`` finds this object.

    Args:
        says: The length that the answer's header gives, where it is another one.
    """
    length = len(content) if says is None else says
    answer: dict[str, Any] = {
        "Body": StreamingBody(io.BytesIO(content), length),
        "ContentLength": length,
        "ETag": ETAG,
    }
    s3.add_response("get_object", answer, {"Bucket": bucket, "Key": key})
