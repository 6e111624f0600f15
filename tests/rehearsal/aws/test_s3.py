"""What the product relies on in S3, without a gap having to be filled for it."""

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

pytestmark = pytest.mark.emulator


def test_a_listing_starts_after_a_key(local_aws: LocalAws, name: str) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=name)
    for key in ("r/1", "r/2", "r/3", "s/1"):
        s3.put_object(Bucket=name, Key=key, Body=b"")

    found = s3.list_objects_v2(Bucket=name, Prefix="r/", StartAfter="r/1")["Contents"]

    assert [entry["Key"] for entry in found] == ["r/2", "r/3"]


def test_an_object_that_is_there_is_not_put_again_where_that_is_the_condition(local_aws: LocalAws, name: str) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="stop.json", Body=b"first", IfNoneMatch="*")

    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=name, Key="stop.json", Body=b"second", IfNoneMatch="*")

    assert s3.get_object(Bucket=name, Key="stop.json")["Body"].read() == b"first"
