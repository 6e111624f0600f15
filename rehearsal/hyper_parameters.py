"""Hyperparameters of a training run, as the local models honour them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_API_NAMES = {
    "epochCount": "epoch_count",
    "batchSize": "batch_size",
    "learningRate": "learning_rate",
    "maxPromptLength": "max_prompt_length",
    "trainingSamplePerPrompt": "samples_per_prompt",
    "inferenceMaxTokens": "inference_max_tokens",
    "evalInterval": "eval_interval",
}


@dataclass(frozen=True, slots=True)
class HyperParameters:
    """The API's ``RFTHyperParameters``. Its documentation names no defaults; these are what the local models assume."""

    epoch_count: int = 1
    batch_size: int = 128
    """Prompts per training step."""
    learning_rate: float = 1e-4
    """On the API's scale; each model multiplies it by its own ``LEARNING_RATE_SCALE``."""
    max_prompt_length: int = 4096
    """Tokens; longer prompts are left out of training."""
    samples_per_prompt: int = 8
    inference_max_tokens: int = 2048
    """Longest response, in tokens; local.tiny-lm writes 160 at most."""
    eval_interval: int = 10
    """Training steps from one validation to the next."""

    @classmethod
    def from_api(cls, values: Mapping[str, Any]) -> "HyperParameters":
        """Read the API's structure; what is missing or None keeps its default, other keys are for other models.

        >>> HyperParameters.from_api({"batchSize": 16, "reasoningEffort": "low"}).batch_size
        16
        """
        return cls(
            **{_API_NAMES[key]: value for key, value in values.items() if key in _API_NAMES and value is not None}
        )
