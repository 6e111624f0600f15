"""Permission to ask a judge or a base model: one model of Bedrock, or one inference profile and the models behind it.

Converse is authorised as ``bedrock:InvokeModel``:
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import re
from typing import Final

from aws_cdk import Stack
from constructs import Construct

from .permission import Permission

_ACTIONS: Final = ("bedrock:InvokeModel",)
_PROFILE_ID: Final = re.compile(r"(?P<geography>us|us-gov|eu|apac|jp|au|ca|global)\.(?P<model>[a-z0-9-]+\..+)")
_SYSTEM_PROFILE: Final = ":inference-profile/"
_APPLICATION_PROFILE: Final = ":application-inference-profile/"

_ANY_REGION: Final = (
    "The inference profile chooses the region for each call, from a list that AWS extends. The model is named, and may "
    "be asked through this profile only."
)
_ANY_MODEL: Final = (
    "Only Bedrock knows which model an application inference profile stands for. Models may be asked through this "
    "profile only."
)


def ask_model(scope: Construct, model: str) -> list[Permission]:
    """What a function needs to ask a model: the grader its judge, the preflight the base model.

    Args:
        model: As the Converse API takes it: the id or ARN of a foundation model or of an inference profile.
    """
    if _APPLICATION_PROFILE in model:
        models = Permission(_ACTIONS, [_foundation_model(scope, "*", "*")], _ANY_MODEL, _through(model))
        return [Permission(_ACTIONS, [model]), models]
    profile = _PROFILE_ID.fullmatch(model.rsplit("/", 1)[-1])
    if profile is None:
        return [Permission(_ACTIONS, [model if _is_arn(model) else _foundation_model(scope, _region(scope), model)])]
    arn = model if _SYSTEM_PROFILE in model else _profile(scope, model)
    if profile["geography"] == "global":
        return [Permission(_ACTIONS, [arn]), *_anywhere(scope, profile["model"], arn)]
    models = Permission(_ACTIONS, [_foundation_model(scope, "*", profile["model"])], _ANY_REGION, _through(arn))
    return [Permission(_ACTIONS, [arn]), models]


def _anywhere(scope: Construct, model: str, profile: str) -> list[Permission]:
    """The models of a global profile: once in this region, once in none.

    https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
    """
    return [
        Permission(
            _ACTIONS,
            [_foundation_model(scope, region, model)],
            conditions={"StringEquals": {"aws:RequestedRegion": requested, "bedrock:InferenceProfileArn": profile}},
        )
        for region, requested in ((_region(scope), _region(scope)), ("", "unspecified"))
    ]


def _through(profile: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"bedrock:InferenceProfileArn": profile}}


def _foundation_model(scope: Construct, region: str, model: str) -> str:
    return f"arn:{Stack.of(scope).partition}:bedrock:{region}::foundation-model/{model}"


def _profile(scope: Construct, name: str) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:inference-profile/{name}"


def _region(scope: Construct) -> str:
    return Stack.of(scope).region


def _is_arn(model: str) -> bool:
    return model.startswith("arn:")
