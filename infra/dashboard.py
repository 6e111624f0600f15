"""One page per project and stage: is the run learning, is the grader well, has anything gone off."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lambda_src.reward import metrics

from .reward_function import RewardFunction
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow

_WIDTH = 24  # columns of a dashboard
_HEIGHT = 6
_CURVES = (
    ("Training reward", metrics.TRAINING_REWARD, "reward, 0 to 1"),
    ("Validation reward", metrics.VALIDATION_REWARD, "reward, 0 to 1"),
    ("Training episode length", metrics.TRAINING_EPISODE_LENGTH, "tokens"),
    ("Validation episode length", metrics.VALIDATION_EPISODE_LENGTH, "tokens"),
    ("Policy entropy", metrics.POLICY_ENTROPY, "nats"),
    ("Gradient norm", metrics.GRADIENT_NORM, "norm"),
)
"""Title, metric, unit of the axis."""


class Dashboard(cloudwatch.Dashboard):
    """A row for the job's six curves, one for the grader, one for the alarms."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        identity: RunIdentity,
        reward_function: RewardFunction,
        workflow: RunWorkflow,
        alarms: Sequence[cloudwatch.IAlarm],
        period: Duration,
    ) -> None:
        """Create the page.

        Args:
            name: The page's name in the console.
            period: Of the curves; no longer than a training step takes.
        """
        curves = [_graph(title, unit, workflow.metric_curve(metric, period=period)) for title, metric, unit in _CURVES]
        grader = [
            _graph("Grader: reward", "reward, 0 to 1", reward_function.metric_reward(period=period)),
            _graph(
                "Grader: spread in a group", "standard deviation", reward_function.metric_reward_spread(period=period)
            ),
            _graph("Grader: response length", "characters", reward_function.metric_response_length(period=period)),
            _graph("Grader: no answer found", "share, 0 to 1", reward_function.metric_unparsed_share(period=period)),
            _graph("Grader: slowest batch", "milliseconds", reward_function.metric_duration(period=period)),
            _graph(
                "Grader: rollouts and errors",
                "count",
                reward_function.metric_rollouts(period=period),
                reward_function.metric_errors(period=period),
            ),
        ]
        states = cloudwatch.AlarmStatusWidget(title=f"Alarms of run {identity.run}", alarms=alarms, width=_WIDTH)
        super().__init__(
            scope,
            id_,
            dashboard_name=name,
            default_interval=Duration.days(1),
            widgets=[curves, grader, [states]],
        )


def _graph(title: str, unit: str, *lines: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(lines),
        left_y_axis=cloudwatch.YAxisProps(label=unit, show_units=False),
        width=_WIDTH // len(_CURVES),
        height=_HEIGHT,
    )
