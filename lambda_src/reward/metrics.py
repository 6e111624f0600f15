"""Names of every metric the product publishes, and the one function that emits them from a Lambda's log.

Constructs, alarms and publishers import the names from here, so that no name is written twice.
"""

import json
import time
from collections.abc import Mapping, Sequence
from itertools import count, takewhile
from typing import Final

NAMESPACE: Final = "BedrockRFT"

PROJECT: Final = "Project"
STAGE: Final = "Stage"
RUN: Final = "Run"
SOURCE: Final = "Source"
"""Who measured: one of the ``*_SOURCE`` values below."""

REWARD_FUNCTION: Final = "RewardFunction"
"""Which criterion of the rubric; a dimension of ``GRADER_ERRORS`` alone."""

GRADER_SOURCE: Final = "grader"
"""The grader's own log, at once and by container."""
SHADOW_SOURCE: Final = "shadow"
"""The same of the shadow grader."""
ROLLOUTS_SOURCE: Final = "rollouts"
"""The workflow, over all rollouts of a step, while the job trains."""
ARTIFACTS_SOURCE: Final = "artifacts"
"""The job's files, once it has ended."""
DETECTOR_SOURCE: Final = "detector"
WORKFLOW_SOURCE: Final = "workflow"
PREFLIGHT_SOURCE: Final = "preflight"
LOW_SOURCE: Final = "low"
HIGH_SOURCE: Final = "high"
"""Ends of the band in which a curve of this run is healthy, under the curve's own name."""

TRAINING_REWARD: Final = "TrainingReward"
VALIDATION_REWARD: Final = "ValidationReward"
TRAINING_EPISODE_LENGTH: Final = "TrainingEpisodeLength"
VALIDATION_EPISODE_LENGTH: Final = "ValidationEpisodeLength"
POLICY_ENTROPY: Final = "PolicyEntropy"
GRADIENT_NORM: Final = "GradientNorm"

GRADER_REWARD: Final = "GraderReward"
REWARD_SPREAD: Final = "RewardSpread"
"""Mean over a step's prompts of the standard deviation of the rewards of one prompt; 0 teaches nothing."""
DEGENERATE_SHARE: Final = "DegenerateShare"
"""Share of a step's prompts whose responses all earned the same, in [0, 1]."""
RESPONSE_LENGTH: Final = "ResponseLength"
"""Characters of a response, its thinking left out."""
UNPARSED_SHARE: Final = "UnparsedShare"
"""Share of a step's responses in which no answer was found, in [0, 1]."""
TRUNCATED_SHARE: Final = "TruncatedShare"
"""Share of a step's responses that seem to have been cut off at the limit of tokens, in [0, 1]."""
ANSWER_DIVERSITY: Final = "AnswerDiversity"
"""How little the responses to one prompt have in common, in [0, 1]; stands in for entropy where that is unknown."""
SHADOW_REWARD: Final = "ShadowReward"
"""Mean reward by the shadow rubric."""
SHADOWED_REWARD: Final = "ShadowedReward"
"""Mean reward by the project's rubric of the same responses."""
GRADER_ERRORS: Final = "GraderErrors"
GRADER_DURATION: Final = "GraderDuration"
"""Milliseconds per batch."""
ROLLOUTS: Final = "Rollouts"
ROLLOUTS_LOST: Final = "RolloutsLost"
"""Rollouts that were graded but could not be kept."""

ENTROPY_COLLAPSE: Final = "EntropyCollapse"
ENTROPY_FLAT: Final = "EntropyFlat"
LENGTH_SPIKE: Final = "LengthSpike"
VERBOSITY: Final = "Verbosity"
REWARD_PLATEAU: Final = "RewardPlateau"
REWARD_INSTABILITY: Final = "RewardInstability"
GRADIENT_SPIKE: Final = "GradientSpike"
GRADIENT_DRIFT: Final = "GradientDrift"
OVERFITTING: Final = "Overfitting"
DEGENERATE_GROUPS: Final = "DegenerateGroups"
TRUNCATION: Final = "Truncation"
GRADER_FAULTS: Final = "GraderFaults"
GRADER_LATENCY: Final = "GraderLatency"
SHADOW_DIVERGENCE: Final = "ShadowDivergence"
REWARD_HACKING: Final = "RewardHacking"
UNSOUND_GRADER: Final = "UnsoundGrader"
"""Each carries the value of the detector of its name."""

PROGRESS: Final = "Progress"
"""Share of the job's training steps that are done, in [0, 1], as far as the rollouts tell."""
COST: Final = "Cost"
"""What the run has cost so far in USD, as far as its prices are known."""
UNWATCHED: Final = "Unwatched"
"""1 while the workflow cannot read or judge the rollouts, else 0."""

JOB_FAILED: Final = "JobFailed"
"""1 for a run whose job failed, else 0."""
JOB_HOURS: Final = "JobHours"
"""Age of the running job."""

HIGH_RESOLUTION: Final = 1  # s; CloudWatch's ``StorageResolution``

_UNITS: Final = {
    GRADER_DURATION: "Milliseconds",
    GRADER_ERRORS: "Count",
    ROLLOUTS: "Count",
    ROLLOUTS_LOST: "Count",
    RESPONSE_LENGTH: "Count",
}
_MOST_VALUES: Final = 100  # per metric and log line


def unit(name: str) -> str:
    """CloudWatch unit of a metric; ``None`` is CloudWatch's name for a plain number."""
    return _UNITS.get(name, "None")


def emit(dimensions: Mapping[str, str], values: Mapping[str, Sequence[float]]) -> None:
    """Print metrics in CloudWatch's embedded metric format, as one line per 100 values.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

    Args:
        dimensions: One value for each of ``PROJECT``, ``STAGE``, ``RUN`` and ``SOURCE``, and for what else tells the
            values apart.
        values: What was measured, by metric name; a metric without values is left out.
    """
    for chunk in _chunks(values):
        print(json.dumps(_line(dimensions, chunk)))


def _chunks(values: Mapping[str, Sequence[float]]) -> list[dict[str, list[float]]]:
    slices = (
        {name: part for name, all_ in values.items() if (part := list(all_[start : start + _MOST_VALUES]))}
        for start in count(0, _MOST_VALUES)
    )
    return list(takewhile(bool, slices))


def _line(dimensions: Mapping[str, str], values: Mapping[str, list[float]]) -> dict[str, object]:
    metrics = [{"Name": name, "Unit": unit(name), "StorageResolution": HIGH_RESOLUTION} for name in values]
    directive = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": metrics}
    milliseconds = int(time.time() * 1000)
    return {"_aws": {"Timestamp": milliseconds, "CloudWatchMetrics": [directive]}, **dimensions, **values}
