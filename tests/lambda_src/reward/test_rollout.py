"""Every documented form of Bedrock's payload reads as the same rollout."""

from typing import Any

import pytest

from lambda_src.reward.rollout import (
    PayloadError,
    RecordError,
    Rollout,
    Score,
    batch,
    reference_text,
    without_thinking,
)


def item(content: Any = "#### 18", role: str = "assistant", **extra: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "How many?"}, {"role": role, "content": content}]
    return {"id": "r1", "messages": messages, **extra}


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(item(metadata={"reference_answer": "18"}), id="reference in metadata"),
        pytest.param(item(reference_answer="18"), id="reference beside metadata"),
        pytest.param(item(reference_answer="18", metadata=None), id="null metadata"),
        pytest.param(item(reference_answer="17", metadata={"reference_answer": 18}), id="metadata first"),
        pytest.param(item(reference_answer=18, metadata={"reference_answer": None}), id="null in metadata"),
        pytest.param(item(reference_answer={"final_answer": "18", "solution": "9 * 2"}), id="object"),
        pytest.param(item(reference_answer={"text": "18"}), id="text object"),
        pytest.param(item([{"type": "text", "text": "#### 18"}], reference_answer="18"), id="blocks"),
        pytest.param(item([{"text": "#### 18"}], reference_answer="18"), id="blocks without type"),
        pytest.param(item(["#### 18"], reference_answer="18"), id="plain strings in a list"),
        pytest.param(
            item([{"type": "reasoning", "text": "17?"}, {"text": "#### 18"}], reference_answer="18"),
            id="reasoning block",
        ),
        pytest.param(item("<think>#### 17</think>\n#### 18", reference_answer="18"), id="thinking"),
        pytest.param(item(role="nova_assistant", reference_answer="18"), id="role of Nova"),
    ],
)
def test_every_documented_payload_reads_as_the_same_rollout(payload: dict[str, Any]) -> None:
    rollout = Rollout.from_event(payload)

    assert (rollout.id, rollout.response, rollout.reference, rollout.prompt) == ("r1", "#### 18", "18", "How many?")


def test_the_last_answer_of_the_model_is_the_response() -> None:
    roles = ["system", "user", "assistant", "user", "assistant", "tool"]
    payload = {"id": "r1", "messages": [{"role": role, "content": f"{i}"} for i, role in enumerate(roles)]}

    rollout = Rollout.from_event(payload)

    assert (rollout.response, rollout.prompt) == ("4", "0\n\n1\n\n2\n\n3")


def test_other_fields_of_the_record_reach_the_reward_functions() -> None:
    rollout = Rollout.from_event(item(level=3, metadata={"reference_answer": {"sql": "select 1"}, "topic": "sets"}))

    assert rollout.fields == {"level": 3, "reference_answer": {"sql": "select 1"}, "topic": "sets"}


@pytest.mark.parametrize("content", [None, [], [{"image": "…"}], 18, ""])
def test_a_response_without_text_is_empty(content: Any) -> None:
    assert Rollout.from_event(item(content)).response == ""


@pytest.mark.parametrize("payload", [None, 18, "r1", [], {}, {"messages": None}, {"messages": "text"}])
def test_what_is_no_rollout_is_refused(payload: Any) -> None:
    with pytest.raises(RecordError, match=r"rollout \?: no messages; expected an object"):
        Rollout.from_event(payload)


def test_an_item_without_response_is_refused_by_its_id() -> None:
    with pytest.raises(RecordError, match="rollout r7: no response; expected a message with role assistant"):
        Rollout.from_event({"id": "r7", "messages": [{"role": "user", "content": "How many?"}, "noise"]})


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        pytest.param(0, "0", id="zero is an answer"),
        pytest.param(1.5, "1.5", id="number"),
        pytest.param({"final_answer": 0}, "0", id="zero in an object"),
        pytest.param({"answer": "18"}, "18", id="answer"),
        pytest.param({"ground_truth": "18"}, "18", id="ground_truth"),
        pytest.param({"final_answer": None, "text": "18"}, "18", id="null is no answer"),
        pytest.param({"solution": "9 * 2"}, None, id="no known key"),
        pytest.param("  ", None, id="blank"),
        pytest.param(None, None, id="null"),
        pytest.param(True, None, id="boolean"),
        pytest.param(["18"], None, id="list"),
    ],
)
def test_reference_answers_in_every_form(reference: Any, text: str | None) -> None:
    assert reference_text(reference) == text


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        pytest.param("#### 18", "#### 18", id="none"),
        pytest.param("<think>a</think>b<THINKING>c</THINKING>d", "bd", id="several"),
        pytest.param("a</think>b", "b", id="opened in the prompt"),
        pytest.param("a<think>b", "a", id="cut off"),
        pytest.param("<think>#### 18</think>", "", id="answered in thought only"),
        pytest.param("a < b <thinker>", "a < b <thinker>", id="other tags"),
        pytest.param("<think>" * 20_000, "", id="never closed"),
    ],
)
def test_thinking_is_no_part_of_the_response(text: str, spoken: str) -> None:
    assert without_thinking(text) == spoken


@pytest.mark.parametrize(
    ("event", "items"),
    [
        pytest.param([1, 2], [1, 2], id="list"),
        pytest.param({"trajectories": [1, 2]}, [1, 2], id="trajectories"),
        pytest.param({"id": "r1"}, [{"id": "r1"}], id="single item"),
        pytest.param([], [], id="empty"),
    ],
)
def test_a_batch_comes_in_three_forms(event: Any, items: list[Any]) -> None:
    assert batch(event) == items


@pytest.mark.parametrize("event", [None, "[]", 18, {"trajectories": None}])
def test_an_event_that_is_no_batch_is_refused(event: Any) -> None:
    with pytest.raises(PayloadError, match="expected a JSON array of rollouts"):
        batch(event)


def test_a_score_answers_with_its_parts() -> None:
    score = Score(Rollout("r1", ""), reward=0.9, parts={"maths.final_answer": 1.0})

    assert score.to_response() == {
        "id": "r1",
        "aggregate_reward_score": 0.9,
        "metrics_list": [{"name": "maths.final_answer", "value": 1.0, "type": "Reward"}],
    }
