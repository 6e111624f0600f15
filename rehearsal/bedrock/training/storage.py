"""S3 as the customization role sees it."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.bedrock import aws
from rehearsal.bedrock.errors import JobFailure

_PROBE = ".write_access_check_file.tmp"


class Storage:
    """Reads and writes objects; every failure names the permission that the role needs and on what."""

    def __init__(self, s3: Any, kms: Any, role_arn: str) -> None:
        self._s3 = s3
        self._kms = kms
        self._role_arn = role_arn

    def read(self, uri: str) -> bytes:
        """Content of an object, which must be listed in its bucket.

        Raises:
            JobFailure: It is not there, or the role may not list or read it.
        """
        bucket, key = _split(uri)
        listed = self._call("list_objects_v2", "s3:ListBucket", f"arn:aws:s3:::{bucket}", Bucket=bucket, Prefix=key)
        if not any(item["Key"] == key for item in listed.get("Contents", [])):
            raise JobFailure(f"{uri} does not exist")
        answer = self._call("get_object", "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}", Bucket=bucket, Key=key)
        self._check_key(answer, "kms:Decrypt")
        content: bytes = answer["Body"].read()
        return content

    def write(self, uri: str, content: bytes) -> None:
        """Raises JobFailure if the role may not."""
        bucket, key = _split(uri)
        answer = self._call(
            "put_object", "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}", Bucket=bucket, Key=key, Body=content
        )
        self._check_key(answer, "kms:GenerateDataKey")

    def check_writable(self, uri: str) -> None:
        """Write the probe that Bedrock leaves in every output location.

        https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-troubleshooting.html

        Raises:
            JobFailure: The role may not list the bucket or write there.
        """
        bucket, prefix = _split(uri)
        self._call("list_objects_v2", "s3:ListBucket", f"arn:aws:s3:::{bucket}", Bucket=bucket, Prefix=prefix)
        self.write(f"{uri.rstrip('/')}/{_PROBE}", b"")

    def _check_key(self, answer: Any, action: str) -> None:
        """S3 uses a customer's key in the name of whoever asks; the embedded AWS's S3 does not check that he may."""
        key = answer.get("SSEKMSKeyId", "")
        if ":key/" not in key:
            return
        try:
            if action == "kms:Decrypt":
                self._kms.decrypt(CiphertextBlob=b"none", KeyId=key)
            else:
                self._kms.generate_data_key(KeyId=key, KeySpec="AES_256")
        except ClientError as error:
            if error.response["Error"]["Code"] in aws.DENIED:  # others come after authorisation
                raise aws.failure(error, role=self._role_arn, action=action, resource=key) from error

    def _call(self, operation: str, action: str, resource: str, **parameters: Any) -> Any:
        try:
            return getattr(self._s3, operation)(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise aws.failure(error, role=self._role_arn, action=action, resource=resource) from error


def _split(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key
