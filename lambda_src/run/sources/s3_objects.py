"""Objects in S3 as streams of lines, and why one cannot be read, in words that say what to do."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from ..dataset import DatasetError

SCHEME: Final = "s3://"

_URI: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*)", re.DOTALL)
_REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "there is no such object ({said})": ("NoSuchBucket", "NoSuchKey", "NoSuchVersion", "404"),
    "access is denied ({said}); where the bucket is another account's, its policy must allow s3:GetObject to this "
    "one; S3 also says so of objects that do not exist": ("AccessDenied", "403", "AllAccessDisabled"),
    "the bucket is in another region ({said}); expected one in the region of the deployment": (
        "PermanentRedirect",
        "301",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ),
    "it is archived ({said}); restore it first": ("InvalidObjectState",),
    "it was replaced while it was read ({said}); expected records that stay as they are": ("PreconditionFailed", "412"),
}
_KEY_DENIED: Final = (
    "its KMS key cannot be used ({said}); name the key as dataset.keyArn, and where it is another account's let its "
    "policy allow kms:Decrypt to this one"
)

_T = TypeVar("_T")


class SourceError(DatasetError):
    """Records that cannot be read, or that are not the ones they should be; says where and what to do."""


@dataclass(frozen=True, slots=True)
class S3Object:
    """Where an object is."""

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> "S3Object":
        """Read ``s3://bucket/key``.

        Raises:
            SourceError: It is something else.

        >>> S3Object.of("s3://records/2026/train.jsonl")
        S3Object(bucket='records', key='2026/train.jsonl')
        """
        match = _URI.fullmatch(uri)
        if match is None or not match[2] or match[2].endswith("/"):
            raise SourceError(f"{uri}: no object in S3; expected s3://<bucket>/<key>")
        return cls(match[1], match[2])

    def __str__(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"

    def get(self, s3: Any) -> Mapping[str, Any]:
        """What ``GetObject`` answers.

        Raises:
            SourceError: The object is missing, denied or elsewhere.
        """
        with explained(str(self)):
            answer: Mapping[str, Any] = s3.get_object(Bucket=self.bucket, Key=self.key)
        return answer


def lines(where: str, body: Any) -> Iterator[bytes]:
    """The lines of a response's body, with their ends.

    Raises:
        SourceError: Reading broke off.
    """
    with io.BufferedReader(body) as file:
        yield from explained_each(where, file)


def explained_each(where: str, items: Iterator[_T]) -> Iterator[_T]:
    """The same items, where reading the next one may fail.

    Raises:
        SourceError: It did.
    """
    while True:
        with explained(where):
            try:
                item = next(items)
            except StopIteration:
                return
        yield item


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turns what boto3 raises into a ``SourceError`` that says what to do.

    Args:
        where: What is read.
    """
    from botocore import exceptions as aws  # noqa: PLC0415 - only where S3 is read

    try:
        yield
    except aws.ClientError as error:
        raise SourceError(f"{where}: {_why(error.response.get('Error', {}))}") from error
    except (aws.HTTPClientError, aws.IncompleteReadError) as error:
        raise SourceError(f"{where}: reading broke off ({error}); try again") from error
    except aws.BotoCoreError as error:
        raise SourceError(f"{where}: cannot be read ({error})") from error


def _why(error: Mapping[str, Any]) -> str:
    code, message = str(error.get("Code", "")), str(error.get("Message", ""))
    is_key = code.startswith("KMS.") or (code == "AccessDenied" and "kms" in message.lower())
    known = (reason for reason, codes in _REASONS.items() if code in codes)
    reason = _KEY_DENIED if is_key else next(known, "S3 refuses ({said})")
    return reason.format(said=f"{code}: {message}" if message else code)
