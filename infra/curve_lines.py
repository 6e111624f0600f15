"""The lines of the dashboard, in one colour for each source: a look tells who says it."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambda_src.reward import metrics

from .run_identity import RunIdentity
from .run_workflow import RunWorkflow

LIVE, SECOND, AFTER, BOUND, BAD = "#0072b2", "#56b4e9", "#d55e00", "#7f7f7f", "#b3261e"
"""What rollouts tell while the job trains, twice; the job's own account; ends of a healthy band; what is lost."""


class CurveLines:
    """Metrics of one run, coloured and labelled."""

    def __init__(self, identity: RunIdentity, workflow: RunWorkflow, *, period: Duration) -> None:
        self._identity = identity
        self._workflow = workflow
        self._period = period

    def both(self, name: str) -> list[cloudwatch.IMetric]:
        """A curve as the rollouts tell it, and as the job does."""
        return [self.live(name, label="live"), self.after(name)]

    def live(self, name: str, *, label: str, colour: str = LIVE) -> cloudwatch.Metric:
        """What the rollouts of a step come to."""
        return self._workflow.metric_live(name, period=self._period, label=label, color=colour)

    def after(self, name: str) -> cloudwatch.Metric:
        """What the job says once it has ended."""
        return self._workflow.metric_curve(name, period=self._period, label="after the job", color=AFTER)

    def low(self, name: str, *, label: str = "healthy above") -> cloudwatch.Metric:
        """The lower end of a curve's healthy band."""
        return self._newest(name, metrics.LOW_SOURCE, label=label, colour=BOUND)

    def high(self, name: str, *, label: str = "healthy below") -> cloudwatch.Metric:
        """The upper end of a curve's healthy band."""
        return self._newest(name, metrics.HIGH_SOURCE, label=label, colour=BOUND)

    def progress(self) -> cloudwatch.MathExpression:
        """How much of the job's steps is done."""
        done = self._newest(metrics.PROGRESS, metrics.WORKFLOW_SOURCE, label="steps done", colour=LIVE)
        return cloudwatch.MathExpression(
            expression="progress * 100",
            using_metrics={"progress": done},
            label="% of the training steps",
            period=self._period,
            color=LIVE,
        )

    def cost(self) -> cloudwatch.Metric:
        """What the run has cost so far."""
        return self._newest(metrics.COST, metrics.WORKFLOW_SOURCE, label="USD, known prices", colour=LIVE)

    def lost(self) -> cloudwatch.Metric:
        """Rollouts that were graded but could not be kept."""
        sums = {"statistic": cloudwatch.Stats.SUM, "period": self._period}
        source = metrics.GRADER_SOURCE
        return self._identity.metric(metrics.ROLLOUTS_LOST, source=source, label="lost", color=BAD, **sums)

    def _newest(self, name: str, source: str, *, label: str, colour: str) -> cloudwatch.Metric:
        return self._identity.metric(
            name, source=source, statistic=cloudwatch.Stats.MAXIMUM, period=self._period, label=label, color=colour
        )
