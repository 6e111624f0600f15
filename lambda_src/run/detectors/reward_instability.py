"""Reward instability: the training reward jumps about more than sampling explains, or has lost what it had gained.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
expects variance because prompts differ, names jittery reward curves as the sign of instability, and advises a lower
learning rate where they oscillate or collapse. Deviation: it gives no number; what sampling explains is computed from
the step's rollouts, and taken from the run's first steps where nobody knows those.
"""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import fmean

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .noise import LEAST, standard_error
from .series import WINDOW, means

_WINDOW = 10  # steps whose jumps are compared
_MOST = 3.0  # standard errors that a fall may have by chance
_UNSURE = 1.5  # times the noise of the first steps, where that is all there is to go by
_SMALLEST, _LARGEST = 0.05, 0.1  # of reward; between them lies the luck of any usual number of rollouts

ABOUT = About(
    name="reward-instability",
    metric=metrics.REWARD_INSTABILITY,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=2.0,
    unit="multiple of what sampling explains of the reward's movement",
    what="The training reward jumps about, or fell, by this multiple of what the luck of the draw explains.",
    cause="The learning rate is too high, or the grader scores like responses differently.",
    advice="Check with `rft check` that the grader scores one response alike twice. Then lower learningRate, or raise "
    "batchSize, which averages over more prompts.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """The larger of two: jumps from step to step, and the fall of the 5-step mean below its best, over their noise.

    >>> jumpy = [Step(n, training_reward=0.5 + 0.3 * (n % 2)) for n in range(1, 12)]
    >>> round(measure(jumpy)[-1].value, 1)
    2.1
    """
    known = [step for step in steps if step.training_reward is not None]
    rewards = [step.training_reward or 0.0 for step in known]
    jumps = _jumps(rewards)
    levels = [level for _, level in means(enumerate(rewards))]
    best = list(accumulate(levels[WINDOW - 1 :], max))
    scores = []
    for end in range(_WINDOW, len(known)):
        noise = _noise(known[end - _WINDOW : end + 1], jumps)
        jitter = math.sqrt(fmean(jumps[end - _WINDOW : end]))
        fall = best[end - WINDOW + 1] - levels[end]
        explained = _explained(noise)
        evidence = (
            f"over {_WINDOW} steps training reward jumped by {jitter:.3f} where sampling explains {noise:.3f}, and its "
            f"mean of {WINDOW} is {fall:.2f} below its best where sampling explains {explained:.2f}"
        )
        scores.append(Score(known[end].step, max(jitter / noise, fall / explained), evidence))
    return scores


def lowest(steps: Sequence[Step], threshold: float) -> float | None:
    """Where the 5-step mean of the training reward would have fallen too far by now; None where nobody can tell."""
    known = [step for step in steps if step.training_reward is not None]
    if len(known) <= _WINDOW:
        return None
    rewards = [step.training_reward or 0.0 for step in known]
    best = max(level for _, level in means(enumerate(rewards))[WINDOW - 1 :])
    return best - threshold * _explained(_noise(known[-_WINDOW - 1 :], _jumps(rewards)))


def _jumps(rewards: Sequence[float]) -> list[float]:
    """Variance that each step would have by its distance from the one before."""
    return [(after - before) ** 2 / 2 for before, after in pairwise(rewards)]


def _explained(noise: float) -> float:
    """Largest difference of two 5-step means that is still luck."""
    return _MOST * noise * math.sqrt(2 / WINDOW)


def _noise(window: Sequence[Step], jumps: Sequence[float]) -> float:
    errors = [error for step in window if (error := standard_error(step)) is not None]
    if errors:
        return max(math.sqrt(fmean(error**2 for error in errors)), LEAST)
    return min(max(_UNSURE * math.sqrt(fmean(jumps[:_WINDOW])), _SMALLEST), _LARGEST)


DETECTOR = Detector(ABOUT, "rewardInstability", measure, f"fewer than {_WINDOW + 1} steps with a training reward")
