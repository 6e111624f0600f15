"""Degenerate groups: responses to one prompt all earn the same, so that nothing can be learnt from it.

Source: GRPO's advantage is a reward less the mean of its group (https://arxiv.org/abs/2402.03300, section 4.1): without
spread it is 0, and so is the gradient. Prompts that are solved are no fault: they are left out, as many as rollouts
earned the best tenth of the reward.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import MIN_POINTS, series

_SOLVED = 0.9  # share of the rollouts with the best reward from which on a run is done, not dead

ABOUT = About(
    name="degenerate-groups",
    metric=metrics.DEGENERATE_GROUPS,
    severity=Severity.CRITICAL,
    subject=Subject.RUN,
    threshold=0.9,
    unit="share of the unsolved prompts whose responses all earn the same",
    what="On this share of the prompts that are not solved, all responses earn the same: there is no gradient.",
    cause="The policy has collapsed, the task is too hard for the model, or the rubric gives everybody the same.",
    advice="If it was so from the start, take easier prompts or pay for partial success, and raise "
    "trainingSamplePerPrompt. If it came about, the policy collapsed: lower learningRate.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Trailing median of the share among unsolved prompts, in [0, 1].

    >>> measure([Step(n, training_reward=0.0, degenerate_share=1.0) for n in range(1, 6)])[-1].value
    1.0
    """
    curve = series((step.step, _share(step)) for step in steps)
    if curve is None:
        return []
    evidence = "no spread of rewards on {:.0%} of the unsolved prompts"
    return [Score(step, share, evidence.format(share)) for step, share in curve.smoothed]


def highest(step: Step, threshold: float) -> float | None:
    """The share among all prompts at which too few of the unsolved ones would teach; None where enough are solved."""
    solved = _solved(step)
    return None if solved >= _SOLVED else solved + threshold * (1.0 - solved)


def _share(step: Step) -> float | None:
    if step.degenerate_share is None:
        return None
    solved = _solved(step)
    return 0.0 if solved >= _SOLVED else max(step.degenerate_share - solved, 0.0) / (1.0 - solved)


def _solved(step: Step) -> float:
    """At most this share of the prompts is solved: that of the rollouts in the best tenth, else the mean reward."""
    counts = step.reward_histogram
    if counts and any(counts):
        return counts[-1] / sum(counts)
    return min(max(step.training_reward or 0.0, 0.0), 1.0)


DETECTOR = Detector(ABOUT, "degenerateGroups", measure, f"fewer than {MIN_POINTS} steps whose groups are known")
