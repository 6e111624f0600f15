import math
from typing import Any

import pytest

from lambda_src.reward.rewards._judge.prompt import Judge
from lambda_src.reward.rewards._judge.rubric import load
from lambda_src.reward.rewards._judge.verdict import UnreadableVerdictError, read
from tests.lambda_src.reward.rewards.conftest import answer, verdict

TOOL = Judge("m", 500, 0.0, "tool").request(load("outcome"), {})
JSON = Judge("m", 500, 0.0, "json_schema").request(load("outcome"), {})
GOOD = '{"reasoning": "Done.", "outcome": 4, "grounding": 5}'


def test_a_call_of_the_tool_is_a_verdict() -> None:
    found = read(TOOL, verdict(outcome=4, grounding=5))

    assert found.answers == {"outcome": 4, "grounding": 5}
    assert found.reasoning == "Because."


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert read(TOOL, verdict(outcome=4.0, grounding=5)).answers["outcome"] == 4


@pytest.mark.parametrize(
    ("mark", "complaint"),
    [
        pytest.param(0, "outcome is 0; expected one of 1, 2, 3, 4, 5", id="too low"),
        pytest.param(6, "outcome is 6", id="too high"),
        pytest.param(4.5, "outcome is 4.5", id="between two marks"),
        pytest.param(math.nan, "outcome is nan", id="not a number"),
        pytest.param(math.inf, "outcome is inf", id="infinite"),
        pytest.param(True, "outcome is True", id="truth"),
        pytest.param("5", "outcome is '5'", id="text"),
        pytest.param([5], r"outcome is \[5\]", id="list"),
        pytest.param(None, "outcome is None", id="null"),
    ],
)
def test_anything_but_a_mark_of_the_scale_is_no_verdict(mark: Any, complaint: str) -> None:
    with pytest.raises(UnreadableVerdictError, match=complaint):
        read(TOOL, verdict(outcome=mark, grounding=5))


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        pytest.param(verdict(outcome=4), "grounding is None", id="mark missing"),
        pytest.param(verdict(outcome=4, grounding=5, reasoning=None), "reasoning is None", id="no reasoning"),
        pytest.param(verdict(outcome=4, grounding=5, stop="max_tokens"), "stopped with max_tokens", id="cut off"),
        pytest.param(
            verdict(outcome=4, grounding=5, stop="guardrail_intervened"), "guardrail_intervened", id="guardrail"
        ),
        pytest.param(answer([{"text": GOOD}]), "called no tool", id="text in place of the call"),
        pytest.param(answer([], "tool_use"), "called no tool", id="nothing"),
        pytest.param(
            answer([{"toolUse": {"name": "other", "input": {"outcome": 5}}}], "tool_use"), "'other'", id="another tool"
        ),
        pytest.param(
            answer([*verdict(outcome=5)["output"]["message"]["content"]] * 2, "tool_use"), "expected .*, once", id="two"
        ),
        pytest.param(
            answer([{"toolUse": {"name": "record_judgement", "input": "5"}}], "tool_use"),
            "an object",
            id="input a text",
        ),
    ],
)
def test_an_answer_without_one_whole_call_is_no_verdict(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UnreadableVerdictError, match=complaint):
        read(TOOL, given)


def test_an_answer_to_a_schema_is_a_verdict() -> None:
    assert read(JSON, answer([{"text": GOOD}])).answers == {"outcome": 4, "grounding": 5}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Here it is: {GOOD}", id="something before"),
        pytest.param(f'{{"score": 1.0}} {GOOD}', id="a quoted score first"),
        pytest.param(GOOD.replace("4", "NaN"), id="not a number"),
        pytest.param(GOOD.replace('"grounding": 5', '"outcome": 5, "grounding": 5'), id="a key twice"),
        pytest.param("[" * 50_000, id="deep nesting"),
        pytest.param(f"[{GOOD}]", id="a list"),
        pytest.param("", id="empty"),
    ],
)
def test_a_text_that_is_not_one_json_object_is_no_verdict(text: str) -> None:
    with pytest.raises(UnreadableVerdictError):
        read(JSON, answer([{"text": text}]))
