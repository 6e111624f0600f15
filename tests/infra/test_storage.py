from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra import storage
from lambda_src.run import hold
from lambda_src.run.preflight import report
from tests.infra.synthesis import only, statements, template_of, text


def _bucket(template: Template, prefix: str) -> dict[str, Any]:
    ((_, bucket),) = (item for item in template.find_resources("AWS::S3::Bucket").items() if item[0].startswith(prefix))
    return dict(bucket)


@pytest.mark.parametrize(
    ("bucket", "policy"),
    [
        pytest.param("StorageRuns", "Retain", id="results cost training money"),
        pytest.param("StorageAccessLogs", "Retain", id="who read them must stay known"),
        pytest.param("StorageData", "Delete", id="datasets are in the repository"),
    ],
)
def test_what_cost_money_outlives_the_stack(bucket: str, policy: str, template: Template) -> None:
    resource = _bucket(template, bucket)

    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (policy, policy)


def test_the_key_outlives_the_stack_and_rotates(template: Template) -> None:
    key = only(template, "AWS::KMS::Key")

    assert key["DeletionPolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True


def test_every_bucket_refuses_requests_without_tls(template: Template) -> None:
    denies = {
        "Effect": "Deny",
        "Action": "s3:*",
        "Principal": {"AWS": "*"},
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(denies)])}}

    refusing = template.find_resources("AWS::S3::BucketPolicy", {"Properties": policy})

    assert len(refusing) == len(template.find_resources("AWS::S3::Bucket"))


@pytest.mark.parametrize("bucket", ["StorageRuns", "StorageData"])
def test_project_buckets_are_versioned_encrypted_with_the_key_and_logged(bucket: str, template: Template) -> None:
    (key_id,) = template.find_resources("AWS::KMS::Key")

    properties = _bucket(template, bucket)["Properties"]

    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == {"Fn::GetAtt": [key_id, "Arn"]}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert text(properties["LoggingConfiguration"]["DestinationBucketName"]).startswith("<StorageAccessLogs")


@pytest.mark.parametrize(
    ("prefix", "days"), [pytest.param("rollouts/", 30, id="rollouts"), pytest.param("athena/", 7, id="queries")]
)
def test_what_need_not_be_kept_is_deleted_with_its_former_versions(prefix: str, days: int) -> None:
    rules = _bucket(template_of({"rollouts": {"days": 30}}), "StorageRuns")["Properties"]["LifecycleConfiguration"]

    (rule,) = (rule for rule in rules["Rules"] if rule.get("Prefix") == prefix)
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) == (days, 1)


def test_nothing_else_of_a_run_is_ever_deleted(template: Template) -> None:
    rules = _bucket(template, "StorageRuns")["Properties"]["LifecycleConfiguration"]["Rules"]

    expiring = {rule.get("Prefix") for rule in rules if any("Expiration" in key for key in rule)}
    assert expiring == {"rollouts/", "athena/"}


def test_a_preflight_writes_where_it_may(template: Template) -> None:
    """The folder's name is written twice, because the run's code knows AWS and the synth does not."""
    read = [s["Resource"] for s in statements(template, "JobOnEventRole") if s["Action"] == "s3:GetObject"]
    objects = [text(resource) for some in read for resource in (some if isinstance(some, list) else [some])]

    assert report.PREFIX == storage.PREFLIGHTS
    assert any(arn.endswith(f".Arn>/{hold.NOTE}") for arn in objects)
