"""Bucket encryption, access logging, lifecycle, ownership and tags of a template reach the bucket, and leave with it.

The emulator's CloudFormation accepts these properties and drops them. It also deletes a bucket that still holds
objects, which AWS refuses: a stack that leaves a filled bucket behind must fail to delete here as well.
"""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from .patching import original


def apply() -> None:
    """Extend the emulator's table of bucket properties and guard the deletion."""
    for put in ("_put_bucket_encryption", "_put_bucket_logging", "_put_bucket_lifecycle"):
        original(s3, put, "name", "body")
    original(provisioners, "_s3_apply_configurations", "name", "props", "old_props")
    provisioners._S3_BUCKET_CONFIGURATIONS += (
        ("BucketEncryption", _encryption, s3._put_bucket_encryption, _drop(s3._bucket_encryption)),
        ("LoggingConfiguration", _logging, s3._put_bucket_logging, _drop(s3._bucket_logging_config)),
        ("LifecycleConfiguration", _lifecycle, s3._put_bucket_lifecycle, _drop(s3._bucket_lifecycle)),
        ("Tags", _tags, s3._bucket_tags.__setitem__, _drop(s3._bucket_tags)),
    )
    delete = original(provisioners, "_s3_delete", "physical_id", "props")

    def _s3_delete(physical_id: str, props: dict[str, Any]) -> None:
        bucket = s3._buckets.get(physical_id)
        if bucket and (bucket["objects"] or s3._bucket_has_versions(physical_id)):
            raise ValueError(f"The bucket you tried to delete is not empty: {physical_id}")
        delete(physical_id, props)
        s3._bucket_logging_config.pop(physical_id, None)

    provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]["delete"] = _s3_delete


def _drop(store: Any) -> Callable[[str], None]:
    def delete(name: str) -> None:
        store.pop(name, None)

    return delete


def _tags(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _encryption(properties: dict[str, Any]) -> bytes:
    root = _root("ServerSideEncryptionConfiguration")
    for rule in properties.get("ServerSideEncryptionConfiguration", []):
        element = SubElement(root, "Rule")
        default = rule.get("ServerSideEncryptionByDefault", {})
        by_default = SubElement(element, "ApplyServerSideEncryptionByDefault")
        _add(by_default, SSEAlgorithm=default.get("SSEAlgorithm"))
        if str(default.get("SSEAlgorithm")).startswith("aws:kms"):
            _add(by_default, KMSMasterKeyID=default.get("KMSMasterKeyID", "alias/aws/s3"))
        _add(element, BucketKeyEnabled=rule.get("BucketKeyEnabled", False))
    return tostring(root)


def _logging(properties: dict[str, Any]) -> bytes:
    root = _root("BucketLoggingStatus")
    if properties.get("DestinationBucketName"):
        target = {
            "TargetBucket": properties["DestinationBucketName"],
            "TargetPrefix": properties.get("LogFilePrefix", ""),
        }
        _add(SubElement(root, "LoggingEnabled"), **target)
    return tostring(root)


def _lifecycle(properties: dict[str, Any]) -> bytes:
    root = _root("LifecycleConfiguration")
    for number, rule in enumerate(properties.get("Rules", [])):
        element = SubElement(root, "Rule")
        _add(element, ID=rule.get("Id", f"rule-{number}"), Status=rule["Status"])
        _add(SubElement(element, "Filter"), Prefix=rule.get("Prefix", ""))
        if "ExpirationInDays" in rule:
            _add(SubElement(element, "Expiration"), Days=rule["ExpirationInDays"])
        noncurrent = rule.get("NoncurrentVersionExpiration", {})
        days = noncurrent.get("NoncurrentDays", rule.get("NoncurrentVersionExpirationInDays"))
        if days is not None:
            newer = noncurrent.get("NewerNoncurrentVersions")
            _add(SubElement(element, "NoncurrentVersionExpiration"), NoncurrentDays=days, NewerNoncurrentVersions=newer)
        if "AbortIncompleteMultipartUpload" in rule:
            upload = SubElement(element, "AbortIncompleteMultipartUpload")
            _add(upload, DaysAfterInitiation=rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
    return tostring(root)


def _root(tag: str) -> Element:
    return Element(tag, xmlns=s3.S3_NS)


def _add(parent: Element, **children: Any) -> None:
    """Append one child per value that is set, spelled as S3's XML spells it."""
    for tag, value in children.items():
        if value is not None:
            SubElement(parent, tag).text = str(value).lower() if isinstance(value, bool) else str(value)
