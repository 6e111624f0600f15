"""The rule that a job must not wait for its grader."""

from .latency import Latency, Limits, shown
from .result import RuleResult
from .rules import GRADER_IS_FAST_ENOUGH


def speed(latency: Latency | None, limits: Limits) -> RuleResult:
    """Fails where a batch comes too near the grader's time-out, or where grading alone takes most of a day."""
    if latency is None:
        return RuleResult.not_tried(GRADER_IS_FAST_ENOUGH, "no batch was answered")
    batch_limit = limits.timeout * limits.timeout_share
    late = latency.batch > batch_limit
    long = latency.job_hours > limits.job_hours
    parts = [f"{shown(latency.p50)} per response (p50), {shown(latency.p99)} (p99)"]
    expected = f", expected at most {shown(batch_limit)}" if late else ""
    parts.append(f"{shown(latency.batch)} for a batch of 64{expected}")
    if latency.job_rollouts:
        expected = f", expected at most {limits.job_hours:g} h" if long else ""
        parts.append(f"{shown(latency.job_hours * 3600)} for the job's {latency.job_rollouts:,} rollouts{expected}")
    if late or long:
        parts.append(f"slowest: {', '.join(latency.slowest)}")
    return RuleResult.of(
        GRADER_IS_FAST_ENOUGH,
        holds=not (late or long),
        reason="; ".join(parts),
        measured={
            "p50Seconds": latency.p50,
            "p99Seconds": latency.p99,
            "batchSeconds": latency.batch,
            "batchLimitSeconds": batch_limit,
            "jobHours": latency.job_hours,
            "jobHoursLimit": limits.job_hours,
        },
    )
