"""What a CreateModelCustomizationJob request must be beyond its shape, for reinforcement fine-tuning."""

from collections.abc import Mapping
from typing import Any

from rehearsal.bedrock.caller import Caller
from rehearsal.bedrock.errors import ApiError

BASE_MODELS: Mapping[str, str] = {
    "local.tiny-lm": "rehearsal.tiny_lm.grpo",
    "local.strategist": "rehearsal.strategist.trainer",
}
"""The base models, each with the module that trains it."""

_TYPE = "REINFORCEMENT_FINE_TUNING"
_REFUSED = {"hyperParameters": "give them in customizationConfig.rftConfig.hyperParameters"}


def base_model_arn(caller: Caller, identifier: str) -> str:
    """ARN of the base model that a request names by id or ARN.

    Raises:
        ApiError: It does not exist here.
    """
    arns = {model: f"arn:aws:bedrock:{caller.region}::foundation-model/{model}" for model in BASE_MODELS}
    for model, arn in arns.items():
        if identifier in {model, arn}:
            return arn
    raise _invalid(f"The base model {identifier} does not exist here; the local Bedrock has {', '.join(BASE_MODELS)}")


def trainer_of(base_model_arn: str) -> str:
    """The module that trains a base model.

    >>> trainer_of("arn:aws:bedrock:us-east-1::foundation-model/local.strategist")
    'rehearsal.strategist.trainer'
    """
    return BASE_MODELS[base_model_arn.rpartition("/")[2]]


def check(caller: Caller, request: Mapping[str, Any]) -> None:
    """Refuse what the service model allows but RFT, or this service, does not.

    Raises:
        ApiError: ``ValidationException``.
    """
    base_model_arn(caller, request["baseModelIdentifier"])
    if request.get("customizationType") != _TYPE:
        raise _invalid(
            f"customizationType is {request.get('customizationType')}; the local Bedrock offers {_TYPE} only"
        )
    for name, instead in _REFUSED.items():
        if name in request:
            raise _invalid(f"{name} does not apply to {_TYPE}: {instead}")
    _check_grader(request)
    if set(request["trainingDataConfig"]) != {"s3Uri"}:
        raise _invalid("trainingDataConfig must have s3Uri and nothing else; invocation logs are not offered here")
    if request["roleArn"].split(":")[4] != caller.account:
        raise _invalid(f"roleArn {request['roleArn']} is not of the caller's account {caller.account}")


def _check_grader(request: Mapping[str, Any]) -> None:
    config = request.get("customizationConfig", {})
    if "rftConfig" not in config:
        raise _invalid(f"customizationConfig.rftConfig is required for {_TYPE} (found {sorted(config)})")
    if "lambdaGrader" not in config["rftConfig"].get("graderConfig", {}):
        raise _invalid(f"customizationConfig.rftConfig.graderConfig.lambdaGrader is required for {_TYPE}")


def _invalid(message: str) -> ApiError:
    return ApiError("ValidationException", message)
