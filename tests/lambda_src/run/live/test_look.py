import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.run.live.look import Look, Seen
from lambda_src.run.live.shadow import Shadow
from tests.lambda_src.run.live.samples import (
    DIGITS,
    NAME,
    WATCHED,
    bucket,
    job,
    put,
    record,
    row,
    step_rows,
    validation_rows,
)
from tests.lambda_src.run.live.test_shadow import ARN, Answering, scores
from tests.lambda_src.run.objects import Objects


def look(
    objects: Objects,
    live: Mapping[str, Any] | None = None,
    *,
    status: str = "InProgress",
    shadow: Shadow | None = None,
    seconds: float = 600.0,
    **changes: Any,
) -> Seen:
    """A look; what it leaves goes through JSON, as it does on its way to the next one."""
    looking = Look(
        s3=objects.client,
        bucket="runs",
        run=WATCHED | changes,
        name=NAME,
        job=job(status),
        shadow=shadow,
        seconds_left=lambda: seconds,
    )
    seen = looking(live)
    json.dumps(seen.live)
    return seen


def curve(seen: Seen, key: str) -> list[Any]:
    return [step[key] for step in json.loads(json.dumps(seen.live))["steps"]]


def test_before_the_first_rollout_nothing_is_known_but_the_size_of_the_run() -> None:
    seen = look(bucket())

    assert (seen.live["run"], seen.live["jobStatus"], seen.live["rolloutsPerStep"]) == (NAME, "InProgress", 32)
    assert (seen.live["totalSteps"], seen.live["steps"], seen.progress) == (4, [], 0.0)


def test_rollouts_become_the_steps_that_they_fill() -> None:
    objects = bucket()
    put(objects, 10, step_rows(reward=0.25))
    put(objects, 20, step_rows(first=16, reward=0.75))
    put(objects, 30, step_rows(first=32, size=8))

    seen = look(objects)

    assert curve(seen, "trainingReward") == [0.25, 0.75]
    assert curve(seen, "rollouts") == [32, 32]
    assert curve(seen, "time") == ["2026-11-23T12:00:10.000+00:00", "2026-11-23T12:00:20.000+00:00"]
    assert seen.progress == 0.5


