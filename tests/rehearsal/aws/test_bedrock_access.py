from typing import Any

import pytest

from rehearsal.aws.bedrock_access import Check, Resource, checks, identifier, target

ARN = "arn:aws:bedrock:us-east-1:000000000000:model-customization-job/local.tiny-lm/abcdefghijkl"
SCOPE: dict[str, Any] = {"account": "000000000000", "region": "us-east-1"}


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ("GetModelCustomizationJob", f"/model-customization-jobs/{ARN}"),
        ("StopModelCustomizationJob", f"/model-customization-jobs/{ARN}/stop"),
    ],
)
def test_an_arn_in_a_path_is_one_segment(operation: str, path: str) -> None:
    encoded = ARN.replace(":", "%3A").replace("/", "%2F")

    assert identifier(operation, path, {}) == ARN
    assert target(operation, path, {}) == path.replace(ARN, encoded)


def test_a_job_is_authorised_with_its_tags() -> None:
    resource = Resource(ARN, {"rft:project": "mine"})

    (check,) = checks("StopModelCustomizationJob", {}, resource, **SCOPE)

    assert check == Check("bedrock:StopModelCustomizationJob", ARN, {"aws:resourcetag/rft:project": "mine"})


def test_creating_a_tagged_job_needs_every_permission() -> None:
    tags = [{"key": "rft:run", "value": "1"}]
    request = {"baseModelIdentifier": "m", "roleArn": "r", "jobTags": tags, "customModelTags": tags}

    needed = [(check.action, check.resource) for check in checks("CreateModelCustomizationJob", request, None, **SCOPE)]

    own = "arn:aws:bedrock:us-east-1:000000000000"
    assert needed == [
        ("bedrock:CreateModelCustomizationJob", "arn:aws:bedrock:us-east-1::foundation-model/m"),
        ("bedrock:CreateModelCustomizationJob", f"{own}:custom-model/m/000000000000"),
        ("bedrock:TagResource", f"{own}:model-customization-job/m/000000000000"),
        ("bedrock:TagResource", f"{own}:custom-model/m/000000000000"),
        ("iam:PassRole", "r"),
    ]
