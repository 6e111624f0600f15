import base64
import hashlib
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from lambda_src.run.dataset import DatasetError
from lambda_src.run.sources import PinnedFile, SourceError
from lambda_src.run.sources.pinned import MOST_BYTES
from tests.lambda_src.run.sources.answers import ETAG, holds

URI = "s3://records/2026/train.jsonl"
OWN = "s3://own/abc/train.jsonl"
LINES = [b'{"id": "a"}\n', '{"id": "\u00e9"}\r\n'.encode(), b'{"id": "c"}']
CONTENT = b"".join(LINES)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def pinned(s3: Stubber, sha256: str = SHA256) -> PinnedFile:
    return PinnedFile(s3.client, uri=URI, sha256=sha256)


def held(s3: Stubber, content: bytes = CONTENT, **changes: Any) -> None:
    holds(s3, "records", "2026/train.jsonl", content, **changes)


def copied(s3: Stubber, **result: str) -> None:
    """The next copy is allowed, if it asks for what was read."""
    expected = {
        "Bucket": "own",
        "Key": "abc/train.jsonl",
        "CopySource": {"Bucket": "records", "Key": "2026/train.jsonl"},
        "CopySourceIfMatch": ETAG,
        "ChecksumAlgorithm": "SHA256",
        "TaggingDirective": "REPLACE",
        "MetadataDirective": "REPLACE",
        "ContentType": ANY,
    }
    s3.add_response("copy_object", {"CopyObjectResult": {"ETag": ETAG, **result}}, expected)


def checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def refusal(s3: Stubber, sha256: str = SHA256) -> str:
    with pytest.raises(SourceError) as raised:
        list(pinned(s3, sha256))
    return str(raised.value)


def test_the_lines_of_the_pinned_content_come_with_their_ends(s3: Stubber) -> None:
    held(s3)

    assert list(pinned(s3)) == LINES


def test_other_content_is_refused_with_what_was_found_and_what_was_expected(s3: Stubber) -> None:
    other = b"something else\n"
    held(s3, other)

    told = refusal(s3)

    assert told.startswith(f"{URI}: the SHA-256 of its content is {hashlib.sha256(other).hexdigest()}; ")
    assert f"expected {SHA256}" in told


def test_other_content_is_refused_after_its_last_line_and_not_before(s3: Stubber) -> None:
    """The check of the records sees all of them; only then can the hash be known."""
    held(s3, b"one\ntwo\n")
    lines = iter(pinned(s3))

    assert [next(lines), next(lines)] == [b"one\n", b"two\n"]
    with pytest.raises(SourceError):
        next(lines)


def test_the_refusal_is_one_of_a_dataset_for_those_who_read_datasets() -> None:
    assert issubclass(SourceError, DatasetError)


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        pytest.param("NoSuchKey", "The specified key does not exist.", "there is no such object (NoSuchKey", id="key"),
        pytest.param("NoSuchBucket", "", "there is no such object (NoSuchBucket)", id="bucket"),
        pytest.param("AccessDenied", "Access Denied", "its policy must allow s3:GetObject to this one", id="denied"),
        pytest.param(
            "AccessDenied",
            "User: x is not authorized to perform: kms:Decrypt on the resource",
            "its KMS key cannot be used (AccessDenied: User: x is not authorized",
            id="key of KMS",
        ),
        pytest.param("KMS.DisabledException", "key is disabled", "its KMS key cannot be used", id="disabled key"),
        pytest.param("PermanentRedirect", "use the endpoint", "the bucket is in another region", id="region"),
        pytest.param("InvalidObjectState", "archived", "restore it first", id="archived"),
        pytest.param("SlowDown", "Please {reduce}", "S3 refuses (SlowDown: Please {reduce})", id="anything else"),
    ],
)
def test_what_s3_refuses_is_told_with_the_object_and_what_to_do(
    s3: Stubber, code: str, message: str, expected: str
) -> None:
    s3.add_client_error("get_object", code, message)

    told = refusal(s3)

    assert told.startswith(f"{URI}: ")
    assert expected in told


def test_a_connection_that_breaks_is_told_and_is_not_the_pinned_content(s3: Stubber) -> None:
    held(s3, CONTENT[:15], says=len(CONTENT))

    assert "reading broke off" in refusal(s3)


def test_an_object_that_s3_does_not_copy_in_one_go_is_refused_before_it_is_read(s3: Stubber) -> None:
    held(s3, says=MOST_BYTES + 1)

    assert "5,368,709,121 bytes; expected 5,368,709,120 at most" in refusal(s3)


@pytest.mark.parametrize(
    "uri", ["s3://records", "s3://records/", "s3://records/folder/", "https://records/a", "a.jsonl"]
)
def test_what_is_no_object_is_refused_without_asking_s3(s3: Stubber, uri: str) -> None:
    with pytest.raises(SourceError, match="expected s3://<bucket>/<key>"):
        PinnedFile(s3.client, uri=uri, sha256=SHA256)


def test_the_bytes_that_were_read_are_copied_and_no_others(s3: Stubber) -> None:
    held(s3)
    copied(s3, ChecksumSHA256=checksum(CONTENT), ChecksumType="FULL_OBJECT")
    file = pinned(s3)

    assert list(file) == LINES
    file.copy_to(OWN)


def test_copying_twice_is_as_good_as_copying_once(s3: Stubber) -> None:
    held(s3)
    copied(s3)
    copied(s3)
    file = pinned(s3)

    file.copy_to(OWN)
    file.copy_to(OWN)


@pytest.mark.parametrize("read", [0, 1], ids=["not at all", "in part"])
def test_what_was_not_read_to_its_end_is_read_before_it_is_copied(s3: Stubber, read: int) -> None:
    file = pinned(s3)
    for _ in range(read):
        held(s3)
        next(iter(file))
    held(s3)
    copied(s3)

    file.copy_to(OWN)


def test_other_content_is_never_copied(s3: Stubber) -> None:
    held(s3, b"other\n")

    with pytest.raises(SourceError, match="the SHA-256 of its content is"):
        pinned(s3).copy_to(OWN)


def test_an_object_that_is_replaced_between_reading_and_copying_is_not_copied(s3: Stubber) -> None:
    held(s3)
    s3.add_client_error("copy_object", "PreconditionFailed", "At least one of the pre-conditions did not hold")

    with pytest.raises(SourceError, match=f"{URI}, to be copied to {OWN}: it was replaced while it was read"):
        pinned(s3).copy_to(OWN)


def test_a_copy_of_which_s3_computes_another_hash_is_refused(s3: Stubber) -> None:
    """An ETag may be an MD5, of which two files can be made that share it."""
    held(s3)
    copied(s3, ChecksumSHA256=checksum(b"other"), ChecksumType="FULL_OBJECT")

    with pytest.raises(SourceError, match="the SHA-256 of its content is"):
        pinned(s3).copy_to(OWN)


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({}, id="none"),
        pytest.param({"ChecksumSHA256": checksum(b"parts"), "ChecksumType": "COMPOSITE"}, id="of the parts"),
        pytest.param({"ChecksumSHA256": f"{checksum(b'parts')}-3"}, id="of three parts"),
    ],
)
def test_a_checksum_that_says_nothing_of_the_whole_is_not_compared(s3: Stubber, result: dict[str, str]) -> None:
    held(s3)
    copied(s3, **result)

    pinned(s3).copy_to(OWN)
