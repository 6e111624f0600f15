"""How the base model is sampled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..audit.job import SERVICE_DEFAULTS

Effort = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a probe asks, and how.

    Attributes:
        model: Id or ARN of a model or inference profile that the Converse API serves.
        prompts: How many records are sampled.
        samples: Responses to each of them.
        max_tokens: Of one response: the job's ``inferenceMaxTokens``, or what is assumed of the service without it.
        seed: Chooses the prompts and draws the bootstrap; it does not reach the model.
        reasoning_effort: The job's ``reasoningEffort``; None leaves extended thinking off.
        concurrency: Requests under way at most.
        metadata: Goes with each request into the invocation log.
    """

    model: str
    prompts: int = 64
    samples: int = 8
    temperature: float = 0.6
    max_tokens: int = SERVICE_DEFAULTS["inferenceMaxTokens"]
    seed: int = 0
    reasoning_effort: Effort | None = None
    concurrency: int = 8
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ValueError: One of them cannot be used.
        """
        for name, least in (("prompts", 1), ("samples", 1), ("max_tokens", 1), ("concurrency", 1)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} = {getattr(self, name)}: expected {least} or more")
        if not 0 <= self.temperature <= 1:
            raise ValueError(f"temperature = {self.temperature}: expected 0 to 1")

    @property
    def is_bounded(self) -> bool:
        """Whether the model is told temperature and length: Nova 2 takes neither at high effort.

        https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
        """
        return self.reasoning_effort != "high"
