import io
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from rehearsal.bedrock.errors import JobFailure
from rehearsal.bedrock.training import grader
from rehearsal.bedrock.training.grader import Grader, GraderError, rewards

BATCH = [{"id": "a"}, {"id": "b"}]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the tries hardly any time passes."""
    monkeypatch.setattr(grader, "_BACKOFF_SECONDS", 0.001)


class Function:
    """A Lambda client whose function answers from a list, one entry a call."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def invoke(self, **_: Any) -> Mapping[str, Any]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        failed = isinstance(answer, dict) and "errorType" in answer
        return {"Payload": io.BytesIO(json.dumps(answer).encode())} | ({"FunctionError": "Unhandled"} if failed else {})


RAISED = {"errorType": "KeyError", "errorMessage": "'reference_answer'"}
TIMED_OUT = {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 300.00 seconds"}


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


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        pytest.param(RAISED, "KeyError: 'reference_answer'", id="raises"),
        pytest.param(TIMED_OUT, "Task timed out after 300", id="times out"),
        pytest.param(ReadTimeoutError(endpoint_url="http://127.0.0.1"), "Read timeout", id="never answers"),
        pytest.param([{"id": "a", "score": 1}], "1 results; expected a list of 2", id="answers malformed"),
    ],
)
def test_a_grader_that_fails_three_times_fails_the_job_with_its_own_words(answer: Any, complaint: str) -> None:
    function = Function(answer, answer, answer)

    with pytest.raises(JobFailure, match=f"failed 3 times: .*{complaint}"):
        Grader(function, "arn:grader", "arn:role").grade(BATCH)

    assert not function.answers


def test_a_grader_may_fail_twice() -> None:
    function = Function(RAISED, TIMED_OUT, [result("a", 1), result("b", 0.5)])

    assert Grader(function, "arn:grader", "arn:role").grade(BATCH) == [1.0, 0.5]


def test_a_denied_grader_is_not_tried_again() -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, "Invoke")
    function = Function(denied, denied)

    with pytest.raises(JobFailure, match="lambda:InvokeFunction"):
        Grader(function, "arn:grader", "arn:role").grade(BATCH)

    assert len(function.answers) == 1
