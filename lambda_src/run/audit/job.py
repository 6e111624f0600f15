"""How often a training job asks its grader."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SERVICE_DEFAULTS: Final[Mapping[str, Any]] = {
    "epochCount": 1,
    "batchSize": 128,
    "learningRate": 1e-5,
    "maxPromptLength": 8192,
    "trainingSamplePerPrompt": 8,
    "inferenceMaxTokens": 2048,
    "reasoningEffort": "medium",
    "evalInterval": 10,
}
"""What is assumed where a hyperparameter is left to the service, whose own defaults are not documented.

Those of AWS's SDK for Nova:
https://github.com/aws/nova-forge-sdk/blob/0f7bb80ef3f0b3eab561ddaa512a1006ba31a749/src/amzn_nova_forge/recipe/templates/bedrock/override/rft_lora.json
"""

GRADER_BATCH: Final = 64
"""Responses per call; Bedrock documents none, so this is ``lambda_batch_size`` of Nova's training jobs on SageMaker."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job's size, as far as its rewards go.

    Attributes:
        records: Of the training file, those left out whose prompt is too long; 0 where they are not known.
        validation_records: Of the validation file.
        batch_size: Prompts per training step.
        samples: Responses to each prompt of a step.
        eval_interval: Steps between two validations.
    """

    records: int = 0
    validation_records: int = 0
    epochs: int = SERVICE_DEFAULTS["epochCount"]
    batch_size: int = SERVICE_DEFAULTS["batchSize"]
    samples: int = SERVICE_DEFAULTS["trainingSamplePerPrompt"]
    eval_interval: int = SERVICE_DEFAULTS["evalInterval"]

    @classmethod
    def of(cls, hyper_parameters: Mapping[str, Any], *, records: int, validation_records: int = 0) -> "Job":
        """Read the API's structure; what is missing keeps its default.

        >>> Job.of({"epochCount": 2, "batchSize": 16}, records=100).rollouts
        1664
        """
        names = {
            "epochCount": "epochs",
            "batchSize": "batch_size",
            "trainingSamplePerPrompt": "samples",
            "evalInterval": "eval_interval",
        }
        given = {name: hyper_parameters[key] for key, name in names.items() if hyper_parameters.get(key) is not None}
        return cls(records=records, validation_records=validation_records, **given)

    @property
    def steps(self) -> int:
        """Training steps."""
        return math.ceil(self.epochs * self.records / self.batch_size)

    @property
    def steps_per_epoch(self) -> float:
        return self.records / self.batch_size

    @property
    def validations(self) -> int:
        """Before the first step, every so many steps, and after the last one; none without records for it."""
        if not (self.steps and self.validation_records):
            return 0
        return 1 + math.ceil(self.steps / self.eval_interval)

    @property
    def training_rollouts(self) -> int:
        """Responses of all steps; the last step counts as a whole one."""
        return self.steps * self.batch_size * self.samples

    @property
    def validation_rollouts(self) -> int:
        """One response to each validation record at every validation."""
        return self.validations * self.validation_records

    @property
    def rollouts(self) -> int:
        """Responses to be graded."""
        return self.training_rollouts + self.validation_rollouts

    @property
    def grader_calls(self) -> int:
        """Invocations of the grader, each with as many responses as ``GRADER_BATCH``."""
        per_step = math.ceil(self.batch_size * self.samples / GRADER_BATCH)
        per_validation = math.ceil(self.validation_records / GRADER_BATCH)
        return self.steps * per_step + self.validations * per_validation
