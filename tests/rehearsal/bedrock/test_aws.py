from botocore.exceptions import ClientError

from rehearsal.bedrock.aws import failure


def told(code: str) -> str:
    error = ClientError({"Error": {"Code": code, "Message": "sorry"}}, "GetObject")
    return str(failure(error, role="arn:role", action="s3:GetObject", resource="arn:object"))


def test_a_denial_names_the_permission_that_is_missing() -> None:
    assert told("AccessDenied") == "arn:role needs s3:GetObject on arn:object: AccessDenied: sorry"


def test_another_error_does_not_speak_of_permissions() -> None:
    assert told("NoSuchBucket") == "s3:GetObject on arn:object failed: NoSuchBucket: sorry"
