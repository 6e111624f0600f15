from typing import Any

import pytest

from rehearsal.bedrock.training.grader import GraderError, rewards

BATCH = [{"id": "a"}, {"id": "b"}]


def result(item_id: str, score: Any) -> dict[str, Any]:
    return {"id": item_id, "aggregate_reward_score": score}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param([result("a", 1), result("b", 0.25)], id="in order"),
        pytest.param([result("b", 0.25), result("a", 1.0)], id="in another order"),
        pytest.param([result("a", 1.0) | {"metrics_list": []}, result("b", 0.25)], id="with parts"),
    ],
)
def test_rewards_are_matched_by_id(answer: Any) -> None:
    assert rewards(answer, BATCH) == [1.0, 0.25]


def test_equal_ids_are_matched_by_place() -> None:
    assert rewards([result("a", 1), result("a", 0)], [{"id": "a"}, {"id": "a"}]) == [1.0, 0.0]


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param({"a": 1}, "a JSON dict; expected a list of 2", id="not a list"),
        pytest.param([result("a", 1)], "1 results; expected a list of 2", id="one missing"),
        pytest.param([result("a", 1), result("c", 1)], r"missing: \['b'\]", id="another id"),
        pytest.param([result("a", 1), result("a", 1)], r"missing: \['b'\]", id="an id twice"),
        pytest.param([result("a", 1), 0.5], "expected an object", id="a bare number"),
        pytest.param([result("a", 1), result("b", float("nan"))], "nan for b; expected a finite", id="NaN"),
        pytest.param([result("a", 1), result("b", "1")], "'1' for b", id="text"),
        pytest.param([result("a", 1), result("b", True)], "True for b", id="truth"),
        pytest.param([result("a", 1), {"id": "b"}], "None for b", id="no score"),
    ],
)
def test_a_malformed_answer_is_refused(answer: Any, complaint: str) -> None:
    with pytest.raises(GraderError, match=complaint):
        rewards(answer, BATCH)
