from typing import Any

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template
from cdk_nag import AwsSolutionsChecks

from infra.judge import ask_model
from infra.permission import give

HERE = Environment(account="111122223333", region="us-east-1")
OWN = "bedrock:us-east-1:111122223333"
PROFILE = f"{OWN}:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0"


def statements(model: str, environment: Environment = HERE) -> list[dict[str, Any]]:
    """The policy as it stands in a template that cdk-nag has accepted; the partition is left out of ARNs."""
    app = App(builtin_cloud_formation_validation=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    stack = Stack(app, "Stack", env=environment)
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    give(role, ask_model(stack, model))
    app.synth()
    (policy,) = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    found = _short(policy["Properties"]["PolicyDocument"]["Statement"])
    assert all(one["Action"] == "bedrock:InvokeModel" and one["Effect"] == "Allow" for one in found)
    return [{key: value for key, value in one.items() if key in ("Resource", "Condition")} for one in found]


def _short(value: Any) -> Any:
    match value:
        case {"Fn::Join": ["", parts]}:
            return "".join(f"<{part['Ref']}>" if isinstance(part, dict) else part for part in parts).replace(
                "arn:<AWS::Partition>:", ""
            )
        case dict():
            return {key: _short(one) for key, one in value.items()}
        case list():
            return [_short(one) for one in value]
    return value.removeprefix("arn:aws:") if isinstance(value, str) else value


@pytest.mark.parametrize("model", ["amazon.nova-pro-v1:0", "local.judge", "openai.gpt-oss-120b-1:0"])
def test_a_foundation_model_is_one_resource_in_one_region(model: str) -> None:
    assert statements(model) == [{"Resource": f"bedrock:us-east-1::foundation-model/{model}"}]


def test_an_arn_is_taken_as_it_is() -> None:
    arn = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abcdefghijkl"

    assert statements(arn) == [{"Resource": arn.removeprefix("arn:aws:")}]


@pytest.mark.parametrize(
    "model",
    [
        pytest.param("us.anthropic.claude-haiku-4-5-20251001-v1:0", id="id"),
        pytest.param(f"arn:aws:{PROFILE}", id="ARN"),
    ],
)
def test_the_models_of_a_profile_may_be_asked_through_it_alone(model: str) -> None:
    assert statements(model) == [
        {"Resource": PROFILE},
        {
            "Resource": "bedrock:*::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
            "Condition": {"StringEquals": {"bedrock:InferenceProfileArn": PROFILE}},
        },
    ]


@pytest.mark.parametrize("geography", ["eu", "apac", "jp", "au", "ca", "us-gov"])
def test_every_geography_is_a_profile(geography: str) -> None:
    first, second = statements(f"{geography}.amazon.nova-lite-v1:0")

    assert first == {"Resource": f"{OWN}:inference-profile/{geography}.amazon.nova-lite-v1:0"}
    assert second["Resource"] == "bedrock:*::foundation-model/amazon.nova-lite-v1:0"


def test_a_global_profile_needs_the_model_here_and_without_a_region() -> None:
    profile = f"{OWN}:inference-profile/global.amazon.nova-2-lite-v1:0"

    assert statements("global.amazon.nova-2-lite-v1:0") == [
        {"Resource": profile},
        *(
            {
                "Resource": f"bedrock:{region}::foundation-model/amazon.nova-2-lite-v1:0",
                "Condition": {
                    "StringEquals": {"aws:RequestedRegion": requested, "bedrock:InferenceProfileArn": profile}
                },
            }
            for region, requested in (("us-east-1", "us-east-1"), ("", "unspecified"))
        ),
    ]


def test_an_application_profile_opens_models_through_itself_alone() -> None:
    arn = f"arn:aws:{OWN}:application-inference-profile/abc123"

    first, second = statements(arn)

    assert first == {"Resource": arn.removeprefix("arn:aws:")}
    assert second["Resource"] == "bedrock:*::foundation-model/*"
    assert second["Condition"] == {"StringEquals": {"bedrock:InferenceProfileArn": arn.removeprefix("arn:aws:")}}


def test_account_and_region_may_be_known_at_deployment_only() -> None:
    first, _ = statements("us.amazon.nova-pro-v1:0", Environment())

    assert first == {"Resource": "bedrock:<AWS::Region>:<AWS::AccountId>:inference-profile/us.amazon.nova-pro-v1:0"}
