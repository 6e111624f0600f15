import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import Rollout as Graded
from lambda_src.run.probe import Capability, Probe, ProbeError, probe, sampling
from lambda_src.run.probe.prompts import Prompt
from tests.lambda_src.run.probe.pupils import RUBRIC, SETTINGS, Pupil, error, grade, record, records


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "_LONGEST_PAUSE_SECONDS", 0.001)


def probed(rate: Callable[[int], float], *, given: Any = None, **options: Any) -> Probe:
    return probe(Pupil(rate), grade, records(200) if given is None else given, SETTINGS, rubric=RUBRIC, **options)


@pytest.mark.parametrize(
    ("rate", "verdict"),
    [
        pytest.param(lambda _: 0.0, Capability.TOO_HARD, id="always wrong in perfect form"),
        pytest.param(lambda _: 1.0, Capability.TOO_EASY, id="always right"),
        pytest.param(lambda number: float(number % 2), Capability.NO_SIGNAL, id="some always, others never"),
        pytest.param(lambda _: 0.5, Capability.GOOD, id="right at times"),
    ],
)
def test_a_model_is_judged_by_what_it_earns_beyond_form(rate: Callable[[int], float], verdict: Capability) -> None:
    found = probed(rate)

    assert found.verdict.name is verdict
    assert found.floor == pytest.approx(0.1)
    assert (found.prompts, found.responses, found.failed) == (16, 64, 0)


def test_every_rollout_is_kept_as_a_payload_that_can_be_graded_again() -> None:
    kept: list[Mapping[str, Any]] = []

    found = probed(lambda _: 0.5, keep=kept.append)

    assert len({rollout["id"] for rollout in kept}) == len(kept) == found.responses
    for rollout in map(json.loads, map(json.dumps, kept)):
        assert {"id", "prompt", "messages", "metadata", "reward", "parts", "tokens", "stopReason", "seconds"} <= set(
            rollout
        )
        assert RUBRIC.score(Graded.from_event(rollout)).reward == pytest.approx(rollout["reward"])
        assert rollout["parts"]["maths.one_final_answer"] == 1.0


def test_progress_ends_with_all_of_them() -> None:
    told: list[tuple[int, int]] = []

    probed(lambda _: 0.5, progress=lambda done, total: told.append((done, total)))

    assert told[-1] == (64, 64)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_the_same_model_and_seed_give_the_same_probe() -> None:
    assert probed(lambda _: 0.5) == probed(lambda _: 0.5)


def test_prompts_are_chosen_from_a_stream_of_lines() -> None:
    found = probed(lambda _: 0.5, given=(json.dumps(each).encode() + b"\n" for each in records(300)))

    assert [each.line for each in found.per_prompt] == sorted(each.line for each in found.per_prompt)
    assert found.per_prompt[-1].line > 270
    assert all(each.id == f"r{each.line - 1}" for each in found.per_prompt)


def test_records_are_dropped_only_as_far_as_the_whole_file_allows() -> None:
    chosen = [Prompt(line, record(line)) for line in range(1, 17)]

    assert probed(lambda _: 1.0, given=chosen).drop == ()
    assert len(probed(lambda _: 1.0, given=chosen, total=105).drop) == 5
    assert len(probed(lambda _: 1.0, given=records(200)).drop) == 16


def test_without_a_rubric_whatever_is_more_than_nothing_counts() -> None:
    found = probe(Pupil(lambda _: 0.0), grade, records(200), SETTINGS)

    assert (found.floor, found.positive_share) == (0.0, 1.0)


