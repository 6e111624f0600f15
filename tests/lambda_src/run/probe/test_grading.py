import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import TransientError
from lambda_src.run.probe import ProbeError, grading
from lambda_src.run.probe.grading import Grader
from tests.lambda_src.run.probe.pupils import grade, rollouts

ROLLOUT = rollouts([[None]])[0]  # the prompt's answer is 8, the response says 1
ID = "preflight/probe/r1/0"


def test_reward_and_parts_come_from_the_graders_answer() -> None:
    (graded,) = Grader(grade).graded([ROLLOUT])

    assert graded.reward == pytest.approx(0.1)
    assert graded.parts == {"maths.final_answer": 0.0, "maths.one_final_answer": 1.0}


def test_the_graders_telemetry_can_tell_the_items_from_a_policys() -> None:
    seen: list[Mapping[str, Any]] = []

    def spying(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        seen.extend(items)
        return grade(items)

    Grader(spying).graded([ROLLOUT])

    assert seen[0]["id"] == ID
    assert seen[0]["metadata"] == {"reference_answer": {"final_answer": "8"}}
    assert seen[0]["messages"][-1] == {"role": "assistant", "content": "#### 1"}


def test_what_cannot_be_graded_has_no_reward() -> None:
    score = {"id": ID, "aggregate_reward_score": 0.0, "error": "no reference"}

    (graded,) = Grader(lambda _: [score]).graded([ROLLOUT])

    assert (graded.reward, graded.error) == (None, "no reference")


def _raises(failure: Exception) -> Callable[[Any], Any]:
    def grader(_: Any) -> Any:
        raise failure

    return grader


@pytest.mark.parametrize(
    ("grader", "message"),
    [
        pytest.param(_raises(KeyError("x")), "the grader failed: KeyError", id="raises"),
        pytest.param(lambda _: None, "returned a NoneType for 1 items", id="no list"),
        pytest.param(lambda _: [], "returned 0 scores for 1 items", id="too few"),
        pytest.param(lambda _: [3], "returned 3; expected the id", id="no score"),
        pytest.param(lambda _: [{"id": "other"}], "returned 'other'; expected the id", id="another's id"),
        pytest.param(lambda _: [{"id": ID}], "is None; expected a number", id="no reward"),
        pytest.param(lambda _: [{"id": ID, "aggregate_reward_score": 1.5}], "is 1.5; expected", id="out of range"),
        pytest.param(lambda _: [{"id": ID, "aggregate_reward_score": True}], "is True; expected", id="truth"),
        pytest.param(lambda _: [{"id": ID, "aggregate_reward_score": float("nan")}], "is nan", id="not a number"),
    ],
)
def test_a_grader_that_cannot_be_used_ends_the_probe(grader: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ProbeError, match=message):
        Grader(grader).graded([ROLLOUT])


def test_a_grader_that_asks_for_another_try_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "_PAUSE_SECONDS", 0.001)
    left = [TransientError("throttled"), TransientError("throttled")]

    def grader(items: Sequence[Mapping[str, Any]]) -> Any:
        if left:
            raise left.pop()
        return grade(items)

    assert Grader(grader).graded([ROLLOUT])[0].reward == pytest.approx(0.1)


def test_a_grader_is_not_tried_again_when_time_is_short() -> None:
    grader = Grader(_raises(TransientError("throttled")), Deadline.after(0.5))

    with pytest.raises(ProbeError, match="could not answer 1 times: throttled"):
        grader.graded([ROLLOUT])


def test_the_slowest_batch_is_remembered() -> None:
    pauses = [0.02, 0.0]

    def grader(items: Sequence[Mapping[str, Any]]) -> Any:
        time.sleep(pauses.pop(0))
        return grade(items)

    asked = Grader(grader)
    asked.graded([ROLLOUT])
    asked.graded([ROLLOUT])

    assert asked.slowest >= 0.02
