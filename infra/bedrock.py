"""Permissions on Bedrock's customization jobs and custom models: this account's, in this region, and no more.

Resources and condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from .permission import Permission

_UNKNOWN_YET = "Bedrock makes up the ids of jobs and models when it creates them: no policy can name them before."
_GONE = (
    "Bedrock makes up the ids when it creates jobs and models; and a condition on tags would deny what should "
    "read as gone, because what is gone has no tags."
)


def read_jobs(scope: Construct) -> Permission:
    """Reading any job's state."""
    return Permission(["bedrock:GetModelCustomizationJob"], [_jobs(scope)], wildcard=_GONE)


def create_jobs(scope: Construct, *, base_model: str, role: iam.IRole, project: str, stage: str) -> list[Permission]:
    """Customizing one base model with one service role, as this project and stage and no other."""
    created = [_jobs(scope), _models(scope)]
    tagged = _tagged("RequestTag", project, stage)
    return [
        Permission(
            ["bedrock:CreateModelCustomizationJob"],
            [_foundation_model(scope, base_model), *created],
            wildcard=_UNKNOWN_YET,
            conditions=tagged,
        ),
        Permission(["bedrock:TagResource"], created, wildcard=_UNKNOWN_YET, conditions=tagged),
        Permission(
            ["iam:PassRole"],
            [role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
        ),
    ]


def list_jobs() -> Permission:
    """Looking for the jobs of a stage, which their names begin with."""
    return Permission(
        ["bedrock:ListModelCustomizationJobs"], ["*"], wildcard="The list of jobs is not a resource in IAM."
    )


def compare_jobs(scope: Construct) -> list[Permission]:
    """Finding out whether a job has trained the same inputs before, and left a model."""
    return [
        Permission(["bedrock:ListTagsForResource"], [_jobs(scope)], wildcard=_GONE),
        Permission(["bedrock:GetCustomModel"], [_models(scope)], wildcard=_GONE),
    ]


def stop_jobs(scope: Construct, *, project: str, stage: str) -> Permission:
    """Stopping this project's jobs in this stage."""
    return Permission(
        ["bedrock:StopModelCustomizationJob"],
        [_jobs(scope)],
        wildcard="Bedrock makes up the ids of jobs when it creates them; held to this project and stage by their tags.",
        conditions=_tagged("ResourceTag", project, stage),
    )


def delete_models(scope: Construct) -> Permission:
    """Deleting the models of a stage, where the project asks for that."""
    return Permission(["bedrock:DeleteCustomModel"], [_models(scope)], wildcard=_GONE)


def _tagged(key: str, project: str, stage: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {f"aws:{key}/rft:project": project, f"aws:{key}/rft:stage": stage}}


def _jobs(scope: Construct) -> str:
    return Stack.of(scope).format_arn(service="bedrock", resource="model-customization-job", resource_name="*")


def _models(scope: Construct) -> str:
    return Stack.of(scope).format_arn(service="bedrock", resource="custom-model", resource_name="*")


def _foundation_model(scope: Construct, model: str) -> str:
    return Stack.of(scope).format_arn(service="bedrock", account="", resource="foundation-model", resource_name=model)
