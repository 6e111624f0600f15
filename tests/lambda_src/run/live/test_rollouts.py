import gzip

import pytest

from lambda_src.reward.rollout import Rollout, Score
from lambda_src.reward.rollout_log import RolloutLog
from lambda_src.run import chat_record
from lambda_src.run.live import rollouts
from tests.lambda_src.run.live.samples import BEGAN, DIGITS, bucket, put, record, row

START = int(BEGAN.timestamp() * 1000)


def test_batches_are_found_in_the_order_of_time_over_hours_and_days() -> None:
    objects = bucket()
    late, early, next_day = (put(objects, seconds, [row(1)]) for seconds in (4000, 5, 90_000))

    assert rollouts.find(objects.client, "runs", DIGITS, since=START) == [early, late, next_day]


def test_what_was_graded_before_is_not_found() -> None:
    objects = bucket()
    put(objects, -0.001, [row(1)])
    first = put(objects, 0, [row(1)])

    assert rollouts.find(objects.client, "runs", DIGITS, since=START) == [first]


def test_what_the_grader_writes_is_read_as_it_was_graded() -> None:
    objects = bucket()
    item = chat_record.item(record(7), "r7/0", "#### 8")
    score = Score(Rollout.from_event(item), 0.75)
    RolloutLog(objects.client, "runs").write([score], event=[item], run=DIGITS, milliseconds=12.0)

    (batch,) = rollouts.read(objects.client, "runs", rollouts.find(objects.client, "runs", DIGITS, since=START))

    (read,) = batch.rows
    assert (read.reward, read.response, read.prompt_id) == (0.75, "#### 8", row(7).prompt_id)
    assert rollouts.payload(batch.name) == read.batch


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"no gzip", id="not compressed"),
        pytest.param(gzip.compress(b'{"run": "r"}\n')[:-9], id="cut off"),
        pytest.param(gzip.compress(b'{"run": "r"}\n'), id="no row"),
        pytest.param(gzip.compress(b"[1]\n"), id="no object"),
        pytest.param(gzip.compress(b"\xff\n"), id="not UTF-8"),
    ],
)
def test_an_object_that_holds_no_rollouts_is_told_and_hides_no_other(content: bytes) -> None:
    objects = bucket()
    keys = [put(objects, seconds, [row(1)]) for seconds in (1, 2)]
    objects.contents[f"s3://runs/{keys[0]}"] = content

    broken, whole = rollouts.read(objects.client, "runs", keys)

    assert keys[0] in broken.fault
    assert (len(broken.rows), len(whole.rows)) == (0, 1)
