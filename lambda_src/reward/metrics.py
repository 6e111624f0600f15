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
ARTIFACTS_SOURCE: Final = "artifacts"
DETECTOR_SOURCE: Final = "detector"
WORKFLOW_SOURCE: Final = "workflow"
PREFLIGHT_SOURCE: Final = "preflight"

TRAINING_REWARD: Final = "TrainingReward"
VALIDATION_REWARD: Final = "ValidationReward"
TRAINING_EPISODE_LENGTH: Final = "TrainingEpisodeLength"
VALIDATION_EPISODE_LENGTH: Final = "ValidationEpisodeLength"
POLICY_ENTROPY: Final = "PolicyEntropy"
GRADIENT_NORM: Final = "GradientNorm"

GRADER_REWARD: Final = "GraderReward"
REWARD_SPREAD: Final = "RewardSpread"
"""Mean over a batch's prompts of the standard deviation of the rewards of one prompt; 0 teaches nothing."""
RESPONSE_LENGTH: Final = "ResponseLength"
"""Characters of a response, its thinking left out."""
UNPARSED_SHARE: Final = "UnparsedShare"
"""Share of a batch's responses in which no answer was found, in [0, 1]."""
GRADER_ERRORS: Final = "GraderErrors"
GRADER_DURATION: Final = "GraderDuration"
"""Milliseconds per batch."""
ROLLOUTS: Final = "Rollouts"

ENTROPY_COLLAPSE: Final = "EntropyCollapse"
LENGTH_SPIKE: Final = "LengthSpike"
REWARD_HACKING: Final = "RewardHacking"
UNSOUND_GRADER: Final = "UnsoundGrader"

JOB_FAILED: Final = "JobFailed"
"""1 for a run whose job failed, else 0."""
JOB_HOURS: Final = "JobHours"
"""Age of the running job."""

HIGH_RESOLUTION: Final = 1  # s; CloudWatch's ``StorageResolution``

_UNITS: Final = {GRADER_DURATION: "Milliseconds", GRADER_ERRORS: "Count", ROLLOUTS: "Count", RESPONSE_LENGTH: "Count"}
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
