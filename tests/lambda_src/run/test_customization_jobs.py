from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.run import customization_jobs as jobs
from tests.lambda_src.run.stubs import CREATED, MODEL_ARN, REQUEST, TRAINED, Aws, job, job_arn

NAME = "gsm8k-dev-0123456789ab-aaaaaa"


def create(aws: Aws) -> str:
    return jobs.create(aws.client("bedrock"), REQUEST, NAME, {"rft:project": "gsm8k"})


def test_a_job_is_created_with_one_name_for_everything(aws: Aws) -> None:
    tags = [{"key": "rft:project", "value": "gsm8k"}]
    aws.job(None)
    aws.answer(
        "bedrock",
        "create_model_customization_job",
        {"jobArn": job_arn(NAME)},
        **REQUEST,
        jobName=NAME,
        customModelName=NAME,
        clientRequestToken=NAME,
        jobTags=tags,
        customModelTags=tags,
    )

    assert create(aws) == job_arn(NAME)


def test_a_job_that_exists_is_not_created_again(aws: Aws) -> None:
    aws.job("InProgress", name=NAME)

    assert create(aws) == job_arn(NAME)


def test_a_job_whose_creation_was_not_answered_is_found(aws: Aws) -> None:
    aws.job(None)
    aws.error("bedrock", "create_model_customization_job", "ConflictException")
    aws.job("InProgress", name=NAME)

    assert create(aws) == job_arn(NAME)


def test_a_conflict_with_something_else_is_raised(aws: Aws) -> None:
    aws.job(None)
    aws.error("bedrock", "create_model_customization_job", "ConflictException")
    aws.job(None)

    with pytest.raises(ClientError, match="ConflictException"):
        create(aws)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ServiceQuotaExceededException",
        "TooManyTagsException",
        "ValidationException",
    ],
)
def test_a_refusal_is_final_and_says_why(aws: Aws, code: str) -> None:
    aws.job(None)
    aws.error("bedrock", "create_model_customization_job", code, "batchSize is too small")

    with pytest.raises(jobs.JobRefusedError, match=f"refused the customization job {NAME}: {code}: batchSize"):
        create(aws)


def test_a_role_that_iam_has_not_spread_yet_is_worth_another_try(aws: Aws) -> None:
    aws.job(None)
    aws.error("bedrock", "create_model_customization_job", "ValidationException", "Could not assume provided IAM role")

    with pytest.raises(jobs.RoleNotReadyError, match="cannot assume the customization role"):
        create(aws)


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_a_passing_trouble_is_raised_as_it_is(aws: Aws, code: str) -> None:
    aws.job(None)
    aws.error("bedrock", "create_model_customization_job", code)

    with pytest.raises(ClientError, match=code):
        create(aws)


def test_a_job_is_read_with_its_times_and_its_model(aws: Aws) -> None:
    aws.job("Completed", name=NAME)

    found = jobs.find(aws.client("bedrock"), NAME)

    assert found == jobs.Job(
        arn=job_arn(NAME),
        name=NAME,
        status="Completed",
        created=CREATED,
        ended=TRAINED,
        validation_status="Completed",
        training_started=CREATED,
        training_ended=TRAINED,
        failure_message=None,
        model_arn=MODEL_ARN,
        output_uri="s3://runs/artifacts/",
    )
    assert (found.id, found.is_over) == ("aaaaaaabcdef", True)


def test_a_status_nobody_knows_is_not_the_end(aws: Aws) -> None:
    aws.job("Pausing")

    found = jobs.find(aws.client("bedrock"), NAME)

    assert found is not None
    assert not found.is_over


def test_a_job_that_may_not_be_read_is_not_one_that_is_gone(aws: Aws) -> None:
    aws.error("bedrock", "get_model_customization_job", "AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDeniedException"):
        jobs.find(aws.client("bedrock"), NAME)


def test_a_job_that_is_gone_when_it_is_stopped_counts_as_stopped(aws: Aws) -> None:
    aws.job("InProgress", name=NAME)
    aws.error("bedrock", "stop_model_customization_job", "ResourceNotFoundException")
    found = jobs.find(aws.client("bedrock"), NAME)
    assert found is not None

    jobs.stop(aws.client("bedrock"), found)


def test_all_pages_of_jobs_are_read(aws: Aws) -> None:
    for name, token in (("run-a", "next"), ("run-b", None)):
        one = job("InProgress", name=name)
        summary = {key: one[key] for key in ("jobArn", "baseModelArn", "jobName", "status", "creationTime")}
        page: dict[str, Any] = {"modelCustomizationJobSummaries": [summary]} | ({"nextToken": token} if token else {})
        aws["bedrock"].add_response("list_model_customization_jobs", page)
        aws["bedrock"].add_response("get_model_customization_job", one)

    names = [found.name for found in jobs.named(aws.client("bedrock"), "run-", output="s3://runs/")]

    assert names == ["run-a", "run-b"]


def test_a_job_that_only_contains_the_prefix_is_another_ones(aws: Aws) -> None:
    one = job("InProgress", name="another-run-a")
    summary = {key: one[key] for key in ("jobArn", "baseModelArn", "jobName", "status", "creationTime")}
    aws.answer("bedrock", "list_model_customization_jobs", {"modelCustomizationJobSummaries": [summary]})

    assert list(jobs.named(aws.client("bedrock"), "run-", output="s3://runs/")) == []


def test_a_model_is_deleted_by_its_arn(aws: Aws) -> None:
    aws.answer("bedrock", "delete_custom_model", modelIdentifier=MODEL_ARN)

    jobs.delete_model(aws.client("bedrock"), MODEL_ARN)


def test_a_model_that_may_not_be_deleted_is_an_error(aws: Aws) -> None:
    aws.answer("bedrock", "get_custom_model", {"modelArn": MODEL_ARN, "modelName": NAME, "creationTime": CREATED})
    aws.error("bedrock", "delete_custom_model", "AccessDeniedException")
    assert jobs.model_exists(aws.client("bedrock"), MODEL_ARN)

    with pytest.raises(ClientError, match="AccessDeniedException"):
        jobs.delete_model(aws.client("bedrock"), MODEL_ARN)
