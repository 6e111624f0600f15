from typing import Any

import pytest

from rehearsal.aws.bedrock_access import (
    Check,
    Resource,
    checks,
    identifier,
    invocation_target,
    invocations,
    invoked_model,
    target,
)

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


PROFILE = "arn:aws:bedrock:us-east-1:000000000000:inference-profile/us.amazon.nova-pro-v1:0"


@pytest.mark.parametrize("model", ["local.judge", "amazon.nova-pro-v1:0", PROFILE])
def test_the_model_of_an_invocation_is_one_segment(model: str) -> None:
    encoded = model.replace(":", "%3A").replace("/", "%2F")

    for path in (f"/model/{model}/converse", f"/model/{encoded}/converse"):
        assert invoked_model(path) == model
        assert invocation_target(path) == f"/model/{encoded}/converse"


@pytest.mark.parametrize("path", ["/async-invoke", "/guardrail/g/version/1/apply"])
def test_other_calls_of_the_runtime_are_for_no_model(path: str) -> None:
    assert invoked_model(path) is None
    assert invocation_target(path) == path


@pytest.mark.parametrize(
    ("model", "arn"),
    [
        ("local.judge", "arn:aws:bedrock:us-east-1::foundation-model/local.judge"),
        ("arn:aws:bedrock:us-east-1::foundation-model/x.y", "arn:aws:bedrock:us-east-1::foundation-model/x.y"),
    ],
)
def test_asking_a_model_needs_the_model(model: str, arn: str) -> None:
    assert list(invocations(model, **SCOPE)) == [Check("bedrock:InvokeModel", arn)]


@pytest.mark.parametrize("model", ["us.amazon.nova-pro-v1:0", PROFILE])
def test_asking_a_profile_needs_the_profile_and_its_model_through_it(model: str) -> None:
    assert list(invocations(model, **SCOPE)) == [
        Check("bedrock:InvokeModel", PROFILE),
        Check(
            "bedrock:InvokeModel",
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
            {"bedrock:inferenceprofilearn": PROFILE},
        ),
    ]


def test_a_global_profile_needs_its_model_in_no_region_too() -> None:
    *_, last = invocations("global.amazon.nova-2-lite-v1:0", **SCOPE)

    assert last.resource == "arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0"
    assert last.context["aws:requestedregion"] == "unspecified"
