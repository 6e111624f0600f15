"""What a batch looks like on the dashboard."""

import json
from typing import Any

import pytest

from lambda_src.reward import metrics, telemetry
from lambda_src.reward.rollout import Rollout, Score

ARN = "arn:aws:lambda:us-east-1:000000000000:function:grader"


@pytest.fixture(autouse=True)
def _project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RFT_PROJECT", "p")
    monkeypatch.setenv("RFT_STAGE", "dev")


def score(reward: float, *, id_: Any = "r", prompt: str = "q", response: str = "#### 18", **rest: Any) -> Score:
    return Score(Rollout(id_, response, prompt=prompt), reward, **rest)


def published(capsys: pytest.CaptureFixture[str], scores: list[Score], arn: str = ARN) -> list[dict[str, Any]]:
    telemetry.publish(scores, function_arn=arn, milliseconds=2.5)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_batch_is_one_line_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = published(capsys, [score(1.0), score(0.0)], f"{ARN}:run-0123456789ab")

    assert line.items() >= {"Project": "p", "Stage": "dev", "Run": "0123456789ab", "Source": "grader"}.items()


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:3", f"{ARN}:$LATEST", ""])
def test_without_its_alias_an_invocation_belongs_to_no_run(arn: str) -> None:
    assert telemetry.run_of(arn) == "none"


def test_rewards_lengths_and_counts_of_a_batch() -> None:
    scores = [score(1.0), score(0.0, response="Hm.", parsed=False)]

    values = telemetry.measure(scores, milliseconds=2.5)

    assert values == {
        metrics.GRADER_REWARD: [1.0, 0.0],
        metrics.REWARD_SPREAD: [0.5],
        metrics.RESPONSE_LENGTH: [7, 3],
        metrics.UNPARSED_SHARE: [0.5],
        metrics.GRADER_ERRORS: [0],
        metrics.GRADER_DURATION: [2.5],
        metrics.ROLLOUTS: [2],
    }


def test_spread_is_taken_inside_prompts() -> None:
    scores = [score(r, prompt=p) for p, r in [("a", 1.0), ("b", 0.0), ("a", 0.0), ("b", 0.0), ("alone", 1.0)]]

    assert telemetry.measure(scores, milliseconds=1)[metrics.REWARD_SPREAD] == [0.25]


def test_single_rollouts_have_no_spread() -> None:
    assert telemetry.measure([score(1.0)], milliseconds=1)[metrics.REWARD_SPREAD] == []


def test_a_failed_rollout_is_counted_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    failed = score(0.0, id_="r7", error="rollout r7: no reference answer; expected …", parsed=False)

    log, line = published(capsys, [failed, score(1.0)])

    assert log == {"graderError": "rollout r7: no reference answer; expected …"}
    assert (line[metrics.GRADER_ERRORS], line[metrics.GRADER_REWARD]) == ([1], [0.0, 1.0])
    assert line[metrics.UNPARSED_SHARE] == [0.0]


def test_failures_are_counted_by_reward_function_too(capsys: pytest.CaptureFixture[str]) -> None:
    failed = [
        score(0.0, error="broken", failed=name, parsed=False) for name in ("code.lint", "code.lint", "judge.score")
    ]

    lines = published(capsys, failed)

    counted = {line["RewardFunction"]: line[metrics.GRADER_ERRORS] for line in lines if "RewardFunction" in line}
    assert counted == {"code.lint": [2], "judge.score": [1]}
    assert next(line for line in lines if "Rollouts" in line)[metrics.GRADER_ERRORS] == [3]


def test_what_a_judge_says_is_kept_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    log, _ = published(capsys, [score(0.5, id_="r7", reasons={"judge.score": "misses the second fact"})])

    assert log == {"judged": "r7", "reward": 0.5, "reasons": {"judge.score": "misses the second fact"}}


def test_preflight_is_kept_apart_from_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    lines = published(capsys, [score(1.0, id_="preflight/train-1"), score(0.0)])

    assert {line["Source"]: line[metrics.GRADER_REWARD] for line in lines} == {"preflight": [1.0], "grader": [0.0]}


def test_an_empty_batch_still_prints(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = published(capsys, [])

    assert line[metrics.ROLLOUTS] == [0]


def test_a_batch_of_failures_prints_no_share(capsys: pytest.CaptureFixture[str]) -> None:
    _, line = published(capsys, [score(0.0, error="rollout r: broken")])

    assert metrics.UNPARSED_SHARE not in line
