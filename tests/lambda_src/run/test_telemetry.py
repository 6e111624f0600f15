from typing import Any

from lambda_src.run import customization_jobs, telemetry
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


def test_a_call_carries_a_thousand_metrics_at_most(aws: Aws) -> None:
    data = [telemetry.workflow_datum(RUN, "JobHours", 1.0)] * 2_001
    for size in (1_000, 1_000, 1):
        aws.answer("cloudwatch", "put_metric_data", Namespace="BedrockRFT", MetricData=data[:size])

    telemetry.publish(aws.client("cloudwatch"), data)


def test_no_metrics_need_no_call(aws: Aws) -> None:
    telemetry.publish(aws.client("cloudwatch"), [])
