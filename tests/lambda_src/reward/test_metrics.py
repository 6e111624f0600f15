import json
from typing import Any

import pytest

from lambda_src.reward import metrics

DIMENSIONS = {metrics.PROJECT: "p", metrics.STAGE: "dev", metrics.RUN: "0123456789ab", metrics.SOURCE: "grader"}


def emitted(capsys: pytest.CaptureFixture[str], values: dict[str, list[float]]) -> list[dict[str, Any]]:
    metrics.emit(DIMENSIONS, values)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_declares_its_metrics_and_carries_their_values(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = emitted(capsys, {metrics.GRADER_DURATION: [12.5], metrics.GRADER_REWARD: [0.0, 1.0]})

    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "BedrockRFT",
            "Dimensions": [["Project", "Stage", "Run", "Source"]],
            "Metrics": [
                {"Name": "GraderDuration", "Unit": "Milliseconds", "StorageResolution": 1},
                {"Name": "GraderReward", "Unit": "None", "StorageResolution": 1},
            ],
        }
    ]
    assert line.items() >= {**DIMENSIONS, "GraderDuration": [12.5], "GraderReward": [0.0, 1.0]}.items()


def test_a_metric_without_values_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = emitted(capsys, {metrics.ROLLOUTS: [1], metrics.REWARD_SPREAD: []})

    assert metrics.REWARD_SPREAD not in line


def test_no_line_holds_more_than_100_values_of_a_metric(capsys: pytest.CaptureFixture[str]) -> None:
    lines = emitted(capsys, {metrics.ROLLOUTS: [250], metrics.GRADER_REWARD: [0.5] * 250})

    assert [len(line[metrics.GRADER_REWARD]) for line in lines] == [100, 100, 50]
    assert [metrics.ROLLOUTS in line for line in lines] == [True, False, False]
