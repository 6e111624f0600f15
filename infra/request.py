"""What is handed to the custom resource: the API request, and what the run is."""

import json
from collections.abc import Mapping
from typing import Any

from lambda_src.run.advice import ADVICE_VERSION
from lambda_src.run.digest import Inputs
from lambda_src.run.plan.prices import Prices, TokenPrice
from lambda_src.run.plan.run_cost import GRADER_MB

from .config import StageConfig
from .customization_role import CustomizationRole
from .dataset import DatasetFiles
from .revision import Revision
from .reward_function import RewardFunction
from .storage import Storage


def job_request(
    config: StageConfig,
    *,
    role: CustomizationRole,
    dataset: DatasetFiles,
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
    dataset: DatasetFiles,
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
        "shadowRubric": config.shadow_rubric,
        "waive": config.waive,
        "judge": config.judge.model_dump(by_alias=True, exclude_none=True),
        "hyperParameters": config.hyper_parameters.to_api(),
        "alarms": config.alarms.model_dump(by_alias=True),
        "rollouts": {"keep": config.rollouts.keep},
        "prices": _prices(config),
        "dataset": {"train": dataset.train_uri, "validation": dataset.validation_uri},
        "pinned": dataset.sources,
        "references": config.references,
        "probe": _probe(config),
        "graderArn": reward_function.alias.function_arn,
        "output": storage.artifacts_uri,
        "git": _git(revision),
    }


def run_metadata(config: StageConfig, *, inputs: Inputs, revision: Revision, records: Mapping[str, int]) -> str:
    """What the template says of the run, for who reads the template alone: JSON with nothing to be resolved.

    As text, it keeps the types of its numbers, and may hold nulls and fractions, which templates may not.

    Args:
        records: How many there are, by part, as far as that is known.
    """
    hashes = {"train": inputs.train, "validation": inputs.validation}
    described = {
        "digest": inputs.digest,
        "attempt": config.attempt,
        "inputs": inputs.to_json(),
        "model": config.model,
        "hyperParameters": config.hyper_parameters.to_api(),
        "advice": ADVICE_VERSION if config.hyper_parameters.auto else None,
        "rubric": config.rubric,
        "dataset": {part: {"sha256": sha, "records": records.get(part)} for part, sha in hashes.items() if sha},
        "git": _git(revision),
    }
    return json.dumps(described)


def _prices(config: StageConfig) -> dict[str, float]:
    """In USD, what is used up while a run goes on; what has no known price is left out."""
    services, own = Prices.of(config.region).services, config.prices
    second, call = services.get("lambda-gb-second"), services.get("lambda-request")
    judge = _judge_price(config)
    prices = {
        "trainingHour": own.training_hour,
        "trainingTokens": own.training_tokens,
        "judgeInput": None if judge is None else judge.input,
        "judgeOutput": None if judge is None else judge.output,
        "gradingSecond": None if second is None else second.usd * GRADER_MB / 1024,  # MB of a GB
        "gradingCall": None if call is None else call.usd,
    }
    return {name: price for name, price in prices.items() if price is not None}


def _judge_price(config: StageConfig) -> TokenPrice | None:
    """What the project says that its judge costs, or else the bundled price file; None where neither knows."""
    own = config.judge
    if own.input_price is not None and own.output_price is not None:
        return TokenPrice(own.input_price, own.output_price)
    return None if own.model is None else Prices.of(config.region).models.get(own.model)


def _probe(config: StageConfig) -> dict[str, Any] | None:
    """What the preflight samples of the base model; None for nothing."""
    if config.probe.deploy == "skip":
        return None
    return config.probe.model_dump(by_alias=True) | {"model": config.probe_model}


def _git(revision: Revision) -> dict[str, Any]:
    return {"commit": revision.commit, "dirty": revision.dirty}
