"""The charts that a run's page has: what each shows, how it is read, and which detectors look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rft.views.curves import rows


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart.

    Attributes:
        series: Keys of a record's ``curves`` rows, each with its label.
        detectors: Whose alarms are marked in it.
        top: Upper end of the axis, where the unit has one.
    """

    name: str
    title: str
    unit: str
    series: Mapping[str, str]
    how_to_read: str
    detectors: Sequence[str] = ()
    top: float | None = None


REWARD: Final = Panel(
    "reward",
    "Reward",
    "mean reward, 0 to 1",
    {"trainingReward": "training", "validationReward": "validation"},
    "Mean score of the responses, given by this project's grader. The training curve jitters because every "
    "step draws other prompts and the model explores: read its trend. The validation curve comes from prompts the "
    "model never trains on, so it is the one to trust. Healthy: both climb, validation more slowly. Training far above "
    "validation means overfitting; a rising reward on answers people find worse means a gamed grader.",
    ("reward-plateau", "reward-instability", "overfitting"),
    1.0,
)
_LENGTH: Final = (
    "Slow growth is fine where thinking pays, slow shrinking where the model "
    "finds a shorter way to the same reward. A vertical jump is a loop or a failure; length that explodes together "
    "with the reward means that length itself is being paid."
)
LENGTH: Final = Panel(
    "length",
    "Episode length",
    "tokens per response",
    {"trainingEpisodeLength": "training", "validationEpisodeLength": "validation"},
    f"Mean tokens of a response. {_LENGTH}",
    ("length-spike", "verbosity", "truncation"),
)
CHARACTERS: Final = Panel(
    "length",
    "Response length",
    "characters per response",
    {"responseLength": "training"},
    f"Mean characters of a response, as the grader sees it; tokens are known when the job's files are. {_LENGTH}",
    LENGTH.detectors,
)
ENTROPY: Final = Panel(
    "entropy",
    "Policy entropy",
    "nats",
    {"policyEntropy": "training"},
    "How undecided the model is about its next token. Healthy: a gentle decline towards a plateau. A sharp "
    "drop to almost nothing is a collapse into one response; a line that stays high and flat says that the reward is "
    "ignored. Levels differ between models, so the detector compares with this run's own first steps.",
    ("entropy-collapse", "entropy-flat"),
)
DIVERSITY: Final = Panel(
    "entropy",
    "Answer diversity",
    "one minus likeness, 0 to 1",
    {"answerDiversity": "training"},
    "How little the responses to one prompt have in common. Stands in for the entropy, which Bedrock tells only with "
    "the job's files: it is read alike. A drop to almost nothing is a collapse into one response.",
    ENTROPY.detectors,
    1.0,
)
GRADIENT: Final = Panel(
    "gradient",
    "Gradient norm",
    "L2 norm",
    {"gradientNorm": "training"},
    "Size of each update of the weights. Healthy: a band with a spike here and there. Steady growth or "
    "extreme spikes point at the learning rate, the scale of the rewards or numerical trouble. Bedrock tells it only "
    "with the job's files.",
    ("gradient-spike", "gradient-drift"),
)

MAIN: Final = (REWARD, LENGTH, ENTROPY, GRADIENT)
"""Always there: a curve that is missing is said to be missing."""

STAND_INS: Final = {panel.name: panel for panel in (CHARACTERS, DIVERSITY)}
"""What is shown where nobody recorded the better measure."""

OTHERS: Final = (
    Panel(
        "spread",
        "What a step can teach",
        "reward; share",
        {"rewardSpread": "spread inside a prompt", "degenerateShare": "prompts without any"},
        "A prompt teaches by the differences between its responses. Healthy: some spread, and few prompts without any. "
        "When most prompts are all right or all wrong, a step costs as much as before and moves nothing.",
        ("degenerate-groups",),
        1.0,
    ),
    Panel(
        "shadow",
        "Two graders on the same responses",
        "mean reward, 0 to 1",
        {"shadowedReward": "this project's rubric", "shadowReward": "shadow rubric"},
        "The shadow rubric never trains the model. Healthy: both climb together. When this project's rubric climbs and "
        "the shadow stays or falls, the model is learning the rubric and not the task.",
        ("shadow-divergence",),
        1.0,
    ),
    Panel(
        "grader",
        "Responses the grader stumbles over",
        "share of the responses",
        {"unparsedShare": "without an answer", "truncatedShare": "cut off", "graderErrorShare": "not graded"},
        "Healthy: all near zero, or falling. Responses without an answer are the model's fault, or a marker that the "
        "prompt does not ask for; those cut off need more inferenceMaxTokens; those not graded are the grader's.",
        ("grader-faults",),
        1.0,
    ),
    Panel(
        "latency",
        "Slowest batch of the grader",
        "milliseconds",
        {"graderMilliseconds": "slowest batch"},
        "Healthy: flat, and far below the grader's time-out. A grader that times out fails the job.",
        ("grader-latency",),
    ),
)
"""Shown where the rollouts told of them."""


def panels_of(*records: Mapping[str, Any]) -> list[Panel]:
    """The charts of a run's page, or of a page on several runs."""
    main = [_known(panel, records) for panel in MAIN]
    return [*main, *(panel for panel in OTHERS if _knowing(panel, records))]


def _known(panel: Panel, records: Sequence[Mapping[str, Any]]) -> Panel:
    """The panel, or the stand-in where more of the runs know that."""
    stand_in = STAND_INS.get(panel.name)
    return stand_in if stand_in and _knowing(stand_in, records) > _knowing(panel, records) else panel


def _knowing(panel: Panel, records: Sequence[Mapping[str, Any]]) -> int:
    """How many of the runs have a curve for it."""
    return sum(any(rows(record, key)[0] for key in panel.series) for record in records)
