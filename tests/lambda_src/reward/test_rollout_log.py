import gzip
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.local_s3 import LocalS3, local_s3
from lambda_src.reward.rollout import Rollout, Score
from lambda_src.reward.rollout_log import RolloutLog, is_kept
from lambda_src.reward.rollout_row import Row, prompt_id

RUN = "0123456789ab"
EVENT = [{"id": "r1"}]
KEY = re.compile(rf"/runs/rollouts/run%3D{RUN}/day%3D\d{{4}}-\d\d-\d\d/hour%3D\d\d/\d{{13}}-[0-9a-f]{{16}}\.jsonl\.gz")


@pytest.fixture
def s3() -> Iterator[LocalS3]:
    with local_s3() as server:
        yield server


def log(s3: LocalS3, **settings: Any) -> RolloutLog:
    return RolloutLog(s3.client(retries={"total_max_attempts": 1}), "runs", **settings)


def score(prompt: str = "q", response: str = "#### 18", **rest: Any) -> Score:
    return Score(Rollout("r", response, prompt=prompt), 1.0, **rest)


def written(log: RolloutLog, scores: list[Score], event: object = EVENT) -> int:
    return log.write(scores, event=event, run=RUN, milliseconds=2.5)


def rows(s3: LocalS3) -> list[Row]:
    (body,) = s3.objects.values()
    return [Row.from_json(json.loads(line)) for line in gzip.decompress(body).splitlines()]


def test_a_batch_is_one_object_of_its_run_and_hour_with_a_line_per_rollout(s3: LocalS3) -> None:
    lost = written(log(s3), [score(response="#### 18"), score(response="#### 17")])

    assert lost == 0
    assert [bool(KEY.fullmatch(path)) for path in s3.objects] == [True]
    assert [row.response for row in rows(s3)] == ["#### 18", "#### 17"]
    assert {(row.run, row.milliseconds) for row in rows(s3)} == {(RUN, 2.5)}


def test_keys_are_in_the_order_of_time(s3: LocalS3) -> None:
    for number in range(3):
        written(log(s3), [score()], event=number)
        time.sleep(0.002)

    assert list(s3.objects) == sorted(s3.objects)


def test_a_payload_that_is_sent_again_has_the_same_hash_and_another_has_another(s3: LocalS3) -> None:
    for event in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}):
        written(log(s3), [score()], event=event)

    hashes = [re.findall(r"-(\w{16})\.", path)[0] for path in s3.objects]
    assert hashes[0] == hashes[1] != hashes[2]


def test_numbers_of_all_are_kept_and_texts_of_a_share_of_the_prompts(s3: LocalS3) -> None:
    prompts = [f"Question {number}" for number in range(200) for _ in range(2)]

    written(log(s3, keep=0.3), [score(prompt) for prompt in prompts])

    found = rows(s3)
    with_text = {row.prompt_id for row in found if row.response}
    assert [row.prompt_id for row in found] == [prompt_id(prompt) for prompt in prompts]
    assert all((row.prompt_id in with_text) == (row.prompt is not None) for row in found)
    assert 40 <= len(with_text) <= 80


@pytest.mark.parametrize(("share", "kept"), [(0.0, False), (1.0, True)])
@pytest.mark.parametrize("id_", ["0" * 16, "f" * 16])
def test_all_and_none_are_shares_too(share: float, kept: bool, id_: str) -> None:
    assert is_kept(id_, share) is kept


def test_personal_data_is_replaced_where_that_is_asked_for(s3: LocalS3) -> None:
    mail = "Write to ada@lovelace.org"
    told = score(mail, mail, error=mail, reasons={"judge.score": mail})

    written(log(s3, redact=True), [told, score()])

    clean, untouched = rows(s3)
    texts = {clean.prompt, clean.response, clean.error, *clean.reasons.values()}
    assert texts == {"Write to [e-mail address]"}
    assert (clean.redacted, untouched.redacted) == (True, False)
    assert clean.prompt_id == prompt_id(mail)


def test_it_is_not_where_it_is_not(s3: LocalS3) -> None:
    written(log(s3), [score("Write to ada@lovelace.org")])

    assert rows(s3)[0].prompt == "Write to ada@lovelace.org"


@pytest.mark.parametrize("text", ["\ud800", "\u2028\n\r\n", "\0", "\N{GRINNING FACE}"])
def test_any_text_is_one_line(text: str, s3: LocalS3) -> None:
    written(log(s3), [score(response=text)])

    assert [row.response for row in rows(s3)] == [text]


def test_nothing_is_written_of_no_rollouts(s3: LocalS3) -> None:
    assert written(log(s3), []) == 0
    assert not s3.objects


@pytest.mark.parametrize("status", [403, 503])
def test_what_s3_refuses_is_counted_and_said(status: int, s3: LocalS3, capsys: pytest.CaptureFixture[str]) -> None:
    s3.status = status

    lost = written(log(s3), [score(), score()])

    line = json.loads(capsys.readouterr().out)
    assert (lost, line["rolloutsLost"]) == (2, 2)
    assert line["why"].startswith("ClientError: ")


def test_a_batch_does_not_wait_for_a_bucket_that_does_not_answer(
    s3: LocalS3, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambda_src.reward.rollout_log.PATIENCE_SECONDS", 0.2)
    s3.answering.clear()
    started = time.monotonic()

    lost = written(log(s3), [score()])

    assert (lost, time.monotonic() - started < 2) == (1, True)
    assert "TimeoutError" in capsys.readouterr().out


def test_no_bucket_is_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RFT_ROLLOUTS", raising=False)

    assert RolloutLog.from_environment() is None


def test_the_environment_says_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"RFT_ROLLOUTS": "runs", "RFT_KEEP": "0.25", "RFT_REDACT": "1", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    found = RolloutLog.from_environment()

    assert found is not None
    assert (found.bucket, found.keep, found.redact) == ("runs", 0.25, True)
