import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.environment import LocalAws

from .conftest import Inbox

pytestmark = pytest.mark.emulator

CREATE = {
    "Effect": "Allow",
    "Action": ["bedrock:CreateModelCustomizationJob", "bedrock:TagResource"],
    "Resource": [
        "arn:aws:bedrock:us-east-1::foundation-model/local.tiny-lm",
        "arn:aws:bedrock:us-east-1:000000000000:*",
    ],
}


@pytest.fixture
def request_(name: str) -> dict[str, Any]:
    return {
        "jobName": name,
        "customModelName": name,
        "roleArn": f"arn:aws:iam::000000000000:role/{name}-none",
        "baseModelIdentifier": "local.tiny-lm",
        "trainingDataConfig": {"s3Uri": "s3://none/train.jsonl"},
        "outputDataConfig": {"s3Uri": "s3://none/out/"},
    }


def _denial(client: Any, request: dict[str, Any]) -> str:
    with pytest.raises(ClientError) as caught:
        client.create_model_customization_job(**request)
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    return caught.value.response["Error"]["Message"]


def test_a_denied_call_reads_as_on_aws(
    role: Callable[..., str], as_role: Callable[..., Any], request_: dict[str, Any]
) -> None:
    arn = role("lambda.amazonaws.com")

    message = _denial(as_role(arn, "bedrock"), request_)

    session = arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/test"
    assert message == (
        f"User: {session} is not authorized to perform: bedrock:CreateModelCustomizationJob on resource: "
        "arn:aws:bedrock:us-east-1::foundation-model/local.tiny-lm because no identity-based policy allows "
        "the bedrock:CreateModelCustomizationJob action"
    )


def test_creating_a_job_needs_permission_to_pass_its_role(
    role: Callable[..., str], as_role: Callable[..., Any], request_: dict[str, Any]
) -> None:
    message = _denial(as_role(role("lambda.amazonaws.com", CREATE), "bedrock"), request_)

    assert f"is not authorized to perform: iam:PassRole on resource: {request_['roleArn']}" in message


def test_a_role_may_be_passed_to_other_services_only(
    role: Callable[..., str], as_role: Callable[..., Any], request_: dict[str, Any]
) -> None:
    condition = {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}
    pass_role = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": condition}

    message = _denial(as_role(role("lambda.amazonaws.com", CREATE, pass_role), "bedrock"), request_)

    assert "iam:PassRole" in message


def test_a_policy_can_demand_tags_of_a_new_job(
    role: Callable[..., str], as_role: Callable[..., Any], request_: dict[str, Any]
) -> None:
    condition = {"StringEquals": {"aws:RequestTag/rft:project": "mine"}}
    client = as_role(role("lambda.amazonaws.com", CREATE | {"Condition": condition}), "bedrock")

    def tagged(value: str) -> dict[str, Any]:
        tags = [{"key": "rft:project", "value": value}]
        return request_ | {"jobTags": tags, "customModelTags": tags}

    assert "bedrock:CreateModelCustomizationJob" in _denial(client, tagged("other"))
    assert "iam:PassRole" in _denial(client, tagged("mine"))


def test_an_allowed_call_is_answered_by_the_local_bedrock(
    role: Callable[..., str], as_role: Callable[..., Any]
) -> None:
    allowed = {"Effect": "Allow", "Action": "bedrock:ListModelCustomizationJobs", "Resource": "*"}

    client = as_role(role("lambda.amazonaws.com", allowed), "bedrock")

    assert "modelCustomizationJobSummaries" in client.list_model_customization_jobs(nameContains="nothing")


@pytest.mark.parametrize(
    "identifier",
    ["nothing", "arn:aws:bedrock:us-east-1:000000000000:model-customization-job/local.tiny-lm/abcdefghijkl"],
)
def test_an_unknown_job_is_the_local_bedrocks_to_report(local_aws: LocalAws, identifier: str) -> None:
    with pytest.raises(ClientError, match=r"ResourceNotFound|Validation"):
        local_aws.client("bedrock").get_model_customization_job(jobIdentifier=identifier)


def test_events_of_the_local_bedrock_reach_rules_and_their_targets(
    local_aws: LocalAws, inbox: Inbox, name: str
) -> None:
    events = local_aws.client("events")
    pattern = {"source": ["aws.bedrock"], "detail": {"roleArn": [name], "status": ["Failed"]}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    transformer = {"InputPathsMap": {"job": "$.detail.jobName"}, "InputTemplate": '"The job <job> failed."'}
    events.put_targets(Rule=name, Targets=[{"Id": "t", "Arn": inbox.topic, "InputTransformer": transformer}])

    for role_arn in ("somebody else's", name):
        _send_event(local_aws, {"roleArn": role_arn, "status": "Failed", "jobName": f"job of {role_arn}"})

    assert inbox.next() == f'"The job job of {name} failed."'


def test_events_without_the_secret_are_refused(local_aws: LocalAws) -> None:
    assert _post_event(local_aws, {}, secret="no")  # noqa: S106 - not one == 403


def _send_event(aws: LocalAws, detail: dict[str, str]) -> None:
    event = {
        "source": "aws.bedrock",
        "detail-type": "Model Customization Job State Change",
        "detail": detail,
        "resources": [],
        "account": "000000000000",
        "region": "us-east-1",
    }
    assert _post_event(aws, event, secret=aws.secret) == 200


def _post_event(aws: LocalAws, event: dict[str, Any], *, secret: str) -> int:
    connection = HTTPConnection("127.0.0.1", aws.port, timeout=5)
    connection.request("POST", "/_rft/events", json.dumps(event), {"x-rft-secret": secret})
    return connection.getresponse().status
