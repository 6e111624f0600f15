import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambda_src.run.probe import Capability, Probe
from lambda_src.run.probe.assessment import Sampled, assess
from lambda_src.run.probe.rollout import Rollout
from tests.lambda_src.run.probe.pupils import SETTINGS, rollouts

FOUR = replace(SETTINGS, samples=4)


def assessed(rewards: list[list[float | None]], **known: Any) -> Probe:
    return assess(Sampled(rollouts(rewards), **known), FOUR)


def test_every_number_by_hand() -> None:
    found = assessed([[0.0] * 4, [1.0] * 4, [0.0, 0.0, 1.0, 1.0], [0.5] * 4], total=200)

    assert (found.prompts, found.responses, found.failed) == (4, 16, 0)
    assert found.reward.mean == pytest.approx((0 + 1 + 0.5 + 0.5) / 4)
    assert found.pass_at_1 == pytest.approx((0 + 1 + 0.5 + 0) / 4)
    assert found.pass_at_n == pytest.approx(2 / 4)
    assert found.positive_share == pytest.approx((0 + 4 + 2 + 4) / 16)
    assert (found.zero_share, found.one_share, found.flat_share) == (0.25, 0.25, 0.75)
    assert found.spread == pytest.approx((1 / 3) ** 0.5 / 4)  # variance 4 * 0.25 / 3 in one group, 0 in the others
    assert found.usage == {"inputTokens": 320, "outputTokens": 160}
    assert found.response_tokens.to_json()["mean"] == 10
    assert sum(found.reward_histogram) == 16
    assert (found.reward_histogram[0], found.reward_histogram[10], found.reward_histogram[19]) == (6, 4, 6)


def test_each_prompt_counts_the_same_however_many_of_its_responses_are_there() -> None:
    found = assessed([[1.0], [0.0, 0.0, 0.0]])

    assert found.reward.mean == pytest.approx(0.5)
    assert found.flat_share == 1.0  # of the one prompt that can be compared with itself
    assert found.pass_at_n is None


@settings(max_examples=20, deadline=None)
@given(
    groups=st.lists(st.lists(st.sampled_from([0.0, 0.1, 0.5, 1.0, None]), min_size=1, max_size=4), max_size=12),
    seed=st.integers(0, 99),
)
def test_the_order_in_which_responses_come_does_not_matter(groups: list[list[float | None]], seed: int) -> None:
    every = rollouts(groups)
    other = random.Random(seed).sample(every, len(every))  # noqa: S311 - not for security

    assert assess(Sampled(other), FOUR) == assess(Sampled(every), FOUR)


@settings(max_examples=25, deadline=None)
@given(
    groups=st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), max_size=12),
    floor=st.floats(0, 0.5),
)
def test_shares_are_shares_and_agree_with_each_other(groups: list[list[float]], floor: float) -> None:
    found = assess(Sampled(rollouts(groups), floor=floor), FOUR)

    shares = [found.positive_share, found.zero_share, found.one_share, found.flat_share, found.truncated_share]
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert found.reward.low <= found.reward.mean <= found.reward.high
    assert sum(found.reward_histogram) == found.responses == sum(map(len, groups))
    assert len(found.per_prompt) == len(groups)


def test_what_could_not_be_sampled_or_graded_is_counted_and_is_not_worth_nothing() -> None:
    found = assessed([[1.0, 1.0, None, None], [None] * 4], unanswered=3)

    assert (found.responses, found.failed) == (2, 9)
    assert found.reward.mean == 1.0
    assert [each.id for each in found.per_prompt] == ["r1"]
    assert found.prompts == 2


def test_tokens_of_what_came_too_late_to_be_graded_were_paid_for() -> None:
    found = assessed([[1.0]], ungraded=rollouts([[None, None]]))

    assert found.usage == {"inputTokens": 60, "outputTokens": 30}
    assert (found.responses, found.failed) == (1, 0)


def test_form_alone_is_no_sign_of_the_task() -> None:
    groups: list[list[float | None]] = [[0.1, 0.1, 0.1, 0.0]] * 16

    blind, told = assessed(groups), assessed(groups, floor=0.1)

    assert (blind.positive_share, blind.verdict.name) == (0.75, Capability.GOOD)
    assert (told.positive_share, told.verdict.name) == (0.0, Capability.TOO_HARD)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        pytest.param([0.0, 0.0, 0.0, 0.0], Capability.TOO_HARD, id="never"),
        pytest.param([1.0, 1.0, 1.0, 1.0], Capability.TOO_EASY, id="always"),
        pytest.param([0.5, 0.5, 0.5, 0.5], Capability.NO_SIGNAL, id="always half"),
        pytest.param([0.0, 1.0, 0.0, 1.0], Capability.GOOD, id="at times"),
    ],
)
def test_verdict_of_sixteen_prompts_like_this(group: list[float | None], expected: Capability) -> None:
    assert assessed([group] * 16).verdict.name is expected


def test_half_always_and_half_never_is_no_signal() -> None:
    assert assessed([[0.0] * 4, [1.0] * 4] * 16).verdict.name is Capability.NO_SIGNAL


def test_responses_that_do_not_end_are_counted_for_each_prompt() -> None:
    cut = assess(Sampled([*rollouts([[0.0] * 4], tokens=100, stop="max_tokens")]), FOUR)

    assert cut.truncated_share == 1.0
    assert (cut.per_prompt[0].truncated, cut.per_prompt[0].tokens) == (4, 100)


def test_bytes_per_token_is_measured_once_for_each_prompt() -> None:
    prompts = "What is 1 + 7? Put the final answer after ####."

    assert assessed([[1.0, 1.0], [1.0]]).bytes_per_token == pytest.approx(2 * len(prompts) / (2 * 20))


def test_without_counted_tokens_nothing_is_said_of_their_size() -> None:
    uncounted = [replace(each, reply=replace(each.reply, input_tokens=None)) for each in rollouts([[1.0]])]

    assert assess(Sampled(uncounted), FOUR).bytes_per_token is None


def test_no_response_is_unknown() -> None:
    found = assess(Sampled([]), FOUR)

    assert found.verdict.name is Capability.UNKNOWN
    assert (found.prompts, found.responses, found.pass_at_1) == (0, 0, None)


def test_a_rollout_can_be_read_back() -> None:
    (one,) = rollouts([[0.5]])
    line = replace(one, parts={"a": 0.5}, reply=replace(one.reply, reasoning="So.")).to_json()

    read = Rollout.from_json(line, {"r1": one.prompt})

    assert read is not None
    assert read.to_json() == line


def test_a_rollout_of_a_record_that_has_changed_is_none() -> None:
    (one,) = rollouts([[0.5]])
    changed = replace(one.prompt, record={**one.prompt.record, "reference_answer": "9"})

    assert Rollout.from_json(one.to_json(), {"r1": changed}) is None
    assert Rollout.from_json(one.to_json(), {}) is None
