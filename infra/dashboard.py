"""One page per project and stage: is the run learning, is the grader well, has anything gone off."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from lambda_src.reward import metrics

from .curve_lines import BAD, LIVE, SECOND, CurveLines
from .reward_function import RewardFunction
from .run_identity import RunIdentity
from .run_workflow import RunWorkflow

_WIDTH = 24  # columns of a dashboard
_THIRD, _SIXTH = _WIDTH // 3, _WIDTH // 6
_VALUES, _CURVE, _GRADER, _STATES = 3, 5, 5, 4  # rows that a widget is high
_TO_ONE = "0 to 1"
_HOW_TO_READ = (
    "Top left green: nothing critical is wrong. **Blue** is live, told by the rollouts; **orange** is the job's own "
    "account, once it has ended; on the healthy side of a **grey** line all is well. The message of an alarm says what "
    "to do."
)


class Dashboard(cloudwatch.Dashboard):
    """The verdict, the job's six curves, the grader, and every alarm."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        identity: RunIdentity,
        reward_function: RewardFunction,
        workflow: RunWorkflow,
        unhealthy: Sequence[cloudwatch.IAlarm],
        alarms: Sequence[cloudwatch.IAlarm],
        period: Duration,
    ) -> None:
        """Create the page.

        Args:
            name: The page's name in the console.
            unhealthy: The alarms that are the verdict.
            period: Of the curves; no longer than a training step takes.
        """
        lines = CurveLines(identity, workflow, period=period)
        states = cloudwatch.AlarmStatusWidget(
            title=f"Alarms of run {identity.run}", alarms=list(alarms), width=_WIDTH, height=_STATES
        )
        super().__init__(
            scope,
            id_,
            dashboard_name=name,
            default_interval=Duration.days(1),
            widgets=[
                _summary(lines, unhealthy),
                _of_reward(lines),
                _of_length(lines),
                [*_of_groups(lines), *_of_grader(lines, reward_function, period)],
                [states],
            ],
        )


def _summary(lines: CurveLines, unhealthy: Sequence[cloudwatch.IAlarm]) -> list[cloudwatch.IWidget]:
    values = (
        ("Progress", lines.progress()),
        ("Cost so far", lines.cost()),
        ("Newest reward", lines.live(metrics.TRAINING_REWARD, label="training reward, 0 to 1")),
    )
    return [
        cloudwatch.AlarmStatusWidget(title="Verdict", alarms=list(unhealthy), width=_SIXTH + 2, height=_VALUES),
        *(
            cloudwatch.SingleValueWidget(title=title, metrics=[metric], width=_SIXTH - 1, height=_VALUES)
            for title, metric in values
        ),
        cloudwatch.TextWidget(markdown=_HOW_TO_READ, width=_WIDTH - _SIXTH - 2 - 3 * (_SIXTH - 1), height=_VALUES),
    ]


def _of_reward(lines: CurveLines) -> list[cloudwatch.IWidget]:
    share: dict[str, Any] = {"unit": "reward, 0 to 1", "width": _THIRD, "height": _CURVE}
    return [
        _graph("Training reward", [*lines.both(metrics.TRAINING_REWARD), lines.low(metrics.TRAINING_REWARD)], **share),
        _graph(
            "Validation reward",
            [*lines.both(metrics.VALIDATION_REWARD), lines.low(metrics.VALIDATION_REWARD)],
            **share,
        ),
        _graph(
            "Policy entropy",
            [lines.after(metrics.POLICY_ENTROPY), lines.low(metrics.POLICY_ENTROPY)],
            unit="nats",
            right=[
                lines.live(metrics.ANSWER_DIVERSITY, label="live: diversity of answers, in its place"),
                lines.low(metrics.ANSWER_DIVERSITY, label="diversity is healthy above"),
            ],
            right_unit="diversity, 0 to 1",
            width=_THIRD,
            height=_CURVE,
        ),
    ]


def _of_length(lines: CurveLines) -> list[cloudwatch.IWidget]:
    size: dict[str, Any] = {"width": _THIRD, "height": _CURVE}
    return [
        _graph(
            "Training length",
            _below(lines, metrics.TRAINING_EPISODE_LENGTH),
            unit="tokens",
            right=[
                lines.live(metrics.RESPONSE_LENGTH, label="live: characters"),
                lines.high(metrics.RESPONSE_LENGTH, label="characters are healthy below"),
            ],
            right_unit="characters",
            **size,
        ),
        _graph("Validation length", _below(lines, metrics.VALIDATION_EPISODE_LENGTH), unit="tokens", **size),
        _graph("Gradient norm", _below(lines, metrics.GRADIENT_NORM), unit="L2 norm", **size),
    ]


def _below(lines: CurveLines, name: str) -> list[cloudwatch.IMetric]:
    """A curve that only the job tells, and where it stops being healthy."""
    return [lines.after(name), lines.high(name)]


def _of_groups(lines: CurveLines) -> list[cloudwatch.IWidget]:
    size: dict[str, Any] = {"width": _SIXTH, "height": _GRADER}
    spread = lines.live(metrics.REWARD_SPREAD, label="spread within a prompt")
    alike = lines.live(metrics.DEGENERATE_SHARE, label="share of prompts without", colour=SECOND)
    unparsed = lines.live(metrics.UNPARSED_SHARE, label="no answer found")
    cut_off = lines.live(metrics.TRUNCATED_SHARE, label="cut off", colour=SECOND)
    paid = lines.live(metrics.SHADOWED_REWARD, label="the project's rubric")
    shadow = lines.live(metrics.SHADOW_REWARD, label="the shadow's", colour=SECOND)
    return [
        _graph("Grader: rewards to compare", [spread, alike], unit="0 to 1", **size),
        _graph("Grader: responses", [unparsed, cut_off], unit="share, 0 to 1", **size),
        _graph("Grader: shadow, same responses", [paid, shadow], unit="reward, 0 to 1", **size),
    ]


def _of_grader(lines: CurveLines, grader: RewardFunction, period: Duration) -> list[cloudwatch.IWidget]:
    size: dict[str, Any] = {"width": _SIXTH, "height": _GRADER}
    errors = grader.metric_errors(period=period, label="could not be graded", color=BAD)
    slowest = grader.metric_duration(period=period, label="slowest batch", color=LIVE)
    graded = grader.metric_rollouts(period=period, label="graded", color=LIVE)
    return [
        _graph("Grader: errors", [errors], unit="rollouts", **size),
        _graph("Grader: time", [slowest], unit="milliseconds", **size),
        _graph("Grader: rollouts", [graded, lines.lost()], unit="rollouts", **size),
    ]


def _graph(
    title: str,
    left: Sequence[cloudwatch.IMetric],
    *,
    unit: str,
    width: int,
    height: int,
    right: Sequence[cloudwatch.IMetric] = (),
    right_unit: str = "",
) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(
        title=title,
        left=list(left),
        left_y_axis=_axis(unit),
        right=list(right) or None,
        right_y_axis=_axis(right_unit) if right else None,
        width=width,
        height=height,
    )


def _axis(unit: str) -> cloudwatch.YAxisProps:
    """An axis from 0, so that small changes look small; rewards and shares have the same one everywhere."""
    return cloudwatch.YAxisProps(label=unit, show_units=False, min=0, max=1 if unit.endswith(_TO_ONE) else None)
