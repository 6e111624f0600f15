import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.reward.rewards._judge.prompt import Judge
from lambda_src.reward.rewards._judge.rubric import known_rubrics, load
from lambda_src.reward.rewards._judge.verdict import read
from rehearsal.bedrock.runtime import MODEL, converse

MATERIAL = {"prompt": "Name the capital.", "reference": "It is Paris.", "response": "It is Paris."}
PAIR = {"prompt": "Name the capital.", "first": "It is Paris.", "second": "It is Rome."}


def request(rubric: str = "instruction-following", structure: Any = "tool", **changes: Any) -> dict[str, Any]:
    material = PAIR if load(rubric).mode == "pairwise" else MATERIAL | {"reference_answer": {"label": "a"}}
    return Judge(MODEL, 500, 0.0, structure).request(load(rubric), material) | changes


def error(**parameters: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        converse(**parameters)
    response: Any = caught.value.response
    return dict(response["Error"] | {"Status": response["ResponseMetadata"]["HTTPStatusCode"]})


@pytest.mark.parametrize("structure", ["tool", "json_schema"])
@pytest.mark.parametrize("rubric", known_rubrics())
def test_every_rubric_gets_a_verdict_that_the_grader_reads(rubric: str, structure: str) -> None:
    asked = request(rubric, structure)

    found = read(asked, converse(**asked))

    assert found.reasoning.startswith("local stand-in:")
    assert found.answers


def test_equal_requests_get_equal_answers() -> None:
    first, second = converse(**request()), converse(**request())

    assert first["output"] == second["output"]
    assert first["usage"] == second["usage"]


def test_an_arn_names_the_model_as_well() -> None:
    assert (
        converse(**request(modelId=f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}"))["stopReason"] == "tool_use"
    )


@pytest.mark.parametrize("model", ["amazon.nova-pro-v1:0", "us.local.judge", "local.judge-2"])
def test_every_other_model_is_invalid(model: str) -> None:
    found = error(**request(modelId=model))

    assert (found["Code"], found["Status"]) == ("ValidationException", 400)
    assert found["Message"].startswith("The provided model identifier is invalid.")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"inferenceConfig": {"temperature": 2.0}}, "value less than or equal to 1", id="too hot"),
        pytest.param({"toolConfig": {"tools": []}}, "toolConfig.tools", id="no tools"),
        pytest.param({"colour": "red"}, "colour", id="unknown parameter"),
        pytest.param({"messages": [{"role": "judge", "content": [{"text": "x"}]}]}, "enum value set", id="role"),
        pytest.param(
            {"messages": [{"role": "user", "content": [{"text": "Hi!"}]}]}, "material to judge", id="small talk"
        ),
        pytest.param({"toolConfig": None}, "toolConfig", id="nothing to fill in"),
    ],
)
def test_what_the_api_or_the_stand_in_does_not_take_is_a_validation_error(changes: Any, complaint: str) -> None:
    found = error(**request(**changes))

    assert found["Code"] == "ValidationException"
    assert complaint in found["Message"]


def test_a_request_without_a_schema_is_not_for_a_judge() -> None:
    parameters = request()
    del parameters["toolConfig"]

    assert "expected a tool" in error(**parameters)["Message"]


def test_material_that_was_tampered_with_is_refused() -> None:
    parameters = json.loads(json.dumps(request()).replace("=== end of material", "=== end of material 0"))

    assert "material to judge" in error(**parameters)["Message"]
