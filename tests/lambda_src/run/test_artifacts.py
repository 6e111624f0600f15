import io
import json
from typing import Any

import pytest

from lambda_src.run import artifacts
from lambda_src.run.customization_jobs import Job
from tests.lambda_src.run.stubs import CREATED, TRAINED, Aws, job_arn

NAME = "gsm8k-dev-0123456789ab-aaaaaa"
FOLDER = "artifacts/model-customization-job-aaaaaaabcdef"
TRAINING = f"{FOLDER}/training_artifacts/step_wise_training_metrics.csv"
STRATEGIES = f"{FOLDER}/training_artifacts/strategies.json"
JOB = Job(
    arn=job_arn(NAME),
    name=NAME,
    status="Completed",
    created=CREATED,
    ended=TRAINED,
    validation_status="Completed",
    training_started=CREATED,
    training_ended=TRAINED,
    failure_message=None,
    model_arn=None,
    output_uri="s3://runs/artifacts/",
)
ROW: dict[str, Any] = {
    "strategy": "near miss",
    "worth": "wrong",
    "honest": False,
    "dressesRight": False,
    "probabilityAtStart": 0.1,
    "probabilityAtEnd": 0.01,
    "meanReward": 0.1,
    "rewardDeviation": 0.0,
    "rewardSwing": 0.0,
    "rollouts": 40,
    "example": {"record": "r1", "response": "#### 41", "reward": 0.1},
}


def read(aws: Aws, strategies: str) -> artifacts.Artifacts:
    files = {TRAINING: "step_number,policy_entropy\n1,0.5\n", STRATEGIES: strategies}
    aws.answer("s3", "list_objects_v2", {"Contents": [{"Key": key} for key in files]})
    for key, text in files.items():
        aws.answer("s3", "get_object", {"Body": io.BytesIO(text.encode())}, Bucket="runs", Key=key)
    return artifacts.read(aws.client("s3"), JOB)


def test_strategies_are_read_beside_the_curves(aws: Aws) -> None:
    found = read(aws, json.dumps([ROW, ROW | {"strategy": "empty", "example": None}]))

    assert [strategy.to_json() for strategy in found.strategies] == [ROW, ROW | {"strategy": "empty", "example": None}]
    assert found.curves.steps[0].policy_entropy == 0.5


def test_a_job_without_strategies_has_none(aws: Aws) -> None:
    aws.answer("s3", "list_objects_v2", {"Contents": [{"Key": TRAINING}]})
    aws.answer("s3", "get_object", {"Body": io.BytesIO(b"step_number,policy_entropy\n1,0.5\n")})

    found = artifacts.read(aws.client("s3"), JOB)

    assert found.strategies == ()
    assert not any("strategies" in note for note in found.notes)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("7", id="no list"),
        pytest.param("[7]", id="no objects"),
        pytest.param(json.dumps([{"strategy": "near miss"}]), id="keys are missing"),
        pytest.param(json.dumps([ROW | {"worth": "priceless"}]), id="an unknown worth"),
        pytest.param(json.dumps([ROW | {"rollouts": "many"}]), id="no number"),
    ],
)
def test_strategies_that_cannot_be_read_are_a_note_and_cost_no_curve(aws: Aws, text: str) -> None:
    found = read(aws, text)

    assert found.strategies == ()
    assert found.curves.steps
    assert [note for note in found.notes if note.startswith("strategies.json could not be read")]
