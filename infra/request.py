"""What is handed to the custom resource: the API request, and what the run is."""

from typing import Any

from lambda_src.run.digest import Inputs

from .config import StageConfig
from .customization_role import CustomizationRole
from .dataset import Dataset
from .revision import Revision
from .reward_function import RewardFunction
from .storage import Storage


def job_request(
    config: StageConfig,
    *,
    role: CustomizationRole,
    dataset: Dataset,
    reward_function: RewardFunction,
    storage: Storage,
) -> dict[str, Any]:
    """A ``CreateModelCustomizationJob`` request without names and token, to which each run adds its own.

    Tags are the project's; the run adds those that name it.
    """
    tags = [{"key": key, "value": value} for key, value in config.tags.items()]
    request = {
        "baseModelIdentifier": config.model,
        "customizationType": "REINFORCEMENT_FINE_TUNING",
        "roleArn": role.role_arn,
        "trainingDataConfig": {"s3Uri": dataset.train_uri},
        "outputDataConfig": {"s3Uri": storage.artifacts_uri},
        "customizationConfig": {
            "rftConfig": {
                "graderConfig": {"lambdaGrader": {"lambdaArn": reward_function.alias.function_arn}},
                "hyperParameters": config.hyper_parameters.to_api(),
            }
        },
        "jobTags": tags,
        "customModelTags": tags,
    }
    if dataset.validation_uri is not None:
        request["validationDataConfig"] = {"validators": [{"s3Uri": dataset.validation_uri}]}
    return request


def run_document(
    config: StageConfig,
    *,
    inputs: Inputs,
    revision: Revision,
    dataset: Dataset,
    reward_function: RewardFunction,
    storage: Storage,
) -> dict[str, Any]:
    """What the run's Lambdas know of the run, and what ends up in its record; what is None is left out of its JSON."""
    return {
        "project": config.project,
        "stage": config.stage,
        "digest": inputs.digest,
        "attempt": config.attempt,
        "inputs": inputs.to_json(),
        "model": config.model,
        "rubric": config.rubric,
        "waive": config.waive,
        "judge": config.judge.model_dump(by_alias=True, exclude_none=True),
        "hyperParameters": config.hyper_parameters.to_api(),
        "alarms": config.alarms.model_dump(by_alias=True),
        "dataset": {"train": dataset.train_uri, "validation": dataset.validation_uri},
        "graderArn": reward_function.alias.function_arn,
        "output": storage.artifacts_uri,
        "git": {"commit": revision.commit, "dirty": revision.dirty},
    }
