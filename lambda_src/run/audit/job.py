"""How often a training job asks its grader."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """A job's size, as far as its rewards go.

    Bedrock documents no defaults of the hyperparameters; those here are AWS's in its Nova Forge SDK,
    https://github.com/aws/nova-forge-sdk (1.4.6).

    Attributes:
        records: Of the training file; 0 where they are not known.
        validation_records: Of the validation file.
        batch_size: Prompts per training step.
        samples: Responses to each prompt of a step.
        eval_interval: Steps between two validations.
    """

    records: int = 0
    validation_records: int = 0
    epochs: int = 1
    batch_size: int = 128
    samples: int = 8
    eval_interval: int = 10

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
    def rollouts(self) -> int:
        """Responses to be graded: those of every step, and one to each validation record at every validation."""
        validations = 1 + math.ceil(self.steps / self.eval_interval)  # before the first step and after the last one too
        return self.steps * self.batch_size * self.samples + validations * self.validation_records