def test_a_reward_that_hardly_depends_on_the_record_has_no_floor() -> None:
    def generous(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [{"id": item["id"], "aggregate_reward_score": 1.0} for item in items]

    found = probe(Pupil(lambda _: 0.0), generous, records(200), SETTINGS, rubric=RUBRIC)

    assert (found.floor, found.verdict.name) == (0.0, Capability.TOO_EASY)
    assert "the reward hardly depends on the record" in found.notes[0]


def test_prompts_that_cannot_be_asked_are_counted_with_their_reason() -> None:
    given = [*records(20)[:4], *(record(n, messages=[{"role": "tool", "content": "x"}]) for n in range(20, 24))]

    found = probed(lambda _: 0.5, given=given)

    assert (found.responses, found.failed) == (16, 16)
    assert any(note.startswith("no response (4): record r2") and "with tools" in note for note in found.notes)
    assert any(note == "no response (4): for other reasons" for note in found.notes)


def test_responses_that_cannot_be_graded_are_counted_with_their_reason() -> None:
    def choosy(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [each | ({"error": "no reference"} if "/r" in each["id"] else {}) for each in grade(items)]

    kept: list[Mapping[str, Any]] = []
    found = probed(lambda _: 0.5, keep=kept.append) and probe(
        Pupil(lambda _: 0.5), choosy, records(16), SETTINGS, keep=kept.append
    )

    assert (found.responses, found.failed, found.verdict.name) == (0, 64, Capability.UNKNOWN)
    assert "not graded (64): no reference" in found.notes
    assert kept[-1]["reward"] is None
    assert kept[-1]["error"] == "no reference"


def test_when_time_is_up_what_is_there_is_judged() -> None:
    pupil = Pupil(lambda _: 0.5, lambda _: time.sleep(0.002))
    settings = replace(SETTINGS, prompts=200, concurrency=2)

    found = probe(pupil, grade, records(200), settings, deadline=Deadline.after(0.3))

    assert 0 < found.responses < 800
    assert any(note == f"time was up after {found.responses:,} of 800 responses" for note in found.notes)
    assert len([each for each in found.per_prompt if each.spread or each.least == each.most]) > 1


def test_without_any_time_nothing_is_asked() -> None:
    pupil = Pupil(lambda _: 0.5)

    found = probe(pupil, grade, records(20), SETTINGS, deadline=Deadline.after(-1))

    assert (found.responses, found.verdict.name) == (0, Capability.UNKNOWN)
    assert pupil.requests == []


def test_an_interrupt_keeps_what_was_graded_and_judges_it() -> None:
    kept: list[Mapping[str, Any]] = []

    def impatient(done: int, _: int) -> None:
        if done >= 32:
            raise KeyboardInterrupt

    found = probed(lambda _: 0.5, progress=impatient, keep=kept.append)

    assert found.responses == len(kept) == 32
    assert "interrupted after 32 of 64 responses" in found.notes
    assert found.verdict.name is Capability.GOOD


def test_what_was_sampled_and_not_graded_is_kept_for_another_probe() -> None:
    kept: list[Mapping[str, Any]] = []

    def interrupted(items: Sequence[Mapping[str, Any]]) -> Any:
        if len(kept) >= 16:
            raise KeyboardInterrupt
        return grade(items)

    found = probe(Pupil(lambda _: 0.5), interrupted, records(16), SETTINGS, keep=kept.append)

    assert found.responses == 16
    assert [rollout["reward"] for rollout in kept[16:]] == [None] * 16


def test_a_probe_goes_on_where_another_was_stopped() -> None:
    kept: list[Mapping[str, Any]] = []
    first = Pupil(lambda _: 0.5)
    probe(first, grade, records(200), SETTINGS, keep=kept.append)
    known = [*kept[:20], {**kept[20], "reward": None}, {**kept[21], "metadata": {}}]
    second = Pupil(lambda _: 0.5)

    found = probe(second, grade, records(200), SETTINGS, known=known, keep=kept.append)

    assert len(second.requests) == 64 - 21
    assert (found.responses, found.failed) == (64, 0)
    assert "21 responses are those of an earlier probe" in found.notes


def test_a_service_that_is_down_is_not_asked_for_ever() -> None:
    def before(_: Mapping[str, Any]) -> None:
        raise error("ServiceUnavailableException", "Down.", 503)

    pupil = Pupil(lambda _: 0.5, before)

    with pytest.raises(ProbeError, match="m gives no answer: ServiceUnavailableException: Down"):
        probe(pupil, grade, records(200), replace(SETTINGS, concurrency=1))

    assert len(pupil.requests) <= 17 * 8


def test_a_service_that_goes_down_leaves_what_it_has_answered() -> None:
    answered = 0

    def before(_: Mapping[str, Any]) -> None:
        nonlocal answered
        answered += 1
        if answered > 40:
            raise error("ServiceUnavailableException", "Down.", 503)

    found = probe(Pupil(lambda _: 0.5, before), grade, records(200), replace(SETTINGS, concurrency=1))

    assert (found.responses, found.failed) == (40, 16)
    assert any("16 requests in a row had no answer" in note for note in found.notes)


def test_a_grader_that_fails_ends_the_probe_and_what_was_paid_for_is_kept() -> None:
    def broken(_: Any) -> Any:
        raise KeyError("x")

    kept: list[Mapping[str, Any]] = []
    with pytest.raises(ProbeError, match="the grader failed: KeyError"):
        probe(Pupil(lambda _: 0.5), broken, records(20), SETTINGS, keep=kept.append)

    assert [rollout["reward"] for rollout in kept] == [None] * 16


def test_at_high_effort_the_length_that_training_allows_is_told_apart() -> None:
    found = probe(Pupil(lambda _: 0.5), grade, records(20), replace(SETTINGS, reasoning_effort="high", max_tokens=9))

    assert found.truncated_share == 1.0
    assert any("takes neither temperature nor a limit" in note for note in found.notes)
