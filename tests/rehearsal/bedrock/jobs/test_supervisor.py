"""Jobs from their creation to their end, with a training process that only pretends to train."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.bedrock.conftest import Serve, client, ended, records, request, rft
from tests.rehearsal.bedrock.fake_aws import GRADER, ROLE, TRUST, World, raises

KEY = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"
LONG = rft(epochCount=50)


def run(bedrock: Any, **changes: Any) -> dict[str, Any]:
    return ended(bedrock, bedrock.create_model_customization_job(**request(**changes))["jobArn"])


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "waited for 10 s"
        time.sleep(0.02)


def phases(job: dict[str, Any]) -> dict[str, str]:
    return {name.removesuffix("Details"): details["status"] for name, details in job["statusDetails"].items()}


def test_a_job_completes_with_artifacts_events_and_the_roles_session_alone(
    bedrock: Any, world: World, tmp_path: Path
) -> None:
    job = run(bedrock)

    folder = f"runs/artifacts/model-customization-job-{job['jobArn'][-12:]}"
    training = f"{folder}/training_artifacts/step_wise_training_metrics.csv"
    validation = f"{folder}/validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv"
    assert job["status"] == "Completed"
    assert phases(job) == {"validation": "Completed", "dataProcessing": "Completed", "training": "Completed"}
    assert world.objects[training].decode().splitlines()[1:] == [
        "1,1,1.0,20.0,1.0,0.5,0.0,-1.0,1.0",
        "2,2,1.0,20.0,1.0,0.5,0.0,-1.0,1.0",
    ]
    assert world.objects[validation].decode().splitlines()[1:] == ["2,2,0.5,21.0"]
    assert world.objects[f"{folder}/training_artifacts/beside.json"] == b"[]"
    assert (tmp_path / "models" / job["outputModelArn"][-12:] / "adapter.npz").read_bytes() == b"weights"
    assert world.strangers == []
    wait_for(lambda: len(world.events) == 2)
    assert [event["detail"]["jobStatus"] for event in world.events] == ["InProgress", "Completed"]
    assert world.events[1]["detail"]["outputModelArn"] == job["outputModelArn"]
    assert {len(batch) for batch in world.graded} == {64, 36}


def test_a_stopped_job_keeps_its_steps_and_makes_no_model(bedrock: Any, world: World) -> None:
    arn = bedrock.create_model_customization_job(**request(customizationConfig=LONG))["jobArn"]
    wait_for(lambda: len(world.graded) > 4)

    bedrock.stop_model_customization_job(jobIdentifier=arn)

    job = ended(bedrock, arn)
    assert job["status"] == "Stopped"
    assert phases(job)["training"] == "Stopped"
    assert "outputModelArn" not in job
    assert bedrock.list_custom_models()["modelSummaries"] == []
    assert any(key.endswith("step_wise_training_metrics.csv") for key in world.objects)
    wait_for(lambda: len(world.events) == 3)
    assert [event["detail"]["jobStatus"] for event in world.events] == ["InProgress", "Stopping", "Stopped"]


def test_stopping_a_job_that_is_stopping_is_no_error(bedrock: Any, world: World) -> None:
    arn = bedrock.create_model_customization_job(**request(customizationConfig=LONG))["jobArn"]
    wait_for(lambda: len(world.graded) > 4)
    world.slow_writes = threading.Event()  # the job ends only when its artifacts are written

    bedrock.stop_model_customization_job(jobIdentifier=arn)
    bedrock.stop_model_customization_job(jobIdentifier=arn)

    assert bedrock.get_model_customization_job(jobIdentifier=arn)["status"] == "Stopping"
    world.slow_writes.set()
    assert ended(bedrock, arn)["status"] == "Stopped"


def test_a_job_is_stopped_before_its_process_has_started(bedrock: Any) -> None:
    arn = bedrock.create_model_customization_job(**request())["jobArn"]

    bedrock.stop_model_customization_job(jobIdentifier=arn)

    assert ended(bedrock, arn)["status"] == "Stopped"


def test_a_grader_that_raises_three_times_fails_the_job(bedrock: Any, world: World) -> None:
    world.grade = raises

    job = run(bedrock)

    assert job["status"] == "Failed"
    assert job["failureMessage"] == f"The grader {GRADER} failed 3 times: RuntimeError: no such verb"
    assert phases(job) == {"validation": "Completed", "dataProcessing": "Completed", "training": "Failed"}
    assert not any("training_artifacts" in key for key in world.objects)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", "arn:aws:s3:::runs/artifacts/.write_access_check_file.tmp"),
        ("s3:ListBucket", "arn:aws:s3:::runs"),
        ("s3:GetObject", "arn:aws:s3:::data/train.jsonl"),
        ("kms:Decrypt", KEY),
        ("kms:GenerateDataKey", KEY),
        ("lambda:InvokeFunction", GRADER),
    ],
)
def test_a_missing_permission_fails_the_validation_and_is_named(
    bedrock: Any, world: World, action: str, resource: str
) -> None:
    world.key = KEY
    world.denied = {action}

    job = run(bedrock)

    assert phases(job) == {"validation": "Failed", "dataProcessing": "NotStarted", "training": "NotStarted"}
    assert f"{ROLE} needs {action} on {resource}: " in job["failureMessage"]


def test_a_role_without_trust_in_bedrock_fails_the_job(bedrock: Any, world: World) -> None:
    world.trust = json.loads(json.dumps(TRUST).replace("000000000000:model", "111111111111:model"))

    job = run(bedrock)

    assert "sts:AssumeRole" in job["failureMessage"]
    assert "aws:SourceArn asks for" in job["failureMessage"]


def test_a_role_that_does_not_exist_fails_the_job(bedrock: Any) -> None:
    job = run(bedrock, roleArn="arn:aws:iam::000000000000:role/Nobody")

    assert "role/Nobody" in job["failureMessage"]


def test_prompts_the_model_cannot_read_fail_the_validation(bedrock: Any, world: World) -> None:
    world.objects["data/train.jsonl"] = records(100, "zebra")

    job = run(bedrock)

    assert "cannot read 100 of 103 prompts: r0: zebra; r1: zebra" in job["failureMessage"]
    assert phases(job)["validation"] == "Failed"


def test_a_session_that_is_about_to_expire_is_renewed(bedrock: Any, world: World) -> None:
    world.session_seconds = 60

    job = run(bedrock)

    assert job["status"] == "Completed"
    assert world.assumed > 1


def test_a_role_that_stops_trusting_bedrock_ends_the_job(bedrock: Any, world: World) -> None:
    world.session_seconds = 60
    arn = bedrock.create_model_customization_job(**request(customizationConfig=LONG))["jobArn"]
    wait_for(lambda: world.graded)

    world.trust = {"Version": "2012-10-17", "Statement": []}

    assert "sts:AssumeRole" in ended(bedrock, arn)["failureMessage"]


def test_a_restarted_server_knows_its_jobs_and_fails_those_that_ran(serve: Serve, world: World) -> None:
    before = client(f"http://127.0.0.1:{serve().server_port}")
    arn = before.create_model_customization_job(**request(customizationConfig=LONG))["jobArn"]
    wait_for(lambda: world.graded)

    after = client(f"http://127.0.0.1:{serve().server_port}")

    job = after.get_model_customization_job(jobIdentifier=arn)
    assert job["status"] == "Failed"
    assert "restarted" in job["failureMessage"]
    graded = len(world.graded)
    time.sleep(0.2)
    assert len(world.graded) == graded, "the training went on"
