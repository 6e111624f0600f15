"""How long the grader takes, and how long it would take in a job."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from .job import GRADER_BATCH, Job

_FULL: Final = 8  # items from which on the cost of a call itself is shared well enough
_SECONDS_PER_HOUR: Final = 3600
_UNITS: Final = (("h", _SECONDS_PER_HOUR), ("s", 1), ("ms", 0.001))


@dataclass(frozen=True, slots=True)
class Batch:
    """One call: how long it took, and whose responses it graded."""

    seconds: float
    records: tuple[str, ...]

    @property
    def per_rollout(self) -> float:
        return self.seconds / len(self.records)


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, and what they make in a job.

    Attributes:
        p50: Of one response, its batch's time being shared equally.
        p99: As above.
        first: The first call, the start of the function included; it is in none of the others.
        batch: A batch of 64 responses at the 99th percentile.
        job_rollouts: Responses that the job will have graded; 0 where its size is not known.
        job_hours: What they take, one batch after another. Bedrock documents no concurrency.
        slowest: Records whose responses were in the slowest batch.
    """

    p50: float
    p99: float
    first: float
    batch: float
    job_rollouts: int
    job_hours: float
    slowest: tuple[str, ...]

    @classmethod
    def of(cls, batches: Sequence[Batch], job: Job) -> "Latency | None":
        """Read it from the calls of an audit, in order."""
        if not batches:
            return None
        timed = [batch for batch in batches[1:] if len(batch.records) >= _FULL] or list(batches)
        each = sorted(batch.per_rollout for batch in timed)
        slowest = max(timed, key=lambda batch: batch.per_rollout)
        return cls(
            p50=_quantile(each, 0.5),
            p99=_quantile(each, 0.99),
            first=batches[0].seconds,
            batch=GRADER_BATCH * _quantile(each, 0.99),
            job_rollouts=job.rollouts,
            job_hours=job.rollouts * fmean(each) / _SECONDS_PER_HOUR,
            slowest=tuple(dict.fromkeys(slowest.records)),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "p50": self.p50,
            "p99": self.p99,
            "first": self.first,
            "batch": self.batch,
            "jobRollouts": self.job_rollouts,
            "jobHours": self.job_hours,
            "slowest": list(self.slowest),
        }


@dataclass(frozen=True, slots=True)
class Limits:
    """What the grader may take.

    Attributes:
        timeout: Of the grader's Lambda, for one batch, in seconds.
        timeout_share: Share of it that a batch of 64 may take; where the alarm on the grader's duration goes off.
        job_hours: For all rollouts of a job: half of the age at which a running job counts as stuck.
    """

    timeout: float = 300.0
    timeout_share: float = 0.8
    job_hours: float = 12.0

    @classmethod
    def of(cls, alarms: Mapping[str, float]) -> "Limits":
        """Read them from a project's ``alarms``.

        >>> Limits.of({"jobHours": 48, "graderLatency": 0.5})
        Limits(timeout=300.0, timeout_share=0.5, job_hours=24.0)
        """
        return cls(timeout_share=alarms["graderLatency"], job_hours=alarms["jobHours"] / 2)


def shown(seconds: float) -> str:
    """A duration in the unit that suits it, to two digits.

    >>> shown(0.0123), shown(75), shown(5000)
    ('12 ms', '75 s', '1.4 h')
    """
    unit, size = next((pair for pair in _UNITS if seconds >= pair[1]), _UNITS[-1])
    return f"{float(f'{seconds / size:.2g}'):,g} {unit}"


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[math.ceil(share * len(ordered)) - 1]
