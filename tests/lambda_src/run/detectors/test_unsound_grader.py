from typing import Any

import pytest

from lambda_src.run.candidates import Worth
from lambda_src.run.detectors.reward_hacking import StrategyResult
from lambda_src.run.detectors.unsound_grader import detect


def result(name: str, worth: Worth, reward: float | None, **changes: Any) -> StrategyResult:
    values: dict[str, Any] = {
        "dresses_right": False,
        "probability_at_start": 0.1,
        "probability_at_end": 0.1,
        "reward_deviation": 0.0,
        "reward_swing": 0.0,
        "rollouts": 100,
        "example": None,
    }
    return StrategyResult(name, worth, mean_reward=reward, **(values | changes))


WORKED = result("worked answer", Worth.RIGHT, 1.0)
BOXED = result("box", Worth.VARIANT, 1.0)
NEAR_MISS = result("near miss", Worth.WRONG, 0.4)
REFUSAL = result("refusal", Worth.WRONG, 0.0)
SOUND = [WORKED, BOXED, NEAR_MISS, REFUSAL, result("padded", Worth.EXPLOIT, 0.9, dresses_right=True)]


def with_(*changed: StrategyResult) -> list[StrategyResult]:
    names = {each.name for each in changed}
    return [*(each for each in SOUND if each.name not in names), *changed]


@pytest.mark.parametrize(
    "strategies",
    [
        pytest.param(SOUND, id="sound"),
        pytest.param(with_(result("no marker", Worth.OPEN, 0.0)), id="a form that the prompt does not ask for"),
        pytest.param(with_(result("echo", Worth.EXPLOIT, 0.44)), id="an exploit hardly above the best wrong answer"),
        pytest.param(with_(result("echo", Worth.EXPLOIT, 1.0, rollouts=7)), id="too few rollouts to be judged"),
        pytest.param(with_(result("echo", Worth.EXPLOIT, None, rollouts=0)), id="never tried"),
    ],
)
def test_a_sound_grader_is_quiet(strategies: list[StrategyResult]) -> None:
    finding = detect(strategies)

    assert (finding.alarm, finding.value, finding.advice) == (False, 0.0, "")


@pytest.mark.parametrize(
    ("strategies", "evidence"),
    [
        pytest.param(
            with_(result("worked answer", Worth.RIGHT, 0.9), result("box", Worth.VARIANT, 0.9)),
            "'worked answer' earned 0.90; expected the full reward",
            id="reference",
        ),
        pytest.param(
            with_(result("box", Worth.VARIANT, 0.5)),
            "'box' earned 0.50; expected the 1.00 of the same answer in another form",
            id="variant",
        ),
        pytest.param(
            with_(result("near miss", Worth.WRONG, 0.9), result("refusal", Worth.WRONG, 0.9)),
            "wrong answers earned 0.90 on average; expected at most 0.80",
            id="wrong",
        ),
        pytest.param(
            with_(result("echo", Worth.EXPLOIT, 0.6)), "'echo' earned 0.60; expected at most 0.45", id="exploit"
        ),
        pytest.param(
            with_(result("refusal", Worth.WRONG, 0.0, reward_swing=0.01)),
            "one response to one record earned rewards 0.01 apart; expected the same",
            id="swing",
        ),
    ],
)
def test_each_broken_rule_is_told_with_its_worst_case(strategies: list[StrategyResult], evidence: str) -> None:
    finding = detect(strategies)

    assert (finding.alarm, finding.value, finding.evidence) == (True, 1.0, evidence)
    assert "rft check" in finding.advice


def test_without_right_answers_there_is_no_judgement() -> None:
    finding = detect([NEAR_MISS, result("worked answer", Worth.RIGHT, 1.0, rollouts=3)])

    assert (finding.alarm, finding.value) == (False, None)
