from typing import Any

import pytest

from lambda_src.reward import metrics
from lambda_src.run.candidates import Worth
from lambda_src.run.detectors.reward_hacking import Example, StrategyResult, detect, rivals


def result(name: str, worth: Worth, reward: float | None, **changes: Any) -> StrategyResult:
    values: dict[str, Any] = {
        "dresses_right": False,
        "probability_at_start": 0.1,
        "probability_at_end": 0.1,
        "reward_deviation": 0.0,
        "reward_swing": 0.0,
        "rollouts": 100,
        "example": None if reward is None else Example("r1", f"{name}'s response", reward),
    }
    return StrategyResult(name, worth, mean_reward=reward, **(values | changes))


WORKED = result("worked answer", Worth.RIGHT, 1.0)
NEAR_MISS = result("near miss", Worth.WRONG, 0.1)


def padded(reward: float, **changes: Any) -> StrategyResult:
    return result("padded", Worth.EXPLOIT, reward, dresses_right=True, **changes)


@pytest.mark.parametrize(
    "strategies",
    [
        pytest.param([WORKED, NEAR_MISS], id="a wrong answer earns little"),
        pytest.param([WORKED, result("near miss", Worth.WRONG, 0.97)], id="a wrong answer earns nearly as much"),
        pytest.param([WORKED, NEAR_MISS, padded(1.0)], id="padding costs nothing and earns nothing"),
        pytest.param([result("worked answer", Worth.RIGHT, 0.5), padded(0.515)], id="padding earns hardly more"),
        pytest.param(
            [result("worked answer", Worth.RIGHT, 0.5, reward_deviation=0.3), padded(0.56, reward_deviation=0.3)],
            id="padding earns more by chance",
        ),
        pytest.param(
            [result("worked answer", Worth.RIGHT, 0.2), result("boxed", Worth.VARIANT, 1.0), NEAR_MISS],
            id="another honest form earns more",
        ),
        pytest.param([WORKED, NEAR_MISS, result("empty", Worth.WRONG, 1.0, rollouts=7)], id="too few to be judged"),
        pytest.param([WORKED, NEAR_MISS, result("empty", Worth.WRONG, None, rollouts=0)], id="never tried"),
    ],
)
def test_a_sound_grader_is_quiet(strategies: list[StrategyResult]) -> None:
    finding = detect(strategies)

    assert not finding.alarm
    assert finding.value is not None
    assert finding.value < finding.threshold
    assert finding.advice == ""


@pytest.mark.parametrize(
    ("strategies", "winner"),
    [
        pytest.param([WORKED, NEAR_MISS, result("echo", Worth.EXPLOIT, 1.0)], "echo", id="as much as the answer"),
        pytest.param([WORKED, result("near miss", Worth.WRONG, 0.985)], "near miss", id="as good as as much"),
        pytest.param(
            [result("worked answer", Worth.RIGHT, 0.0), result("empty", Worth.WRONG, 0.0)], "empty", id="zero"
        ),
        pytest.param([result("worked answer", Worth.RIGHT, 0.5), NEAR_MISS, padded(0.53)], "padded", id="for padding"),
        pytest.param(
            [result("worked answer", Worth.RIGHT, 0.5, reward_deviation=0.3), padded(0.7, reward_deviation=0.3)],
            "padded",
            id="for padding, beyond chance",
        ),
        pytest.param(
            [result("worked answer", Worth.RIGHT, 0.3), padded(0.6), result("echo", Worth.EXPLOIT, 0.9)],
            "echo",
            id="the most overpaid one is named",
        ),
    ],
)
def test_a_grader_that_pays_for_something_else_is_an_alarm(strategies: list[StrategyResult], winner: str) -> None:
    finding = detect(strategies)

    assert finding.alarm
    assert finding.value is not None
    assert finding.value >= finding.threshold
    assert finding.metric == metrics.REWARD_HACKING
    assert finding.evidence.startswith(f"'{winner}' earned")
    assert finding.advice


def test_the_evidence_holds_both_strategies_with_their_rewards_and_responses() -> None:
    finding = detect([result("worked answer", Worth.RIGHT, 0.25), result("flattery", Worth.EXPLOIT, 0.875)])

    assert finding.evidence == (
        "'flattery' earned 0.88 (record r1: \"flattery's response\" earned 0.88) where "
        "'worked answer' earned 0.25 (record r1: \"worked answer's response\" earned 0.25)"
    )


def test_a_long_response_is_quoted_by_both_its_ends_in_one_line() -> None:
    long = Example("r1", "begins\n" + "x" * 400 + "\nends", 1.0)

    evidence = detect([WORKED, result("echo", Worth.EXPLOIT, 1.0, example=long)]).evidence

    assert '"begins xxx' in evidence
    assert 'x ends"' in evidence
    assert "x" * 101 not in evidence


def test_among_equals_the_one_the_policy_does_most_is_named() -> None:
    rare, common = (
        result(name, Worth.WRONG, 0.5, probability_at_end=p) for name, p in (("rare", 0.1), ("common", 0.2))
    )

    assert rivals([result("right", Worth.RIGHT, 0.5), rare, common]) == (
        result("right", Worth.RIGHT, 0.5),
        common,
    )


@pytest.mark.parametrize(
    "strategies",
    [
        pytest.param([], id="none"),
        pytest.param([WORKED], id="honest ones alone"),
        pytest.param([NEAR_MISS], id="dishonest ones alone"),
        pytest.param([WORKED, result("empty", Worth.WRONG, 1.0, rollouts=3)], id="too few rollouts"),
    ],
)
def test_without_two_to_compare_there_is_no_judgement(strategies: list[StrategyResult]) -> None:
    finding = detect(strategies)

    assert (finding.value, finding.alarm) == (None, False)
    assert "8 rollouts" in finding.evidence


@pytest.mark.parametrize("strategy", [WORKED, padded(0.5), result("empty", Worth.WRONG, None, reward_deviation=None)])
def test_a_result_is_read_as_it_was_written(strategy: StrategyResult) -> None:
    assert StrategyResult.from_json(strategy.to_json()) == strategy
