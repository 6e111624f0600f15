from typing import Any

import pytest

from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.jobs.trust import Source, check_trust

SOURCE = Source(
    "000000000000", "arn:aws:bedrock:us-east-1:000000000000:model-customization-job/local.tiny-lm/abcdefghijkl"
)
JOBS = "arn:aws:bedrock:us-east-1:000000000000:model-customization-job/*"


def allow(condition: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return statement | ({"Condition": condition} if condition else {}) | changes


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([allow()], id="no condition"),
        pytest.param(allow(), id="a statement that is not in a list"),
        pytest.param([allow({"StringEquals": {"aws:SourceAccount": "000000000000"}})], id="account"),
        pytest.param([allow({"StringEquals": {"AWS:sourceACCOUNT": "000000000000"}})], id="keys have no case"),
        pytest.param([allow({"ArnEquals": {"aws:SourceArn": JOBS}})], id="ArnEquals takes wildcards"),
        pytest.param([allow({"ArnLike": {"aws:SourceArn": ["arn:aws:x:::y", JOBS]}})], id="one of several values"),
        pytest.param([allow({"StringLike": {"aws:SourceArn": "arn:aws:bedrock:*"}})], id="StringLike"),
        pytest.param([allow(Principal={"Service": ["lambda.amazonaws.com", "bedrock.amazonaws.com"]})], id="services"),
        pytest.param([allow(Principal="*")], id="everybody"),
        pytest.param([allow(Action=["sts:TagSession", "STS:Assume*"])], id="action by wildcard"),
        pytest.param([allow({"StringEquals": {"aws:SourceAccount": "1"}}), allow()], id="second statement"),
        pytest.param(
            [allow(), allow({"StringEquals": {"aws:SourceAccount": "1"}}, Effect="Deny")], id="a deny for others"
        ),
    ],
)
def test_bedrock_may_assume_a_role_that_trusts_it(statements: Any) -> None:
    check_trust({"Statement": statements}, SOURCE)


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        pytest.param([], "no statement allows", id="empty"),
        pytest.param([allow(Principal={"Service": "lambda.amazonaws.com"})], "no statement allows", id="other service"),
        pytest.param([allow(Principal={"AWS": "*"})], "no statement allows", id="principals are no services"),
        pytest.param([allow(Action="sts:TagSession")], "no statement allows", id="other action"),
        pytest.param([allow(Effect="Deny")], "no statement allows|denies", id="deny alone"),
        pytest.param([allow(), allow(Effect="Deny", Sid="No")], "'No' denies sts:AssumeRole", id="deny wins"),
        pytest.param(
            [allow({"StringEquals": {"aws:SourceAccount": "111111111111"}})],
            "aws:SourceAccount asks for '111111111111' but this job has '000000000000'",
            id="other account",
        ),
        pytest.param(
            [allow({"ArnLike": {"aws:SourceArn": JOBS.replace("us-east-1", "us-west-2")}})],
            "ArnLike aws:SourceArn",
            id="other region",
        ),
        pytest.param([allow({"ArnLike": {"aws:SourceArn": "arn:*"}})], "ArnLike", id="wildcards stay between colons"),
        pytest.param([allow({"StringEquals": {"aws:SourceArn": JOBS}})], "StringEquals", id="no wildcard in Equals"),
        pytest.param([allow({"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], "aws:PrincipalOrgID", id="other key"),
        pytest.param([allow({"IpAddress": {"aws:SourceIp": "::1"}})], "IpAddress cannot be", id="other operator"),
        pytest.param([allow(NotPrincipal={"AWS": "x"})], "NotPrincipal cannot be", id="NotPrincipal"),
    ],
)
def test_a_role_that_does_not_trust_bedrock_says_why(statements: Any, reason: str) -> None:
    with pytest.raises(JobFailure, match=reason):
        check_trust({"Statement": statements}, SOURCE)
