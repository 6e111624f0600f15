"""What judges cost, and what they would cost in a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from .job import Job

_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Of the judge's model, in USD per million tokens; None where the project names none."""

    input: float | None = None
    output: float | None = None

    @classmethod
    def of(cls, judge: Mapping[str, Any] | None) -> "Prices":
        """Read them from a project's ``judge``."""
        given = judge or {}
        return cls(given.get("inputPrice"), given.get("outputPrice"))

    def usd(self, input_tokens: float, output_tokens: float) -> float | None:
        """None unless both prices are known."""
        if self.input is None or self.output is None:
            return None
        return (input_tokens * self.input + output_tokens * self.output) / _MILLION


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens of one judged response, and what a job comes to if every response is judged.

    Attributes:
        judged: Responses that a judge was asked about.
        input_tokens: Mean of them; all judges of the rubric together.
        output_tokens: As above.
        usd: None without prices.
    """

    judged: int
    input_tokens: float
    output_tokens: float
    job_rollouts: int
    job_input_tokens: float
    job_output_tokens: float
    usd: float | None

    @classmethod
    def of(cls, tokens: Sequence[tuple[float, float]], job: Job, prices: Prices) -> "Cost | None":
        """Project the job's cost.

        Args:
            tokens: Input and output tokens of each judged response.

        >>> Cost.of([(1000, 100), (3000, 100)], Job(records=128), Prices(0.5, 2.0)).usd
        1.2288
        """
        if not tokens:
            return None
        read, written = fmean(used[0] for used in tokens), fmean(used[1] for used in tokens)
        return cls(
            judged=len(tokens),
            input_tokens=read,
            output_tokens=written,
            job_rollouts=job.rollouts,
            job_input_tokens=read * job.rollouts,
            job_output_tokens=written * job.rollouts,
            usd=prices.usd(read * job.rollouts, written * job.rollouts),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "judged": self.judged,
            "inputTokens": self.input_tokens,
            "outputTokens": self.output_tokens,
            "jobRollouts": self.job_rollouts,
            "jobInputTokens": self.job_input_tokens,
            "jobOutputTokens": self.job_output_tokens,
            "usd": self.usd,
        }
