"""Files in S3 that a project pins by their content.

The project names an object and the SHA-256 of its bytes. The digest of the run takes that hash, so nobody has to ask
S3 before a deploy. In the deploy the object is read once, checked and hashed on the way, and copied to the project's
own bucket: a job takes hours, and must not read what somebody else can change meanwhile.
"""

import base64
import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .s3_objects import S3Object, SourceError, explained, lines

MOST_BYTES: Final = 5 * 1024**3
"""Of an object that one ``CopyObject`` takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""

_COMPOSITE: Final = "COMPOSITE"  # a checksum of the parts' checksums, which says nothing of the whole


class PinnedFile:
    """One object and the content it is to have; iterating reads its lines, from the first to the last each time.

    Attributes:
        uri: Where it is, ``s3://bucket/key``.
        sha256: What its bytes hash to, 64 hex digits.
    """

    def __init__(self, s3: Any, *, uri: str, sha256: str) -> None:
        """Remember where to read; nothing is read yet.

        Args:
            s3: A client of S3.

        Raises:
            SourceError: The URI names no object.
        """
        self.uri = uri
        self.sha256 = sha256
        self._s3 = s3
        self._object = S3Object.of(uri)
        self._etag: str | None = None

    def __iter__(self) -> Iterator[bytes]:
        """The lines with their ends; behind the last one the content is known to be the pinned one.

        Raises:
            SourceError: The object cannot be read, is too large, or has other content than the pinned.
        """
        answer = self._object.get(self._s3)
        size = answer["ContentLength"]
        if size > MOST_BYTES:
            raise SourceError(f"{self.uri}: {size:,} bytes; expected {MOST_BYTES:,} at most, which S3 copies in one go")
        state = hashlib.sha256()
        for line in lines(self.uri, answer["Body"]):
            state.update(line)
            yield line
        self._require_pinned(state.hexdigest())
        self._etag = answer["ETag"]

    def copy_to(self, uri: str) -> None:
        """Copy the very bytes that were read, inside S3; they are read first if nobody has.

        A copy that is there already is replaced by its equal.

        Raises:
            SourceError: The object has changed since it was read, or cannot be copied.
        """
        if self._etag is None:
            deque(self, maxlen=0)
        target = S3Object.of(uri)
        with explained(f"{self.uri}, to be copied to {uri}"):
            answer = self._s3.copy_object(
                Bucket=target.bucket,
                Key=target.key,
                CopySource={"Bucket": self._object.bucket, "Key": self._object.key},
                CopySourceIfMatch=self._etag,
                ChecksumAlgorithm="SHA256",
                # neither tags nor headers such as Content-Encoding are part of what was checked
                TaggingDirective="REPLACE",
                MetadataDirective="REPLACE",
                ContentType="application/jsonl",
            )
        found = _checksum(answer.get("CopyObjectResult", {}))
        if found is not None:
            self._require_pinned(found)

    def _require_pinned(self, found: str) -> None:
        if found != self.sha256:
            raise SourceError(
                f"{self.uri}: the SHA-256 of its content is {found}; expected {self.sha256}, which the project file "
                f"pins. Either the object has changed, or the pin is another file's; rft check --data {self.uri} says "
                "what it holds"
            )


def _checksum(copied: Mapping[str, Any]) -> str | None:
    """The SHA-256 that S3 has computed of the copy, as hex digits; None where it tells none of the whole."""
    value = copied.get("ChecksumSHA256")
    if value is None or copied.get("ChecksumType") == _COMPOSITE or "-" in value:
        return None
    return base64.b64decode(value).hex()
