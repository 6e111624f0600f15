"""Entropy flat and high: the policy ignores the reward.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
calls a flat line at a persistently high value a model that does not learn from feedback. Deviation: a flat entropy
under a rising reward is healthy, so the reward must stand still, too.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .entropy_collapse import MISSING
from .finding import About, Detector, Score, Severity, Subject
from .readings import EXPLORATION, Reading, readings
from .stall import FEWEST, stalls

_HIGH = 0.05  # nats per token, and of diversity; below, the line is flat but low
_STILL = 0.1  # share of the entropy of the first steps

ABOUT = About(
    name="entropy-flat",
    metric=metrics.ENTROPY_FLAT,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=25.0,
    unit="training steps from the start in which neither entropy nor reward moved",
    what="For this many steps since the start neither entropy nor reward has moved: the model ignores the reward.",
    cause="The learning rate is too low, or the reward does not depend on what the model does.",
    advice="Raise learningRate (tenfold is a good next try), and check with `rft check` that the rubric tells good "
    "responses from bad ones.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Steps in which neither moved since the start; 0 once the entropy has moved by a tenth, or the reward has.

    >>> measure([Step(n, training_reward=0.5, policy_entropy=0.9) for n in range(1, 13)])[-1].value
    12.0
    """
    stalled = {stall.trend.step: stall for stall in stalls(steps)}
    scores, still = [], True
    for entropy in readings(steps, EXPLORATION):
        still = still and _is_flat_and_high(entropy)
        if (stall := stalled.get(entropy.step)) is not None:
            words = f"{entropy.evidence}, and training reward gained {stall.trend.gain:+.2f}"
            scores.append(Score(entropy.step, float(stall.steps if still else 0), words))
    return scores


def _is_flat_and_high(entropy: Reading) -> bool:
    base = entropy.baseline
    return base >= _HIGH and abs(entropy.value - base) <= _STILL * base


DETECTOR = Detector(ABOUT, "entropyFlat", measure, f"{MISSING}, or fewer than {FEWEST} with a training reward")
