"""Overfitting: the model learns the training prompts, not the task.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
takes a validation reward that follows the training reward closely as the sign that a run does not overfit.
Deviation: it gives no number; the default is fitted on labelled local runs. A gap that is there from the start says
that the two parts of the data differ, so its growth counts; so does a validation reward that falls as the other rises.
"""

from collections.abc import Sequence
from statistics import fmean

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .series import means

_FEWEST = 3  # validations

ABOUT = About(
    name="overfitting",
    metric=metrics.OVERFITTING,
    severity=Severity.CRITICAL,
    subject=Subject.RUN,
    threshold=0.25,
    unit="reward by which training has outrun validation since the start",
    what="Training reward outran validation reward by this much: the model learns the prompts, not the task.",
    cause="Too few or too similar training prompts for so many epochs.",
    advice="Lower epochCount or stop the job where validation was best; add training prompts, and check the data with "
    "`rft check` for prompts that are nearly the same.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """The larger of two: growth of the gap since the start, and fall of validation below its best as training rose.

    >>> learnt = [Step(n, training_reward=n / 20, validation_reward=0.1 if n % 5 == 0 else None) for n in range(1, 21)]
    >>> [round(score.value, 2) for score in measure(learnt)]
    [0.5, 0.75]
    """
    pairs = _pairs(steps)
    scores = []
    for end in range(_FEWEST, len(pairs) + 1):
        (_, first_training, first_validation), *_ = pairs
        step, training, _ = pairs[end - 1]
        levels = [fmean(value for _, _, value in pairs[n - 1 : n + 1]) for n in range(1, end)]
        validation, best = levels[-1], max(levels)
        grown = (training - validation) - (first_training - first_validation)
        fallen = min(best - validation, training - pairs[levels.index(best)][1])
        evidence = (
            f"training reward went from {first_training:.2f} to {training:.2f}, validation reward from "
            f"{first_validation:.2f} to {validation:.2f} with a best of {best:.2f}"
        )
        scores.append(Score(step, max(grown, fallen, 0.0), evidence))
    return scores


def lowest(steps: Sequence[Step], threshold: float) -> float | None:
    """Where validation reward would lag too far behind training by now; None before the first validation."""
    pairs = _pairs(steps)
    if not pairs:
        return None
    (_, first_training, first_validation), (_, training, _) = pairs[0], pairs[-1]
    return training - (first_training - first_validation) - threshold


def _pairs(steps: Sequence[Step]) -> list[tuple[int, float, float]]:
    """(step, smoothed training reward, validation reward) where both are known."""
    training = dict(means((step.step, step.training_reward) for step in steps))
    return [
        (step.step, training[step.step], step.validation_reward)
        for step in steps
        if step.validation_reward is not None and step.step in training
    ]


DETECTOR = Detector(ABOUT, "overfitting", measure, f"fewer than {_FEWEST} steps with training and validation reward")
