import http.client
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.reward.rewards._judge.prompt import Judge
from lambda_src.reward.rewards._judge.rubric import load
from lambda_src.reward.rewards._judge.verdict import read
from rehearsal.bedrock.runtime import Client
from rehearsal.bedrock.server import LocalBedrock
from tests.rehearsal.bedrock.conftest import HEADERS, client, ended, request

JUDGEMENT = Judge("local.judge", 500, 0.0, "tool").request(
    load("instruction-following"), {"prompt": "Capital?", "reference": "It is Paris.", "response": "It is Paris."}
)


def call(
    server: LocalBedrock, method: str, path: str, body: Any = None, headers: dict[str, str] = HEADERS
) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@pytest.mark.parametrize("headers", [{}, {"x-rft-secret": "wrong"}], ids=["no secret", "wrong secret"])
@pytest.mark.parametrize("path", ["/custom-models", "/_rft/health"])
def test_nobody_gets_in_without_the_secret(server: LocalBedrock, path: str, headers: dict[str, str]) -> None:
    status, answer = call(server, "GET", path, headers=headers)

    assert status == 403
    assert "embedded AWS" in answer["message"]


def test_the_server_says_that_it_is_well(server: LocalBedrock) -> None:
    assert call(server, "GET", "/_rft/health") == (200, {"status": "ok"})


def test_a_call_without_an_account_is_refused(server: LocalBedrock) -> None:
    status, answer = call(server, "GET", "/custom-models", headers={"x-rft-secret": HEADERS["x-rft-secret"]})

    assert (status, answer["message"]) == (400, "The headers x-rft-account and x-rft-region are missing")


@pytest.mark.parametrize("length", ["-1", "many", "99999999"])
def test_a_body_without_a_sane_length_is_refused(server: LocalBedrock, length: str) -> None:
    status, answer = call(server, "POST", "/tagResource", headers=HEADERS | {"content-length": length})

    assert status == 400
    assert "content-length" in answer["message"]


def test_an_injected_fault_hits_so_many_calls_of_its_operation(server: LocalBedrock, bedrock: Any) -> None:
    fault = {"operation": "ListCustomModels", "error": "ThrottlingException", "message": "slow down", "times": 1}
    call(server, "POST", "/_rft/faults", fault)

    bedrock.list_model_customization_jobs()
    with pytest.raises(bedrock.exceptions.ThrottlingException, match="slow down"):
        bedrock.list_custom_models()

    assert bedrock.list_custom_models()["modelSummaries"] == []


def test_faults_can_be_taken_back(server: LocalBedrock, bedrock: Any) -> None:
    fault = {"operation": "ListCustomModels", "error": "ThrottlingException", "message": "slow down", "times": 9}
    call(server, "POST", "/_rft/faults", fault)

    call(server, "DELETE", "/_rft/faults")

    assert bedrock.list_custom_models()["modelSummaries"] == []


@pytest.mark.parametrize("fault", [[], {}, {"operation": "X", "error": "Y", "message": "Z", "times": "1"}])
def test_a_malformed_fault_is_refused(server: LocalBedrock, fault: Any) -> None:
    status, _ = call(server, "POST", "/_rft/faults", fault)

    assert status == 400


def test_progress_is_told_by_job_and_by_step(server: LocalBedrock, bedrock: Any) -> None:
    arn = bedrock.create_model_customization_job(**request())["jobArn"]
    ended(bedrock, arn)

    _, (job,) = call(server, "GET", "/_rft/jobs")
    _, steps = call(server, "GET", f"/_rft/jobs/{arn[-12:]}/progress")

    assert (job["arn"], job["status"], job["step"], job["total"]) == (arn, "Completed", 2, 2)
    assert [step["step"] for step in steps] == [1, 2]
    assert steps[1]["validationReward"] == 0.5
    assert "validationReward" not in steps[0]


@pytest.mark.parametrize("path", ["/_rft/jobs/nobody/progress", "/_rft/nothing"])
def test_an_unknown_internal_endpoint_is_not_found(server: LocalBedrock, path: str) -> None:
    status, _ = call(server, "GET", path)

    assert status == 404


def test_errors_carry_the_name_that_sdks_read(url: str) -> None:
    with pytest.raises(ClientError) as error:
        client(url).get_custom_model(modelIdentifier="nobody")

    response = error.value.response
    assert response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == "ResourceNotFoundException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_judge_answers_over_http_as_in_the_process(url: str) -> None:
    answer = client(url, service="bedrock-runtime").converse(**JUDGEMENT)

    assert read(JUDGEMENT, answer).answers == {"instructions": 5, "correctness": 5, "clarity": 5}


def test_an_injected_fault_hits_a_judge_too(server: LocalBedrock, url: str) -> None:
    runtime = client(url, service="bedrock-runtime")
    fault = {"operation": "Converse", "error": "ThrottlingException", "message": "Too many tokens", "times": 1}
    call(server, "POST", "/_rft/faults", fault)

    with pytest.raises(runtime.exceptions.ThrottlingException, match="Too many tokens") as caught:
        runtime.converse(**JUDGEMENT)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert runtime.converse(**JUDGEMENT)["stopReason"] == "tool_use"


def test_a_base_model_answers_over_http_as_in_the_process(url: str) -> None:
    asked: dict[str, Any] = {
        "modelId": "local.tiny-lm",
        "messages": [{"role": "user", "content": [{"text": "There are 12 ducks on a pond. How many are left?"}]}],
        "inferenceConfig": {"temperature": 0.6, "maxTokens": 32},
    }
    runtime, here = client(url, service="bedrock-runtime"), Client()

    for _ in range(3):
        there, expected = runtime.converse(**asked), here.converse(**asked)
        assert there["output"] == expected["output"]
        assert there["usage"] == expected["usage"]


def test_a_base_model_refuses_over_http_what_it_cannot_read(url: str) -> None:
    runtime = client(url, service="bedrock-runtime")
    messages = [{"role": "user", "content": [{"text": "A gizmo?"}]}]

    with pytest.raises(runtime.exceptions.ValidationException, match=r"local\.tiny-lm does not know gizmo"):
        runtime.converse(modelId="local.tiny-lm", messages=messages)


@pytest.mark.parametrize("model", ["amazon.nova-pro-v1:0", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova"])
def test_a_model_that_is_not_here_is_invalid(url: str, model: str) -> None:
    runtime = client(url, service="bedrock-runtime")

    with pytest.raises(runtime.exceptions.ValidationException, match="model identifier is invalid"):
        runtime.converse(**JUDGEMENT | {"modelId": model})


def test_the_runtime_has_one_operation(server: LocalBedrock) -> None:
    status, answer = call(server, "POST", "/model/local.judge/invoke", {})

    assert (status, answer["message"]) == (501, "The local Bedrock has no InvokeModel; it has Converse")
