from typing import Any

import pytest

from rehearsal.bedrock.errors import ApiError
from rehearsal.bedrock.runtime.question import question
from rehearsal.completion import Question


def said(role: str, *texts: str) -> dict[str, Any]:
    return {"role": role, "content": [{"text": text} for text in texts]}


def request(**changes: Any) -> dict[str, Any]:
    return {"modelId": "local.tiny-lm", "messages": [said("user", "How many?")], **changes}


def test_settings_that_are_not_given_are_those_of_training() -> None:
    assert question("local.tiny-lm", request()) == Question("How many?", 1.0, 1.0, None)


def test_settings_are_taken_from_the_request() -> None:
    asked = request(inferenceConfig={"temperature": 0, "topP": 0.9, "maxTokens": 64}, requestMetadata={"run": "r1"})

    assert question("local.tiny-lm", asked) == Question("How many?", 0.0, 0.9, 64)


def test_all_that_is_said_is_the_prompt_in_its_order() -> None:
    asked = request(
        system=[{"text": "Be brief."}],
        messages=[said("user", "Hello.", "You there?"), said("assistant", "Yes."), said("user", "How many?")],
    )

    assert question("local.tiny-lm", asked).prompt == "Be brief.\nHello.\nYou there?\nYes.\nHow many?"


def test_extended_thinking_may_be_asked_for_and_changes_nothing() -> None:
    effort = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}

    asked = request(additionalModelRequestFields=effort)

    assert question("local.tiny-lm", asked) == question("local.tiny-lm", request())


IMAGE = {"image": {"format": "png", "source": {"bytes": b"x"}}}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"toolConfig": {"tools": []}}, "does not take toolConfig; it takes modelId, messages", id="tools"),
        pytest.param({"outputConfig": {}}, "does not take outputConfig", id="a schema"),
        pytest.param({"guardrailConfig": {}, "serviceTier": {}}, "take guardrailConfig, serviceTier", id="several"),
        pytest.param({"inferenceConfig": {"stopSequences": ["x"]}}, "inferenceConfig.stopSequences", id="stops"),
        pytest.param({"additionalModelRequestFields": {"topK": 3}}, "RequestFields.topK; it takes reas", id="topK"),
        pytest.param({"additionalModelRequestFields": 3}, "RequestFields is 3; expected an object", id="a number"),
        pytest.param({"messages": [{"role": "user", "content": [IMAGE]}]}, "messages.0.content.0 is image", id="image"),
        pytest.param({"system": [{"cachePoint": {}}]}, "reads text only; system.0 is cachePoint", id="cache point"),
        pytest.param({"messages": []}, "must start with a user message", id="nothing said"),
        pytest.param({"messages": [said("assistant", "Hi!")]}, "must start with a user message", id="own word first"),
        pytest.param({"messages": [said("user", "a"), said("user", "b")]}, "must alternate", id="two in a row"),
        pytest.param({"messages": [said("user", "a"), said("system", "b")]}, "must alternate", id="system inside"),
        pytest.param({"messages": [said("user", "a"), said("assistant", "b")]}, "must end with a user", id="prefilled"),
        pytest.param({"messages": [said("user")]}, "messages.0.content is empty", id="no content"),
        pytest.param({"messages": [said("user", "a", " \n")]}, "messages.0.content.1 is blank", id="blank"),
    ],
)
def test_what_a_base_model_does_not_take_is_refused(changes: Any, complaint: str) -> None:
    with pytest.raises(ApiError) as caught:
        question("local.tiny-lm", request(**changes))

    assert caught.value.code == "ValidationException"
    assert complaint in str(caught.value)
