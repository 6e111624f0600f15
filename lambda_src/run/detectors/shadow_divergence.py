"""Shadow divergence: what the rubric pays rises, what an independent rubric would pay does not.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
names the sign of reward hacking: training rewards climb steadily while an independent judgement degrades or stands
still. The shadow rubric is that judgement. No curve of the run's own tells hacking from learning.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import MIN_POINTS
from .shadow import Gain, gains

SURE = 3.0  # times the noise; over all steps of a run chance hardly makes a rise as large

ABOUT = About(
    name="shadow-divergence",
    metric=metrics.SHADOW_DIVERGENCE,
    severity=Severity.CRITICAL,
    subject=Subject.GRADER,
    threshold=4.0,
    unit="multiple of sampling noise by which the rubric's reward outran the shadow's",
    what="The rubric's reward outran the shadow rubric's by this multiple of sampling noise: it is being gamed.",
    cause="The model has found something that the rubric pays and that is not the task.",
    advice="Read rollouts that the rubric pays and the shadow does not (`rft rollouts`), close the hole in the rubric, "
    "and start again: to go on teaches the trick.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Growth of (rubric - shadow) since the start, over its noise.

    Until the rubric's own reward has surely risen, it counts as far as that rise alone.

    >>> gamed = [Step(n, shadowed_reward=n / 20, shadow_reward=0.1, shadowed=64) for n in range(1, 19)]
    >>> measure(gamed)[-1].value > 4
    True
    """
    return [
        Score(
            gain.step,
            _divergence(gain),
            f"reward of the shadowed rollouts changed by {gain.paid:+.2f} by the rubric and by {gain.shadow:+.2f} by "
            f"the shadow rubric, where sampling explains {gain.noise:.2f}",
        )
        for gain in gains(steps)
    ]


def _divergence(gain: Gain) -> float:
    # a shadow that falls alone says that the two want different things, not that one is being gamed
    apart = gain.paid - gain.shadow
    counted = apart if gain.paid >= SURE * gain.noise else min(apart, gain.paid)
    return max(counted, 0.0) / gain.noise


DETECTOR = Detector(ABOUT, "shadowDivergence", measure, f"fewer than {MIN_POINTS} steps with a shadow reward")
