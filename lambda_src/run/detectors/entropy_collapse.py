"""Entropy collapse: the policy has stopped exploring and repeats one kind of response.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
asks for a mild decline to a plateau and warns of a sharp drop to near zero; it shows 0.8 to 1.1 as healthy.
Deviation: that band belongs to one model and task, so the fall is taken relative to the run's own first steps.
An absolute floor remains as the last line, for a run that began too low for its fall to show.
"""

from collections.abc import Sequence
from typing import Final

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .readings import EXPLORATION, Reading, readings
from .series import MIN_POINTS

WEIGHTS: Final = {"policy_entropy": 1.0, "answer_diversity": 0.79}
"""Of a measure's fall: diversity loses three quarters where entropy loses 0.6, also in runs that learn."""
FLOOR = 0.02  # nats per token, and of diversity; with less, practically every token is certain

ABOUT = About(
    name="entropy-collapse",
    metric=metrics.ENTROPY_COLLAPSE,
    severity=Severity.CRITICAL,
    subject=Subject.RUN,
    threshold=0.6,
    unit="share of the entropy of the first steps that is gone",
    what="The policy's entropy fell by this share of its first steps: it no longer explores.",
    cause="The learning rate is too high, or the rubric pays for one fixed phrase.",
    advice="Lower learningRate (a tenth is a good next try), check that the rubric pays for more than one fixed "
    "phrase, and raise trainingSamplePerPrompt; keep a checkpoint from before the fall.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Fall of the smoothed policy entropy, as a share of its start, in [0, 1]; 1 below the floor.

    >>> [round(score.value, 2) for score in measure([Step(n, policy_entropy=0.48 - 0.015 * n) for n in range(1, 7)])]
    [0.03, 0.07]
    """
    return [Score(each.step, _fall(each), each.evidence) for each in readings(steps, EXPLORATION)]


def _fall(reading: Reading) -> float:
    if reading.value < FLOOR:
        return 1.0
    return max(WEIGHTS[reading.measure] * (1.0 - reading.value / reading.baseline), 0.0)


MISSING = f"fewer than {MIN_POINTS} steps with a policy entropy or the likeness of responses"
DETECTOR = Detector(ABOUT, "entropyCollapse", measure, MISSING)
