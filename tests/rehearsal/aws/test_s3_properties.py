from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

from .conftest import settled

pytestmark = pytest.mark.emulator

LIFECYCLE = {
    "Rules": [
        {
            "Id": "tidy",
            "Status": "Enabled",
            "Prefix": "tmp/",
            "ExpirationInDays": 7,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }
    ]
}
ENCRYPTION = {
    "ServerSideEncryptionConfiguration": [
        {
            "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/own"},
            "BucketKeyEnabled": True,
        }
    ]
}


@pytest.fixture
def bucket(name: str) -> Callable[..., dict[str, Any]]:
    def resources(**properties: Any) -> dict[str, Any]:
        return {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **properties}}}

    return resources


def test_encryption_of_a_template_reaches_the_bucket(
    local_aws: LocalAws, stack: Callable[..., Any], bucket: Callable[..., Any], name: str
) -> None:
    stack(bucket(BucketEncryption=ENCRYPTION))

    found = local_aws.client("s3").get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert found["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/own"}
    assert found["BucketKeyEnabled"] is True


def test_logging_of_a_template_reaches_the_bucket(
    local_aws: LocalAws, stack: Callable[..., Any], bucket: Callable[..., Any], name: str
) -> None:
    stack(bucket(LoggingConfiguration={"DestinationBucketName": "logs", "LogFilePrefix": "s3/"}))

    found = local_aws.client("s3").get_bucket_logging(Bucket=name)["LoggingEnabled"]
    assert (found["TargetBucket"], found["TargetPrefix"]) == ("logs", "s3/")


def test_lifecycle_of_a_template_reaches_the_bucket(
    local_aws: LocalAws, stack: Callable[..., Any], bucket: Callable[..., Any], name: str
) -> None:
    stack(bucket(LifecycleConfiguration=LIFECYCLE))

    (rule,) = local_aws.client("s3").get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert rule == {
        "ID": "tidy",
        "Status": "Enabled",
        "Filter": {"Prefix": "tmp/"},
        "Expiration": {"Days": 7},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }


def test_properties_that_leave_the_template_leave_the_bucket(
    local_aws: LocalAws, stack: Callable[..., Any], bucket: Callable[..., Any], name: str
) -> None:
    stack(bucket(LifecycleConfiguration=LIFECYCLE, Tags=[{"Key": "a", "Value": "b"}]))
    s3 = local_aws.client("s3")
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"][0] == {"Key": "a", "Value": "b"}

    stack(bucket())

    with pytest.raises(ClientError, match="NoSuchTagSet"):
        s3.get_bucket_tagging(Bucket=name)
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket=name)


def test_a_stack_with_a_filled_bucket_cannot_be_deleted(
    local_aws: LocalAws, stack: Callable[..., Any], bucket: Callable[..., Any], name: str
) -> None:
    stack(bucket())
    local_aws.client("s3").put_object(Bucket=name, Key="k", Body=b"x")
    cloudformation = local_aws.client("cloudformation")

    cloudformation.delete_stack(StackName=name)

    assert settled(cloudformation, name)["StackStatus"] == "DELETE_FAILED"
