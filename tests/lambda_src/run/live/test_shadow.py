import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambda_src.reward.rollout_row import Row
from lambda_src.run.live.prompts import Prompts
from lambda_src.run.live.shadow import Shadow, chosen
from lambda_src.run.steps import Step
from tests.lambda_src.run.live.samples import WATCHED, bucket, step_rows, validation_rows

ARN = "arn:aws:lambda:us-east-1:000000000000:function:shadow:run-0123456789ab"
_CREDENTIALS: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts.read(bucket().client, WATCHED["dataset"])


class Answering:
    """A client of Lambda that answers as it is told."""

    def __init__(self, *answers: Any, error: bool = False) -> None:
        self.client: Any = boto3.Session(**_CREDENTIALS).client("lambda", region_name="us-east-1")
        self.asked: list[list[dict[str, Any]]] = []
        self._stubber = Stubber(self.client)
        for answer in answers:
            function_error = {"FunctionError": "Unhandled"} if error else {}
            payload = io.BytesIO(json.dumps(answer).encode())
            self._stubber.add_response("invoke", {"StatusCode": 200, "Payload": payload, **function_error})
        self._stubber.activate()
        self.client.meta.events.register("provide-client-params.lambda", self._note)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        assert params["FunctionName"] == ARN
        self.asked.append(json.loads(params["Payload"]))


def scores(*rewards: float) -> list[dict[str, Any]]:
    return [{"id": str(i), "aggregate_reward_score": reward} for i, reward in enumerate(rewards)]


def test_a_sample_is_graded_with_its_references_and_both_rewards_are_told(prompts: Prompts) -> None:
    rows = step_rows(reward=0.75)
    answering = Answering(scores(0.5, 0.25, 0.0, 0.25))
    shadow = Shadow(answering.client, ARN, 4)

    step, fault = shadow.judge(Step(3), rows, prompts)

    assert (step.shadow_reward, step.shadowed_reward, step.shadowed, fault) == (0.25, 0.75, 4, "")
    ((first, *_),) = answering.asked
    assert first["messages"][-1]["content"].endswith(first["metadata"]["reference_answer"]["final_answer"])
    assert shadow.used.calls == 1


def test_what_the_shadow_s_judges_use_is_told(prompts: Prompts) -> None:
    metrics = [{"name": "judgeInputTokens", "value": 300, "type": "Metric"}]
    shadow = Shadow(Answering([score | {"metrics_list": metrics} for score in scores(1.0, 1.0)]).client, ARN, 2)

    shadow.judge(Step(1), step_rows(), prompts)

    assert shadow.used.judge_input == 600.0


def test_a_large_sample_is_graded_in_several_calls(prompts: Prompts) -> None:
    rows = [each for first in (0, 16, 32) for each in step_rows(first=first)]
    tail = [{"id": str(i), "aggregate_reward_score": 1.0} for i in range(64, 96)]
    answering = Answering(scores(*[0.0] * 64), tail)

    step, _ = Shadow(answering.client, ARN, 200).judge(Step(1), rows, prompts)

    assert [len(items) for items in answering.asked] == [64, 32]
    assert step.shadowed == 96
    assert step.shadow_reward == pytest.approx(1 / 3)


def test_the_same_responses_are_drawn_again_whatever_comes_between(prompts: Prompts) -> None:
    rows = step_rows()

    drawn = chosen(rows, prompts, 8)

    assert chosen(list(reversed(rows)), prompts, 8) == drawn
    assert len({row.prompt_id for row in drawn}) > 4


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([row.without_texts() for row in step_rows()], id="no texts"),
        pytest.param([replace(row, error="no reference") for row in step_rows()], id="not graded"),
        pytest.param(validation_rows(), id="not trained on"),
    ],
)
def test_what_cannot_be_graded_is_not_drawn_and_that_is_told(rows: Sequence[Row], prompts: Prompts) -> None:
    step, fault = Shadow(Answering().client, ARN, 8).judge(Step(1), rows, prompts)

    assert step.shadow_reward is None
    assert "the shadow grades none" in fault


@pytest.mark.parametrize(
    ("answering", "reason"),
    [
        pytest.param(Answering({"errorMessage": "timed out"}, error=True), "timed out", id="failed"),
        pytest.param(Answering({"no": "list"}), "something else", id="no list"),
        pytest.param(Answering([{"id": "0"}]), "aggregate_reward_score", id="no reward"),
        pytest.param(Answering(scores(1.0)), "something else", id="too few"),
    ],
)
def test_a_shadow_that_gives_no_rewards_costs_that_step_its_own(
    answering: Answering, reason: str, prompts: Prompts
) -> None:
    step, fault = Shadow(answering.client, ARN, 2).judge(Step(7), step_rows(), prompts)

    assert step == Step(7)
    assert "step 7" in fault
    assert reason in fault