def test_looking_often_and_once_come_to_the_same() -> None:
    rows = [row(i % 64, i // 64, reward=i % 7 / 6) for i in range(128)]
    batches = [rows[i : i + 20] for i in range(0, 128, 20)]
    batches.insert(2, validation_rows(0.5))
    often, once = bucket(), bucket()
    live: Mapping[str, Any] | None = None
    fresh: list[int] = []

    for number, batch in enumerate(batches):
        put(often, number + 1, batch)
        put(once, number + 1, batch)
        seen = look(often, live)
        live = json.loads(json.dumps(seen.live))
        fresh += [step.step for step in seen.fresh]

    whole = look(once).live
    assert live is not None
    assert fresh == [1, 2, 3, 4]
    assert {key: live[key] for key in ("steps", "findings", "bands", "cursor")} == json.loads(
        json.dumps({key: whole[key] for key in ("steps", "findings", "bands", "cursor")})
    )


def test_a_look_that_is_repeated_finds_the_same() -> None:
    objects = bucket()
    put(objects, 10, step_rows())
    before = look(objects).live
    put(objects, 20, step_rows(first=16, size=20))

    first, second = (look(objects, before, status="Completed").live for _ in range(2))

    assert {**first, "updated": ""} == {**second, "updated": ""}


def test_an_earlier_run_of_the_same_inputs_has_no_part_in_it() -> None:
    objects = bucket()
    put(objects, -60, step_rows(reward=0.0))
    put(objects, 60, step_rows(reward=1.0))

    assert curve(look(objects), "trainingReward") == [1.0]


def test_a_batch_that_appears_after_younger_ones_is_not_lost() -> None:
    objects = bucket()
    put(objects, 100, step_rows())
    live = look(objects).live

    put(objects, 40, step_rows(size=16))
    put(objects, 130, step_rows(size=16))

    assert curve(look(objects, live), "rollouts") == [32, 32]


def test_a_step_may_take_hours() -> None:
    objects = bucket()
    live: Mapping[str, Any] | None = None

    for number, reward in enumerate((1.0, 0.0, 0.0, 0.0)):
        put(objects, number * 3600, [row(number * 4 + i // 2, i % 2, reward=reward) for i in range(8)])
        live = look(objects, live).live

    assert live is not None
    assert [step["trainingReward"] for step in live["steps"]] == [0.25]


def test_validation_before_the_first_step_is_the_first_step_s_and_later_the_step_s_before_it() -> None:
    objects = bucket()
    put(objects, 1, validation_rows(0.25))
    put(objects, 2, step_rows())
    put(objects, 3, step_rows())
    put(objects, 4, validation_rows(0.75))
    put(objects, 5, step_rows())

    assert curve(look(objects), "validationReward") == [0.25, 0.75, None]


def test_validation_is_over_when_the_next_step_is_full() -> None:
    objects = bucket()
    put(objects, 1, step_rows())
    put(objects, 2, validation_rows(1.0)[:5])
    first = look(objects)
    put(objects, 3, validation_rows(0.0)[5:])
    put(objects, 4, step_rows())
    second = look(objects, first.live)

    assert (curve(first, "validationReward"), list(first.validated)) == ([1.0], [])
    assert [step.validation_reward for step in second.validated] == [0.5]


def test_the_end_of_the_job_ends_the_validation_and_the_run() -> None:
    objects = bucket()
    put(objects, 1, step_rows())
    put(objects, 2, validation_rows(0.5))

    seen = look(objects, status="Completed")

    assert [step.validation_reward for step in seen.validated] == [0.5]
    assert (seen.live["totalSteps"], seen.progress) == (1, 1.0)


@pytest.mark.parametrize(
    ("size", "steps"), [pytest.param(16, [32, 16], id="half full"), pytest.param(15, [32], id="too little to tell")]
)
def test_a_last_step_counts_where_it_is_half_full(size: int, steps: list[int]) -> None:
    objects = bucket()
    put(objects, 1, step_rows())
    put(objects, 2, step_rows(size=size))

    assert curve(look(objects), "rollouts") == [32]
    assert curve(look(objects, status="Stopped"), "rollouts") == steps


def test_what_there_is_no_time_for_is_left_to_another_look_at_once() -> None:
    objects = bucket()
    put(objects, 1, step_rows())

    hurried = look(objects, seconds=30, status="Completed")
    later = look(objects, hurried.live, status="Completed")

    assert hurried.behind
    assert "1 batches of rollouts have not been read yet" in hurried.live["notes"]
    assert (curve(later, "rollouts"), later.behind) == ([32], False)


def test_the_shadow_is_asked_about_each_full_step_once() -> None:
    objects = bucket()
    put(objects, 1, step_rows(reward=0.75))
    answering = Answering(scores(*[0.5] * 8))
    live = look(objects, shadow=Shadow(answering.client, ARN, 8)).live

    seen = look(objects, live, shadow=Shadow(answering.client, ARN, 8))

    assert (curve(seen, "shadowReward"), curve(seen, "shadowedReward"), curve(seen, "shadowed")) == ([0.5], [0.75], [8])
    assert len(answering.asked) == 1


def test_a_shadow_that_there_is_no_time_for_is_not_asked_and_that_is_told() -> None:
    objects = bucket()
    put(objects, 1, step_rows())

    seen = look(objects, shadow=Shadow(Answering().client, ARN, 8), seconds=100)

    assert curve(seen, "shadowReward") == [None]
    assert "there was no time to ask the shadow grader about step 1" in seen.live["notes"]


def test_what_went_wrong_is_told_at_every_later_look() -> None:
    objects = bucket()
    objects.contents[f"s3://runs/{put(objects, 1, [row(1)])}"] = b"broken"
    put(objects, 2, step_rows())

    live = look(objects, look(objects).live).live

    (note,) = [note for note in live["notes"] if "holds no rollouts" in note]
    assert f"run={DIGITS}" in note


def test_prompts_that_the_dataset_lacks_are_told() -> None:
    objects = bucket()
    objects.contents["s3://data/hash/train.jsonl"] = json.dumps(record(99)).encode()
    put(objects, 1, step_rows())

    assert any("prompts that the dataset lacks" in note for note in look(objects).live["notes"])


def test_steps_that_cut_groups_apart_are_told() -> None:
    objects = bucket()
    put(objects, 1, [row(40)])
    put(objects, 2, step_rows())

    assert any("steps may be counted off" in note for note in look(objects).live["notes"])


def test_steps_of_whole_groups_are_not() -> None:
    objects = bucket()
    put(objects, 1, step_rows())

    assert look(objects).live["notes"] == []


@pytest.mark.parametrize(
    ("hyper_parameters", "assumed", "size"),
    [
        pytest.param({"batchSize": 16}, "trainingSamplePerPrompt is left", 128, id="one"),
        pytest.param({}, "batchSize and trainingSamplePerPrompt are left", 1024, id="both"),
    ],
)
def test_sizes_that_the_service_chooses_are_assumed_and_that_is_told(
    hyper_parameters: dict[str, int], assumed: str, size: int
) -> None:
    live = look(bucket(), hyperParameters=hyper_parameters).live

    assert live["rolloutsPerStep"] == size
    assert any(note.startswith(assumed) for note in live["notes"])


def test_what_steps_use_is_added_up_over_all_looks() -> None:
    objects = bucket()
    judged = {"judgeInputTokens": 100.0, "judgeOutputTokens": 10.0}
    live: Mapping[str, Any] | None = None

    for number in (1, 2):
        put(objects, number, [row(i, metrics=judged) for i in range(32)])
        live = look(objects, live).live

    assert live is not None
    usage = live["cursor"]["usage"]
    assert (usage["calls"], usage["milliseconds"], usage["judge_input"], usage["judge_output"]) == (2, 40, 6400, 640)
    assert usage["characters"] == pytest.approx(64 * (len("It is 10.\n#### 10") + len("What is 10 + 1?")), rel=0.1)


def test_a_log_that_is_switched_off_is_told() -> None:
    assert (
        "rollouts.keep is 0: nothing is known of the rollouts" in look(bucket(), rollouts={"keep": 0.0}).live["notes"]
    )


def test_what_is_remembered_does_not_grow_with_the_run() -> None:
    objects = bucket()
    live: Mapping[str, Any] | None = None

    for number in range(1, 41):
        put(objects, number * 300, step_rows())
        live = look(objects, live).live

    assert live is not None
    assert (len(live["steps"]), len(live["cursor"]["taken"])) == (40, 4)


def test_rollouts_that_may_not_be_read_are_an_error() -> None:
    objects = bucket()
    objects.denied["ListObjectsV2"] = "no s3:ListBucket"

    with pytest.raises(ClientError, match="no s3:ListBucket"):
        look(objects)
