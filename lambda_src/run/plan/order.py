"""What is to be priced and timed: a job, its grader, and what the project says of prices."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..audit.cost import Cost as JudgeCost
from ..audit.job import SERVICE_DEFAULTS, Job
from ..audit.latency import Latency
from .pace import Pace
from .prices import Prices, TokenPrice

_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class OwnPrices:
    """What the project file says under ``prices``, in USD; None where it says nothing.

    Attributes:
        training_hour: Of an hour of training.
        training_tokens: Of a million tokens that are trained on.
        base: Of the base model, sampled by the probe.
        judge: Of the model that judges.
    """

    training_hour: float | None = None
    training_tokens: float | None = None
    base: TokenPrice | None = None
    judge: TokenPrice | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """The probe that the deploy makes.

    Attributes:
        model: Id that the Converse API takes.
        samples: Responses to each prompt.
        most_tokens: Of one response; None where nothing limits it.
    """

    model: str
    prompts: int
    samples: int
    most_tokens: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One run, as far as it costs time or money.

    Attributes:
        local: Whether it is a rehearsal on this machine, which costs nothing.
        families: Of the rubric's reward functions.
        judge_model: Id of the model that the reward asks; None where it asks none.
        prompt_tokens: Mean; None where lengths are not known.
        response_tokens: Mean of the base model's, as a probe counted them; None without one.
        latency: Of the grader on this machine, as an audit measured it.
        judge: Tokens of a judgement, as an audit counted them.
        pace: Of an earlier run of the same stack.
        probe: What the deploy samples of the base model; None for nothing.
        job_hours: Age of a running job that counts as stuck.
        dataset_bytes: Of all files.
    """

    local: bool
    job: Job
    hyper_parameters: Mapping[str, Any]
    families: frozenset[str]
    prices: Prices
    own: OwnPrices = field(default_factory=OwnPrices)
    judge_model: str | None = None
    prompt_tokens: float | None = None
    response_tokens: float | None = None
    latency: Latency | None = None
    judge: JudgeCost | None = None
    pace: Pace | None = None
    probe: Sampling | None = None
    job_hours: float = 24.0
    dataset_bytes: int = 0

    @property
    def most_response_tokens(self) -> int:
        """Upper bound on one response."""
        return int(self.hyper_parameters.get("inferenceMaxTokens") or SERVICE_DEFAULTS["inferenceMaxTokens"])

    @property
    def grading_seconds(self) -> float | None:
        """Of all rollouts, one after the other on one processor; None where nothing was timed."""
        timed = self.latency
        if timed is None:
            return None
        mean = timed.job_hours * _SECONDS_PER_HOUR / timed.job_rollouts if timed.job_rollouts else timed.p50
        return mean * self.job.rollouts
