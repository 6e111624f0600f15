from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lambda_src.run import customization_jobs, telemetry
from lambda_src.run.detectors.bands import Band
from lambda_src.run.steps import Step
from tests.lambda_src.run.stubs import CREATED, RUN, TRAINED, Aws


def found_job(aws: Aws, **changes: Any) -> customization_jobs.Job:
    aws.job("Completed", **changes)
    job = customization_jobs.find(aws.client("bedrock"), "name")
    assert job is not None
    return job


def test_steps_are_spread_evenly_over_the_training(aws: Aws) -> None:
    steps = [Step(n, training_reward=0.5) for n in range(1, 5)]

    data = list(telemetry.curve_data(RUN, found_job(aws), steps))

    quarter = (TRAINED - CREATED) / 4
    assert [datum["Timestamp"] for datum in data] == [CREATED + quarter * n for n in range(1, 5)]


def test_steps_of_a_job_without_phases_are_spread_over_its_life(aws: Aws) -> None:
    data = list(telemetry.curve_data(RUN, found_job(aws, statusDetails={}), [Step(1, policy_entropy=0.4)]))

    assert [datum["Timestamp"] for datum in data] == [TRAINED]


def test_only_values_that_are_known_are_published(aws: Aws) -> None:
    (datum,) = telemetry.curve_data(RUN, found_job(aws), [Step(1, gradient_norm=1.5)])

    assert (datum["MetricName"], datum["Value"], datum["StorageResolution"]) == ("GradientNorm", 1.5, 1)
    assert {"Name": "Source", "Value": "artifacts"} in datum["Dimensions"]


def test_a_curve_has_its_band_at_each_of_its_points(aws: Aws) -> None:
    steps = [Step(1, policy_entropy=0.5), Step(2, policy_entropy=0.4)]

    data = list(telemetry.curve_data(RUN, found_job(aws), steps, {"policy_entropy": Band(low=0.25)}))

    lows = [datum for datum in data if {"Name": "Source", "Value": "low"} in datum["Dimensions"]]
    assert [(datum["MetricName"], datum["Value"]) for datum in lows] == [("PolicyEntropy", 0.25)] * 2
    assert {datum["Timestamp"] for datum in lows} == {datum["Timestamp"] for datum in data}


def test_rollouts_are_published_at_the_time_of_their_step() -> None:
    now = datetime.now(UTC)
    fresh = [Step(2, time=now.isoformat(), training_reward=0.5, validation_reward=0.1)]
    validated = [Step(1, time=(now - timedelta(hours=1)).isoformat(), training_reward=0.4, validation_reward=0.6)]

    data = list(telemetry.rollout_data(RUN, fresh, validated, {"training_reward": Band(low=0.2)}))

    assert [(datum["MetricName"], datum["Value"], now - datum["Timestamp"]) for datum in data] == [
        ("TrainingReward", 0.5, timedelta(0)),
        ("TrainingReward", 0.2, timedelta(0)),
        ("ValidationReward", 0.6, timedelta(hours=1)),
    ]


@pytest.mark.parametrize("age", [None, timedelta(days=15)])
def test_what_cloudwatch_would_refuse_is_not_sent(age: timedelta | None) -> None:
    time = None if age is None else (datetime.now(UTC) - age).isoformat()

    assert list(telemetry.rollout_data(RUN, [Step(1, time=time, training_reward=0.5)], [], {})) == []


def test_a_call_carries_a_thousand_metrics_at_most(aws: Aws) -> None:
    data = [telemetry.workflow_datum(RUN, "JobHours", 1.0)] * 2_001
    for size in (1_000, 1_000, 1):
        aws.answer("cloudwatch", "put_metric_data", Namespace="BedrockRFT", MetricData=data[:size])

    telemetry.publish(aws.client("cloudwatch"), data)


def test_no_metrics_need_no_call(aws: Aws) -> None:
    telemetry.publish(aws.client("cloudwatch"), [])
