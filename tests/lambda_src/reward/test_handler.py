"""The Lambda as Bedrock sees it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.local_s3 import LocalS3, local_s3
from lambda_src.reward import handler as module
from lambda_src.reward import metrics
from lambda_src.reward.rollout import PayloadError, TransientError
from lambda_src.reward.rollout_log import RolloutLog

CONTEXT = SimpleNamespace(
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:g:run-0123456789ab",
    get_remaining_time_in_millis=lambda: 300_000,
)


@pytest.fixture(autouse=True)
def _deployed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    rubric = tmp_path / "rubric.json"
    rubric.write_text(json.dumps([{"function": "maths.final_answer", "weight": 1.0}]))
    for name, value in {"RFT_RUBRIC": str(rubric), "RFT_PROJECT": "p", "RFT_STAGE": "dev"}.items():
        monkeypatch.setenv(name, value)
    module._rubric.cache_clear()
    module._guard.cache_clear()
    yield
    module._guard().close()
    module._rubric.cache_clear()
    module._guard.cache_clear()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalS3]:
    """A bucket that the grader's log goes to."""
    with local_s3() as server:
        log = RolloutLog(server.client(retries={"total_max_attempts": 1}), "runs")
        monkeypatch.setattr(module, "_log", lambda: log)
        yield server


def item(id_: str, response: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": "How many?"}, {"role": "assistant", "content": response}]
    return {"id": id_, "messages": messages, "metadata": {"reference_answer": {"final_answer": 18}}}


def test_a_batch_is_answered_item_by_item(capsys: pytest.CaptureFixture[str]) -> None:
    responses = module.handler([item("r1", "#### 18"), item("r2", "#### 17")], CONTEXT)

    assert [(r["id"], r["aggregate_reward_score"]) for r in responses] == [("r1", 1.0), ("r2", 0.0)]
    assert json.loads(capsys.readouterr().out)[metrics.ROLLOUTS] == [2]


def test_every_answer_is_plain_json(capsys: pytest.CaptureFixture[str]) -> None:
    responses = module.handler([item("r\ud800\n1", "\ud800"), None, item("r2", "#### 18")], CONTEXT)

    assert json.loads(json.dumps(responses, allow_nan=False)) == responses
    assert all(json.loads(line) for line in capsys.readouterr().out.splitlines())


def test_a_single_item_is_a_batch_of_one() -> None:
    assert len(module.handler(item("r1", "#### 18"), CONTEXT)) == 1


def test_a_rubric_that_reads_no_reference_grades_items_without(capsys: pytest.CaptureFixture[str]) -> None:
    """As Bedrock sends them for records that have none."""
    rubric = [{"function": "text.max_words", "weight": 1.0, "options": {"words": 4}}]
    Path(os.environ["RFT_RUBRIC"]).write_text(json.dumps(rubric))
    items = [{key: value for key, value in item(f"r{n}", "so it is").items() if key != "metadata"} for n in range(3)]
    items[1]["metadata"] = {"reference_answer": None, "logged_response": "It is."}

    responses = module.handler(items, CONTEXT)

    assert [response["aggregate_reward_score"] for response in responses] == [1.0] * 3
    measured = json.loads(capsys.readouterr().out)
    assert measured[metrics.GRADER_ERRORS] == [0]


def test_what_is_no_batch_raises() -> None:
    with pytest.raises(PayloadError):
        module.handler("nonsense", CONTEXT)


def test_a_batch_without_time_left_is_given_back_to_bedrock() -> None:
    late = SimpleNamespace(**vars(CONTEXT) | {"get_remaining_time_in_millis": lambda: 1_000})

    with pytest.raises(TransientError, match=r"rollout r1: 0\.0 s are left"):
        module.handler([item("r1", "#### 18")], late)


def test_what_is_graded_is_kept(s3: LocalS3, capsys: pytest.CaptureFixture[str]) -> None:
    module.handler([item("r1", "#### 18")], CONTEXT)

    assert [path.startswith("/runs/rollouts/run%3D0123456789ab/") for path in s3.objects] == [True]
    assert json.loads(capsys.readouterr().out)[metrics.ROLLOUTS_LOST] == [0]


def test_a_lost_log_changes_no_score(s3: LocalS3, capsys: pytest.CaptureFixture[str]) -> None:
    s3.status = 403

    responses = module.handler([item("r1", "#### 18")], CONTEXT)

    assert [response["aggregate_reward_score"] for response in responses] == [1.0]
    assert json.loads(capsys.readouterr().out.splitlines()[-1])[metrics.ROLLOUTS_LOST] == [1]


@pytest.mark.parametrize(
    ("id_", "arn"),
    [
        pytest.param("preflight/train-1", CONTEXT.invoked_function_arn, id="the deployment's own check"),
        pytest.param("r1", CONTEXT.invoked_function_arn.rpartition(":")[0], id="no run"),
    ],
)
def test_what_no_policy_in_training_wrote_is_not_kept(id_: str, arn: str, s3: LocalS3) -> None:
    context = SimpleNamespace(**vars(CONTEXT) | {"invoked_function_arn": arn})

    module.handler([item(id_, "#### 18")], context)

    assert not s3.objects
