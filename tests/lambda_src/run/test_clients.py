from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from botocore.model import ServiceModel

from lambda_src.run import clients, custom_resource, customization_jobs, executions, telemetry
from lambda_src.run.preflight import GraderError, grade_with
from tests.lambda_src.run.stubs import MACHINE, REQUEST, RUN

CALLS: list[tuple[str, Callable[[Any], object]]] = [
    ("bedrock", lambda client: customization_jobs.find(client, "name")),
    ("bedrock", lambda client: customization_jobs.create(client, REQUEST, "name", {})),
    ("bedrock", lambda client: list(customization_jobs.named(client, "name-", output="s3://runs/"))),
    ("bedrock", lambda client: customization_jobs.delete_model(client, "name")),
    ("bedrock", lambda client: customization_jobs.model_exists(client, "name")),
    ("stepfunctions", lambda client: executions.find(client, MACHINE, "name")),
    ("stepfunctions", lambda client: executions.start(client, MACHINE, "name", {})),
    ("stepfunctions", lambda client: executions.stop(client, MACHINE, "name", "cause")),
    ("cloudwatch", lambda client: telemetry.publish(client, [telemetry.workflow_datum(RUN, "JobHours", 1.0)])),
    ("lambda", lambda client: grade_with(client, "grader")([])),
]


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests sent to services that throttle every one of them."""
    sent: list[str] = []

    def throttle(_: object, request: Any) -> AWSResponse:
        sent.append(request.url)
        headers = HTTPHeaders.from_dict({"x-amzn-ErrorType": "ThrottlingException"})
        body = b'{"__type": "ThrottlingException", "message": "Slow down."}'
        return AWSResponse(request.url, 400, headers, SimpleNamespace(stream=lambda: [body]))

    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "-")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "-")
    monkeypatch.setattr(URLLib3Session, "send", throttle)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return sent


@pytest.mark.parametrize(("service", "call"), CALLS)
def test_a_throttled_call_is_tried_eight_times_and_then_says_so(
    requests: list[str], service: str, call: Callable[[Any], object]
) -> None:
    client = clients.client(service)

    with pytest.raises((ClientError, GraderError), match=r"Throttling.*Slow down"):
        call(client)

    assert len(requests) == 8


def test_a_throttled_question_is_left_to_the_probe(requests: list[str]) -> None:
    """It tries again itself, and asks fewer at a time: two who try eight times make sixty-four."""
    client = clients.client("bedrock-runtime")

    with pytest.raises(ClientError, match="Slow down"):
        client.converse(modelId="m", messages=[{"role": "user", "content": [{"text": "?"}]}])

    assert len(requests) == 1


def test_a_start_that_hangs_is_tried_again_before_its_function_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")

    config = clients.client("stepfunctions").meta.config

    assert 3 * (config.connect_timeout + config.read_timeout) < custom_resource.MIN_REMAINING / 1000


def test_the_installed_botocore_knows_reinforcement_fine_tuning() -> None:
    clients.require_rft(boto3.client("bedrock", region_name="us-east-1").meta.service_model)


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param({}, id="no customization config"),
        pytest.param({"CustomizationConfig": {"type": "structure", "members": {}}}, id="distillation only"),
    ],
)
def test_an_older_botocore_is_refused_with_the_version_needed(shapes: dict[str, Any]) -> None:
    model = ServiceModel({"metadata": {}, "operations": {}, "shapes": shapes})

    with pytest.raises(RuntimeError, match=r"expected botocore 1\.42\.2 or later"):
        clients.require_rft(model)
