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


def published(
    capsys: pytest.CaptureFixture[str], scores: list[Score], arn: str = ARN, lost: int | None = None
) -> list[dict[str, Any]]:
    telemetry.publish(scores, function_arn=arn, milliseconds=2.5, lost=lost)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_batch_is_one_line_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = published(capsys, [score(1.0), score(0.0)], f"{ARN}:run-0123456789ab")

    assert line.items() >= {"Project": "p", "Stage": "dev", "Run": "0123456789ab", "Source": "grader"}.items()


@pytest.mark.parametrize("arn", [ARN, f"{ARN}:3", f"{ARN}:$LATEST", ""])
def test_without_its_alias_an_invocation_belongs_to_no_run(arn: str) -> None:
    assert telemetry.run_of(arn) == "none"


def test_a_batch_s_rewards_counts_and_duration_are_measured() -> None:
    values = telemetry.measure([score(1.0), score(0.0, response="Hm.", parsed=False)], milliseconds=2.5)

    assert values == {
        metrics.GRADER_REWARD: [1.0, 0.0],
        metrics.GRADER_ERRORS: [0],
        metrics.GRADER_DURATION: [2.5],
        metrics.ROLLOUTS: [2],
    }


@pytest.mark.parametrize(("lost", "told"), [(0, [0]), (2, [2]), (None, None)])
def test_rollouts_that_were_not_kept_are_counted_where_some_are_to_be(
    lost: int | None, told: list[int] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = [score(1.0, id_="preflight/train-1"), score(1.0), score(0.0)]

    lines = published(capsys, scores, lost=lost)

    assert {line["Source"]: line.get(metrics.ROLLOUTS_LOST) for line in lines} == {"preflight": None, "grader": told}


def test_a_failed_rollout_is_counted_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    failed = score(0.0, id_="r7", error="rollout r7: no reference answer; expected …", parsed=False)

    log, line = published(capsys, [failed, score(1.0)])

    assert log == {"graderError": "rollout r7: no reference answer; expected …"}
    assert (line[metrics.GRADER_ERRORS], line[metrics.GRADER_REWARD]) == ([1], [0.0, 1.0])


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


def test_the_log_is_free_of_personal_data_where_that_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RFT_REDACT", "1")

    failed, judged, _ = published(capsys, [score(0.0, error="ada@lovelace.org", reasons={"j": "ada@lovelace.org"})])

    assert (failed["graderError"], judged["reasons"]) == ("[e-mail address]", {"j": "[e-mail address]"})


def test_preflight_is_kept_apart_from_the_policy(capsys: pytest.CaptureFixture[str]) -> None:
    lines = published(capsys, [score(1.0, id_="preflight/train-1"), score(0.0)])

    assert {line["Source"]: line[metrics.GRADER_REWARD] for line in lines} == {"preflight": [1.0], "grader": [0.0]}


def test_the_shadow_is_a_source_of_its_own(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RFT_SOURCE", metrics.SHADOW_SOURCE)

    (line,) = published(capsys, [score(0.5)])

    assert (line["Source"], line[metrics.GRADER_REWARD]) == ("shadow", [0.5])


def test_an_empty_batch_still_prints(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = published(capsys, [])

    assert line[metrics.ROLLOUTS] == [0]
