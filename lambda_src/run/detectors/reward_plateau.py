"""Reward plateau: the run has not begun to learn.

Source: https://aws.amazon.com/blogs/machine-learning/reinforcement-fine-tuning-on-amazon-bedrock-best-practices
expects the training reward to climb steadily early on. Deviation: it names no time; the default is fitted on labelled
local runs. A curve too noisy to tell a rise of 0.1 from none is not judged, nor is one that starts at 0.9.
"""

from collections.abc import Sequence

from ...reward import metrics
from ..steps import Step
from .finding import About, Detector, Score, Severity, Subject
from .stall import FEWEST, stalls

ABOUT = About(
    name="reward-plateau",
    metric=metrics.REWARD_PLATEAU,
    severity=Severity.WARNING,
    subject=Subject.RUN,
    threshold=25.0,
    unit="training steps from the start without a rise of the reward",
    what="The training reward has not risen for this many steps since the start: the model does not learn.",
    cause="The learning rate is too low, the task is too hard or too easy for the model, or the rubric does not tell "
    "good from bad.",
    advice="Look at degenerate-groups first: prompts whose responses all earn the same teach nothing. Otherwise raise "
    "learningRate (tenfold is a good next try), or pay for partial success so that the rubric tells responses apart.",
)


def measure(steps: Sequence[Step]) -> list[Score]:
    """Steps without a rise since the start; 0 once the reward has moved.

    >>> measure([Step(n, training_reward=0.5) for n in range(1, 13)])[-1].value
    12.0
    """
    return [
        Score(
            stall.trend.step,
            float(stall.steps),
            f"training reward began at {stall.start:.2f} and gained {stall.trend.gain:+.2f} ± {stall.trend.error:.2f} "
            f"in {stall.trend.steps} steps",
        )
        for stall in stalls(steps)
    ]


DETECTOR = Detector(ABOUT, "rewardPlateau", measure, f"fewer than {FEWEST} steps with a training reward")
