"""What a run does with Bedrock's customization jobs: thin functions over a boto3 ``bedrock`` client.

A job is found by its name, which ``GetModelCustomizationJob`` takes as well as its ARN.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

IN_PROGRESS, STOPPING = "InProgress", "Stopping"
COMPLETED, FAILED, STOPPED = "Completed", "Failed", "Stopped"
TERMINAL = frozenset({COMPLETED, FAILED, STOPPED})

ATTEMPT_TAG = "rft:attempt"

_REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ServiceQuotaExceededException",
        "TooManyTagsException",
        "ValidationException",
    }
)


class JobRefusedError(RuntimeError):
    """Bedrock will not run this request, however often it is sent."""


class RoleNotReadyError(RuntimeError):
    """Bedrock cannot assume the customization role yet: IAM takes seconds to spread a new role."""


class ModelInUseError(RuntimeError):
    """The custom model cannot be deleted while something serves it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A customization job as Bedrock describes it; times are timezone-aware."""

    arn: str
    name: str
    status: str
    created: datetime
    ended: datetime | None
    validation_status: str | None
    training_started: datetime | None
    training_ended: datetime | None
    failure_message: str | None
    model_arn: str | None
    output_uri: str

    @property
    def id(self) -> str:
        """Last part of the ARN; names the folder of the job's artifacts."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def is_over(self) -> bool:
        """Whether the status is final; one that is not known yet is not."""
        return self.status in TERMINAL


def find(bedrock: Any, name: str) -> Job | None:
    """The job of this name; None where there is none."""
    try:
        return _job(bedrock.get_model_customization_job(jobIdentifier=name))
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return None
        raise


def create(bedrock: Any, request: Mapping[str, Any], name: str, tags: Mapping[str, str]) -> str:
    """Start the job unless it exists; safe to repeat. Returns its ARN.

    Args:
        request: A ``CreateModelCustomizationJob`` request without names, token and tags.

    Raises:
        JobRefusedError: Repeating the request cannot help.
        RoleNotReadyError: Repeating it in some seconds may.
    """
    existing = find(bedrock, name)
    if existing is not None:
        return existing.arn
    tag_list = [{"key": key, "value": value} for key, value in tags.items()]
    try:
        response = bedrock.create_model_customization_job(
            **request,
            jobName=name,
            customModelName=name,
            clientRequestToken=name,
            jobTags=tag_list,
            customModelTags=tag_list,
        )
    except ClientError as error:
        existing = find(bedrock, name) if _code(error) == "ConflictException" else None
        if existing is None:
            raise _refusal(error, name) from error
        return existing.arn  # an earlier delivery of this call made it and its answer was lost
    return str(response["jobArn"])


def stop(bedrock: Any, job: Job) -> None:
    """Stop a job; one that has ended meanwhile, or is gone, counts as stopped."""
    try:
        bedrock.stop_model_customization_job(jobIdentifier=job.arn)
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return
        now = find(bedrock, job.name)
        if now is not None and now.status == IN_PROGRESS:
            raise


def delete_model(bedrock: Any, model_arn: str) -> None:
    """Delete a custom model; one that is gone counts as deleted.

    Raises:
        ModelInUseError: A deployment or provisioned throughput still serves it.
    """
    try:
        bedrock.delete_custom_model(modelIdentifier=model_arn)
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return
        if _code(error) == "ConflictException":
            raise ModelInUseError(
                f"the custom model {model_arn} cannot be deleted: {_message(error)} Delete its deployments and "
                "provisioned throughput first, or set onDelete: keep."
            ) from error
        raise


def model_exists(bedrock: Any, model_arn: str) -> bool:
    """Whether the model is still there."""
    try:
        bedrock.get_custom_model(modelIdentifier=model_arn)
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return False
        raise
    return True


def named(bedrock: Any, prefix: str, *, output: str) -> Iterator[Job]:
    """Jobs whose names begin with ``prefix`` and that write below ``output``, newest first."""
    pages = bedrock.get_paginator("list_model_customization_jobs").paginate(
        nameContains=prefix, sortBy="CreationTime", sortOrder="Descending"
    )
    for page in pages:
        for summary in page.get("modelCustomizationJobSummaries", []):
            job = find(bedrock, summary["jobArn"]) if summary["jobName"].startswith(prefix) else None
            if job is not None and job.output_uri.startswith(output):
                yield job


def attempt(bedrock: Any, job: Job) -> str | None:
    """The attempt that a job was started for, from its tags."""
    tags: Sequence[Mapping[str, str]] = bedrock.list_tags_for_resource(resourceARN=job.arn)["tags"]
    return next((tag["value"] for tag in tags if tag["key"] == ATTEMPT_TAG), None)


def is_useful(bedrock: Any, job: Job) -> bool:
    """Whether a job trains or has trained a model that exists."""
    if job.status == COMPLETED:
        return job.model_arn is not None and model_exists(bedrock, job.model_arn)
    return job.status == IN_PROGRESS


def _refusal(error: ClientError, name: str) -> Exception:
    code, message = _code(error), _message(error)
    if code == "ValidationException" and "assume" in message.lower():
        return RoleNotReadyError(f"Bedrock cannot assume the customization role for job {name} yet: {message}")
    if code in _REFUSALS:
        return JobRefusedError(f"Bedrock refused the customization job {name}: {code}: {message}")
    return error


def _job(response: Mapping[str, Any]) -> Job:
    details = response.get("statusDetails", {})
    training = details.get("trainingDetails", {})
    return Job(
        arn=response["jobArn"],
        name=response["jobName"],
        status=response["status"],
        created=response["creationTime"],
        ended=response.get("endTime"),
        validation_status=details.get("validationDetails", {}).get("status"),
        training_started=training.get("creationTime"),
        training_ended=training.get("lastModifiedTime"),
        failure_message=response.get("failureMessage"),
        model_arn=response.get("outputModelArn"),
        output_uri=response["outputDataConfig"]["s3Uri"],
    )


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _message(error: ClientError) -> str:
    return str(error.response["Error"]["Message"])
