"""The files Bedrock leaves in a job's output location.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-analyze.html; the columns are those of a
reinforcement fine-tuning of Nova 2 Lite in
https://github.com/aws-samples/amazon-nova-samples/tree/main/customization/Nova_2.0/03_rft
"""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

_TRAINING_FILE = "training_artifacts/step_wise_training_metrics.csv"
_VALIDATION_FILE = "validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv"
_STEP = {"step_number": "step", "epoch_number": "epoch"}
_TRAINING_COLUMNS = _STEP | {  # column -> name in a progress row
    "train_reward_mean": "trainingReward",
    "train_episode_length_mean": "trainingEpisodeLength",
    "policy_entropy": "policyEntropy",
    "gradient_norm": "gradientNorm",
    "mean_advantage": "meanAdvantage",
    "min_advantage": "minAdvantage",
    "max_advantage": "maxAdvantage",
}
_VALIDATION_COLUMNS = _STEP | {
    "validation_reward_mean": "validationReward",
    "validation_episode_length_mean": "validationEpisodeLength",
}


def folder(output_uri: str, job_id: str) -> str:
    """Where a job's files go.

    >>> folder("s3://runs/artifacts/", "abcdefghijkl")
    's3://runs/artifacts/model-customization-job-abcdefghijkl'
    """
    return f"{output_uri.rstrip('/')}/model-customization-job-{job_id}"


def files(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Content of each file by its path below the job's folder; without validation there is one file only."""
    evaluated = [row for row in rows if "validationReward" in row]
    validation = {_VALIDATION_FILE: _csv(evaluated, _VALIDATION_COLUMNS)} if evaluated else {}
    return {_TRAINING_FILE: _csv(rows, _TRAINING_COLUMNS), **validation}


def _csv(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns.values()] for row in rows)
    return text.getvalue()
