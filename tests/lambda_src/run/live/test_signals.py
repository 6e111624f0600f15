from dataclasses import replace
from typing import Any

import pytest

from lambda_src.reward.rollout_row import Row, is_unfinished, sketch
from lambda_src.run.live.signals import is_cut_off, summarise

LIMIT = 100  # tokens, of four characters


def _row(response: str, reward: float = 1.0, prompt: str = "p", **changes: Any) -> Row:
    parsed = bool(changes.pop("parsed", True))
    values: dict[str, Any] = {
        "run": "0123456789ab",
        "time": "2026-11-23T10:00:00.000+00:00",
        "batch": "b",
        "id": response[:8],
        "prompt_id": prompt,
        "reward": reward,
        "parsed": parsed,
        "characters": len(response),
        "unfinished": is_unfinished(response, parsed=parsed),
        "sketch": sketch(response),
    }
    return Row(**values | changes)


def test_rewards_are_told_by_mean_deviation_and_tenth() -> None:
    step = summarise(3, [_row("a", 0.0), _row("b", 0.5), _row("c", 1.0), _row("d", 1.0)])

    assert (step.step, step.rollouts, step.training_reward) == (3, 4, 0.625)
    assert step.reward_histogram == (1, 0, 0, 0, 0, 1, 0, 0, 0, 2)
    assert step.reward_deviation == pytest.approx(0.4146, abs=1e-4)


def test_spread_is_that_of_one_prompts_rewards() -> None:
    rows = [_row("a", 0.0, "p"), _row("b", 1.0, "p"), _row("c", 1.0, "q"), _row("d", 1.0, "q")]

    step = summarise(1, rows)

    assert (step.reward_spread, step.degenerate_share) == (0.25, 0.5)


def test_a_single_response_to_a_prompt_tells_no_spread() -> None:
    assert summarise(1, [_row("a", 0.0, "p"), _row("b", 1.0, "q")]).reward_spread is None


def test_what_could_not_be_graded_counts_as_an_error_and_in_the_reward_alone() -> None:
    rows = [_row("right", 1.0), _row("right", 1.0), _row("x" * 300, 0.0, error="TimeoutError", parsed=False)]

    step = summarise(1, rows)

    assert step.grader_error_share == pytest.approx(1 / 3)
    assert step.training_reward == pytest.approx(2 / 3)
    assert (step.response_length, step.unparsed_share, step.reward_spread) == (5, 0.0, 0.0)


def test_responses_that_have_nothing_in_common_are_diverse() -> None:
    alike = summarise(1, [_row("the sum of two and two is four")] * 2)
    different = summarise(1, [_row("the sum of two and two is four"), _row("apples are red or green or yellow")])

    assert (alike.answer_diversity, different.answer_diversity) == (0.0, 1.0)


def test_validation_is_told_beside_training_and_not_in_it() -> None:
    step = summarise(1, [_row("a", 1.0)], [_row("b", 0.0), _row("c", 0.5)])

    assert (step.training_reward, step.validation_reward, step.rollouts) == (1.0, 0.25, 1)


def test_the_slowest_batch_and_the_last_time_are_the_steps() -> None:
    late = replace(_row("b", milliseconds=70.0), time="2026-11-23T10:05:00.000+00:00")

    step = summarise(1, [_row("a", milliseconds=90.0), late])

    assert (step.grader_milliseconds, step.time) == (90.0, late.time)


@pytest.mark.parametrize(
    ("response", "parsed", "cut"),
    [
        pytest.param("word " * 72, True, True, id="nine tenths of the limit"),
        pytest.param("word " * 70, True, False, id="less, with an answer"),
        pytest.param("word " * 20, False, True, id="a quarter, breaking off"),
        pytest.param("word " * 19, False, False, id="less than a quarter"),
        pytest.param("word " * 30 + "so.", False, False, id="no answer, but an end"),
    ],
)
def test_a_response_counts_as_cut_off_by_its_length_and_by_how_it_ends(response: str, parsed: bool, cut: bool) -> None:
    assert is_cut_off(_row(response, parsed=parsed), LIMIT) is cut


def test_without_a_limit_nobody_knows_what_was_cut_off() -> None:
    assert summarise(1, [_row("word " * 100)]).truncated_share is None


def test_a_step_without_rollouts_tells_nothing() -> None:
    step = summarise(7, [])

    assert (step.step, step.rollouts, step.training_reward, step.reward_histogram) == (7, 0, None, (0,) * 10)
