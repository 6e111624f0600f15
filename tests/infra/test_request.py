from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_cdk.assertions import Template
from botocore.validate import ParamValidator

from lambda_src.run.plan import METADATA, Deployed
from lambda_src.run.start_mode import StartMode
from tests.infra.synthesis import PROJECT, document, inputs_of, only, template_of, text, write_project

NAMES = {"jobName": "j", "customModelName": "m", "clientRequestToken": "t"}


@pytest.fixture(scope="module")
def request_(template: Template) -> dict[str, Any]:
    return dict(document(only(template, "Custom::BedrockRft")["Properties"]["Request"]))


def test_request_is_what_the_bedrock_api_accepts(request_: dict[str, Any]) -> None:
    """With the names that each run adds, it passes botocore's own model of the API."""
    bedrock = boto3.client("bedrock", region_name="us-east-1")
    shape = bedrock.meta.service_model.operation_model("CreateModelCustomizationJob").input_shape

    report = ParamValidator().validate(request_ | NAMES, shape)

    assert not report.has_errors(), report.generate_report()


def test_hyperparameters_keep_their_types(request_: dict[str, Any]) -> None:
    rft = request_["customizationConfig"]["rftConfig"]

    assert rft["hyperParameters"] == PROJECT["hyperParameters"]


def test_the_grader_is_the_run_s_alias(request_: dict[str, Any], template: Template) -> None:
    (alias_id,) = template.find_resources("AWS::Lambda::Alias")

    grader = request_["customizationConfig"]["rftConfig"]["graderConfig"]["lambdaGrader"]

    assert grader == {"lambdaArn": f"<{alias_id}>"}


def test_job_and_model_carry_the_project_s_tags(request_: dict[str, Any]) -> None:
    assert request_["jobTags"] == request_["customModelTags"] == [{"key": "team", "value": "research"}]


def test_the_request_asks_for_reinforcement_fine_tuning_of_the_project_s_model(request_: dict[str, Any]) -> None:
    assert (request_["customizationType"], request_["baseModelIdentifier"]) == (
        "REINFORCEMENT_FINE_TUNING",
        PROJECT["model"],
    )


def test_without_a_validation_file_none_is_asked_for() -> None:
    properties = only(template_of(validation=False), "Custom::BedrockRft")["Properties"]

    assert "validationDataConfig" not in document(properties["Request"])
    assert "validation" not in document(properties["Run"])["dataset"]


def test_what_the_deploy_uploads_is_pinned_nowhere_and_probed_only_where_asked(template: Template) -> None:
    run = document(only(template, "Custom::BedrockRft")["Properties"]["Run"])

    assert run["pinned"] == {}
    assert run["references"] == "required"
    assert "probe" not in run


def test_a_run_knows_what_its_live_cost_is_made_of() -> None:
    changes = {"prices": {"trainingHour": 12.5}, "rollouts": {"keep": 0.5}}

    run = document(only(template_of(changes), "Custom::BedrockRft")["Properties"]["Run"])

    assert run["prices"]["trainingHour"] == 12.5
    assert run["prices"].keys() == {"trainingHour", "gradingSecond", "gradingCall"}
    assert run["rollouts"] == {"keep": 0.5}
    assert "shadowRubric" not in run


@pytest.mark.parametrize(
    ("judge", "prices"),
    [
        pytest.param({"model": "m", "inputPrice": 1.5, "outputPrice": 6.0}, (1.5, 6.0), id="the project's"),
        pytest.param({"model": "amazon.nova-lite-v1:0"}, (0.06, 0.24), id="bundled"),
        pytest.param({"model": "m"}, (None, None), id="unknown"),
    ],
)
def test_a_run_knows_what_its_judge_costs(judge: dict[str, Any], prices: tuple[float | None, float | None]) -> None:
    run = document(only(template_of({"judge": judge}), "Custom::BedrockRft")["Properties"]["Run"])

    assert (run["prices"].get("judgeInput"), run["prices"].get("judgeOutput")) == prices


def test_a_run_knows_its_shadow_rubric() -> None:
    reward = {"function": "text.max_words", "weight": 1, "options": {"words": 9}}

    run = document(only(template_of({"shadow": {"reward": [reward]}}), "Custom::BedrockRft")["Properties"]["Run"])

    assert run["shadowRubric"] == [reward]


def test_the_run_is_described_by_its_inputs_and_commit(template: Template, tmp_path: Path) -> None:
    run = document(only(template, "Custom::BedrockRft")["Properties"]["Run"])

    inputs = inputs_of(write_project(tmp_path))
    assert (run["digest"], run["inputs"]) == (inputs.digest, inputs.to_json())
    assert run["git"] == {"commit": "c0ffee", "dirty": False}
    assert run["rubric"] == [{"function": "maths.final_answer", "weight": 1.0, "options": {}}]
    assert text(run["output"]).endswith("/artifacts/")


def test_the_template_says_what_the_run_is_made_of(tmp_path: Path) -> None:
    held = template_of(start=StartMode.HOLD, records={"train": 100, "validation": 10})

    deployed = Deployed.of(held.to_json(), "sums-dev-held")

    inputs = inputs_of(write_project(tmp_path))
    assert (deployed.digest, deployed.attempt, deployed.inputs) == (inputs.digest, 1, inputs.to_json())
    assert deployed.hyper_parameters == PROJECT["hyperParameters"]
    assert deployed.dataset == {
        "train": {"sha256": inputs.train, "records": 100},
        "validation": {"sha256": inputs.validation, "records": 10},
    }
    assert deployed.git == {"commit": "c0ffee", "dirty": False}
    assert deployed.rubric == [{"function": "maths.final_answer", "weight": 1.0, "options": {}}]


def test_what_the_template_says_needs_nobody_to_resolve_it(template: Template) -> None:
    assert isinstance(template.to_json()["Metadata"][METADATA], str)
