"""Asking a model, as a grader's role does."""

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lambda_src.reward.rewards._judge.prompt import Judge
from lambda_src.reward.rewards._judge.rubric import load
from lambda_src.reward.rewards._judge.verdict import read
from rehearsal.environment import LocalAws
from rehearsal.grpo import Record
from rehearsal.strategist.library import prompt_of
from tests.rehearsal.strategist.runs import records

from .conftest import MakeFunction

pytestmark = pytest.mark.emulator

OWN = "arn:aws:bedrock:us-east-1:000000000000"
MATERIAL = {"prompt": "Capital of France?", "reference": "It is Paris.", "response": "It is Paris."}
FUNCTION = """
import boto3, json

def handler(request, context):
    return boto3.client("bedrock-runtime").converse(**request)["output"]["message"]
"""


def request(model: str = "local.judge") -> dict[str, Any]:
    return Judge(model, 500, 0.0, "tool").request(load("instruction-following"), MATERIAL)


def may_invoke(*resources: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": list(resources)}
    return statement | ({"Condition": {"StringEquals": condition["when"]}} if condition else {})


def model(name: str, region: str = "us-east-1") -> str:
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


def error(client: Any, **changes: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        client.converse(**request(**changes))
    return dict(caught.value.response["Error"])


def test_a_role_that_may_ask_the_judge_gets_a_verdict(role: Callable[..., str], as_role: Callable[..., Any]) -> None:
    client = as_role(role("lambda.amazonaws.com", may_invoke(model("local.judge"))), "bedrock-runtime")

    found = read(request(), client.converse(**request()))

    assert set(found.answers.values()) == {5}


def test_a_denial_names_the_permission_and_the_model(role: Callable[..., str], as_role: Callable[..., Any]) -> None:
    arn = role("lambda.amazonaws.com", may_invoke(model("amazon.nova-pro-v1:0")))

    found = error(as_role(arn, "bedrock-runtime"))

    session = arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/test"
    assert found["Code"] == "AccessDeniedException"
    assert found["Message"] == (
        f"User: {session} is not authorized to perform: bedrock:InvokeModel on resource: "
        f"{model('local.judge')} because no identity-based policy allows the bedrock:InvokeModel action"
    )


def test_another_model_is_invalid_once_it_is_allowed(role: Callable[..., str], as_role: Callable[..., Any]) -> None:
    client = as_role(role("lambda.amazonaws.com", may_invoke(model("amazon.nova-pro-v1:0"))), "bedrock-runtime")

    found = error(client, model="amazon.nova-pro-v1:0")

    assert found["Code"] == "ValidationException"
    assert found["Message"].startswith("The provided model identifier is invalid.")


@pytest.mark.parametrize("asked", ["us.amazon.nova-pro-v1:0", f"{OWN}:inference-profile/us.amazon.nova-pro-v1:0"])
def test_a_profile_needs_itself_and_its_model_through_it(
    role: Callable[..., str], as_role: Callable[..., Any], asked: str
) -> None:
    profile = f"{OWN}:inference-profile/us.amazon.nova-pro-v1:0"
    alone = may_invoke(profile)
    elsewhere = may_invoke(model("amazon.nova-pro-v1:0", "*"), when={"bedrock:InferenceProfileArn": f"{profile}-2"})
    through = may_invoke(model("amazon.nova-pro-v1:0", "*"), when={"bedrock:InferenceProfileArn": profile})

    def found(*statements: dict[str, Any]) -> dict[str, Any]:
        return error(as_role(role("lambda.amazonaws.com", *statements), "bedrock-runtime"), model=asked)

    assert f"bedrock:InvokeModel on resource: {profile}" in found(through)["Message"]
    assert f"on resource: {model('amazon.nova-pro-v1:0')}" in found(alone, elsewhere)["Message"]
    assert found(alone, through)["Code"] == "ValidationException"


def test_a_global_profile_needs_its_model_in_no_region_too(
    role: Callable[..., str], as_role: Callable[..., Any]
) -> None:
    asked = "global.amazon.nova-2-lite-v1:0"
    profile = f"{OWN}:inference-profile/{asked}"
    here = may_invoke(profile, model("amazon.nova-2-lite-v1:0"))
    nowhere = may_invoke(model("amazon.nova-2-lite-v1:0", ""), when={"aws:RequestedRegion": "unspecified"})

    def found(*statements: dict[str, Any]) -> dict[str, Any]:
        return error(as_role(role("lambda.amazonaws.com", *statements), "bedrock-runtime"), model=asked)

    assert "arn:aws:bedrock:::foundation-model/amazon.nova-2-lite-v1:0" in found(here)["Message"]
    assert found(here, nowhere)["Code"] == "ValidationException"


def test_a_function_asks_as_its_role(
    role: Callable[..., str], function: MakeFunction, invoke: Callable[..., Any]
) -> None:
    allowed = function(FUNCTION, Role=role("lambda.amazonaws.com", may_invoke(model("local.judge"))), Timeout=30)
    denied = function(FUNCTION, Timeout=30)

    assert invoke(allowed, request())["content"][0]["toolUse"]["name"] == "record_judgement"
    assert "bedrock:InvokeModel" in invoke(denied, request())["errorMessage"]


@pytest.fixture
def problem(local_aws: LocalAws, name: str) -> Record:
    """A record of a dataset in a bucket of the account."""
    problems = records("gsm8k-style", "train", 20)
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="digest/train.jsonl", Body="\n".join(map(json.dumps, problems)).encode())
    return problems[0]


def completion(model: str, prompt: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": [{"text": prompt}]}]
    return {"modelId": model, "messages": messages, "inferenceConfig": {"temperature": 0.6, "maxTokens": 64}}


@pytest.mark.parametrize("base_model", ["local.tiny-lm", "local.strategist"])
def test_a_base_model_answers_a_role_that_may_ask_it(
    role: Callable[..., str], as_role: Callable[..., Any], problem: Record, base_model: str
) -> None:
    client = as_role(role("lambda.amazonaws.com", may_invoke(model(base_model))), "bedrock-runtime")

    answers = [client.converse(**completion(base_model, prompt_of(problem))) for _ in range(8)]

    assert {answer["stopReason"] for answer in answers} <= {"end_turn", "max_tokens"}
    assert len({answer["output"]["message"]["content"][0]["text"] for answer in answers}) > 1


@pytest.mark.parametrize(("base_model", "allowed"), [("tiny-lm", "strategist"), ("strategist", "tiny-lm")])
def test_a_role_that_may_ask_one_base_model_may_not_ask_another(
    role: Callable[..., str], as_role: Callable[..., Any], problem: Record, base_model: str, allowed: str
) -> None:
    client = as_role(role("lambda.amazonaws.com", may_invoke(model(f"local.{allowed}"))), "bedrock-runtime")

    with pytest.raises(client.exceptions.AccessDeniedException) as caught:
        client.converse(**completion(f"local.{base_model}", prompt_of(problem)))

    assert f"bedrock:InvokeModel on resource: {model(f'local.{base_model}')} because" in str(caught.value)


def test_the_strategist_sees_a_dataset_as_soon_as_it_is_in_a_bucket(local_aws: LocalAws, name: str) -> None:
    client, s3 = local_aws.client("bedrock-runtime"), local_aws.client("s3")
    prompts = [f"{prompt_of(record)} ({name})" for record in records("gsm8k-style", "train", 2)]
    lines = [
        {"messages": [{"role": "user", "content": prompt}], "reference_answer": str(number)}
        for number, prompt in enumerate(prompts)
    ]
    s3.create_bucket(Bucket=name)
    with pytest.raises(client.exceptions.ValidationException, match=r"looks for prompts in the .* of the account"):
        client.converse(**completion("local.strategist", prompts[1]))

    s3.put_object(Bucket=name, Key="new.jsonl", Body="\n".join(map(json.dumps, lines)).encode())

    assert client.converse(**completion("local.strategist", prompts[1]))["stopReason"] == "end_turn"


@pytest.fixture
def throttled(local_aws: LocalAws) -> Iterator[None]:
    """The next call of the judge is throttled."""
    fault = {"operation": "Converse", "error": "ThrottlingException", "message": "Too many tokens", "times": 1}
    _internal(local_aws, "POST", fault)
    yield
    _internal(local_aws, "DELETE", None)


@pytest.mark.usefixtures("throttled")
def test_a_judge_can_be_throttled_on_demand(local_aws: LocalAws) -> None:
    client = local_aws.client("bedrock-runtime", config=Config(retries={"total_max_attempts": 1}))

    assert error(client) == {"Code": "ThrottlingException", "Message": "Too many tokens"}
    assert client.converse(**request())["stopReason"] == "tool_use"


def _internal(aws: LocalAws, method: str, body: Any) -> None:
    address = urlsplit(aws.bedrock_url or "")
    connection = HTTPConnection(str(address.hostname), address.port, timeout=5)
    connection.request(method, "/_rft/faults", json.dumps(body), {"x-rft-secret": aws.secret})
    assert connection.getresponse().status == 200
