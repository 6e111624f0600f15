"""What there is an alarm for: every detector, and what may happen to a job, its grader and who watches them."""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambda_src.reward import metrics
from lambda_src.run.detectors import DETECTORS, WATCHED
from lambda_src.run.detectors.finding import Severity, Subject

from .reward_function import RewardFunction
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow
from .sections import Alarms

JOB_FAILED = metrics.JOB_FAILED

_LIVE = Duration.minutes(15)
"""What is published at every poll, five minutes apart, may miss one; after a run's end its alarms are quiet in time."""
_SHORT = Duration.minutes(5)
_LONG = Duration.hours(1)


@dataclass(frozen=True, slots=True)
class Danger:
    """One alarm to be.

    Attributes:
        name: In CamelCase; the alarm's name ends with it.
        threshold: It goes off from here on.
        subject: What is unwell.
        what: What has happened, for people; its description.
        breaching: So many periods must have reached the threshold.
        periods: Of so many.
    """

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    severity: Severity
    subject: Subject
    what: str
    breaching: int = 1
    periods: int = 1

    @property
    def description(self) -> str:
        return f"{self.severity}: {self.what}"


def bounds(thresholds: Alarms) -> dict[str, float]:
    """Where each detector's alarm goes off, by the detector's name; a project may choose that for most."""
    settings = {detector.about.name: detector.setting for detector in DETECTORS}
    chosen = thresholds.model_dump(by_alias=True)
    return {about.name: chosen.get(settings.get(about.name, ""), about.threshold) for about in WATCHED}


def dangers(
    identity: RunIdentity, thresholds: Alarms, *, reward_function: RewardFunction, workflow: RunWorkflow
) -> Iterator[Danger]:
    """All of them, the detectors first."""
    bound = bounds(thresholds)
    for about in WATCHED:
        metric = workflow.metric_detector(about.metric, period=_LIVE)
        what = f"{about.what} Value: {about.unit}."
        yield Danger(about.metric, metric, bound[about.name], about.severity, about.subject, what)
    yield from _of_the_job(identity, thresholds.job_hours, workflow)
    yield from _of_the_grader(identity, reward_function)


def _of_the_job(identity: RunIdentity, hours: float, workflow: RunWorkflow) -> Iterator[Danger]:
    yield Danger(
        JOB_FAILED,
        workflow.metric_job_failed(period=_LONG),
        1,
        Severity.CRITICAL,
        Subject.RUN,
        "The customization job failed; the run's record says why.",
    )
    yield Danger(
        "JobStuck",
        workflow.metric_job_hours(period=_LIVE),
        hours,
        Severity.WARNING,
        Subject.RUN,
        f"The customization job has been running for {hours:g} hours.",
    )
    yield Danger(
        metrics.UNWATCHED,
        identity.metric(
            metrics.UNWATCHED, source=metrics.WORKFLOW_SOURCE, statistic=cloudwatch.Stats.MAXIMUM, period=_LIVE
        ),
        1,
        Severity.WARNING,
        Subject.RUN,
        "The job goes on, but its rollouts cannot be read or judged; the workflow's log says why.",
    )


def _of_the_grader(identity: RunIdentity, reward_function: RewardFunction) -> Iterator[Danger]:
    alias = reward_function.alias
    yield Danger(
        "GraderFailing",
        cloudwatch.MathExpression(
            expression="FILL(errors, 0) + FILL(throttles, 0)",
            label="Batches that failed or were throttled",
            period=_SHORT,
            using_metrics={
                "errors": alias.metric_errors(period=_SHORT),
                "throttles": alias.metric_throttles(period=_SHORT),
            },
        ),
        1,
        Severity.CRITICAL,
        Subject.GRADER,
        "Batches have failed or been throttled in the grader's Lambda for ten minutes, and a job fails when they go on "
        "to. The grader's log says why; for throttling ask for more concurrency, or lower lambdaConcurrency.",
        # Bedrock sends a failed batch again: one bad period mends itself
        breaching=2,
        periods=3,
    )
    yield Danger(
        metrics.ROLLOUTS_LOST,
        identity.metric(
            metrics.ROLLOUTS_LOST, source=metrics.GRADER_SOURCE, statistic=cloudwatch.Stats.SUM, period=_SHORT
        ),
        1,
        Severity.WARNING,
        Subject.GRADER,
        "Rollouts were graded but could not be kept, so that live curves lack them; the grader's log says why.",
    )
