import pytest

from lambda_src.run.audit import RuleResult, Verdict
from lambda_src.run.audit.spread import spread
from lambda_src.run.candidates import Worth
from tests.lambda_src.run.audit.answers import graded, record

WRONG_WAYS = 9


def result_of(*, right: float, wrong: list[float], records: int = 4, samples: int = 8) -> RuleResult:
    extra = [graded(Worth.WRONG, reward) for reward in wrong[1:]]
    return spread([record(*extra, right=right, wrong=wrong[0])] * records, samples)


@pytest.mark.parametrize(
    ("right", "wrong", "verdict"),
    [
        pytest.param(1.0, [0.0], Verdict.PASSED, id="right or wrong"),
        pytest.param(1.0, [0.7, 0.3, 0.0], Verdict.PASSED, id="partial credit"),
        pytest.param(1.0, [1.0], Verdict.FAILED, id="constant"),
        pytest.param(0.0, [0.0], Verdict.FAILED, id="nothing is ever paid"),
        pytest.param(0.5, [0.5], Verdict.FAILED, id="constant in the middle"),
        pytest.param(1.0, [1.0] * WRONG_WAYS + [0.0], Verdict.FAILED, id="constant but for empty responses"),
        pytest.param(1.0, [0.97, 0.98, 0.96], Verdict.FAILED, id="squeezed to the top"),
        pytest.param(0.04, [0.0, 0.01], Verdict.FAILED, id="squeezed to the bottom"),
        pytest.param(1.0, [1.0, 1.0, 0.0], Verdict.PASSED, id="too generous, which is another rule's business"),
    ],
)
def test_rewards_differ(right: float, wrong: list[float], verdict: Verdict) -> None:
    assert result_of(right=right, wrong=wrong).verdict is verdict


def test_it_does_not_matter_how_many_ways_of_being_wrong_are_tried() -> None:
    assert result_of(right=1.0, wrong=[0.0] * 30).verdict is Verdict.PASSED


def test_one_prompt_in_ten_may_be_flat() -> None:
    sound, flat = record(), record(right=0.5, wrong=0.5)

    assert spread([sound, *[flat] * 9], 8).verdict is Verdict.PASSED
    assert spread([sound, *[flat] * 19], 8).verdict is Verdict.FAILED


def test_groups_that_teach_nothing_are_told_for_several_pass_rates() -> None:
    measured = result_of(right=1.0, wrong=[0.0], samples=4).measured

    assert measured["constantGroupsAt0.2"] == pytest.approx(0.2**4 + 0.8**4)
    assert measured["constantGroupsAt0.5"] == pytest.approx(2 * 0.5**4)


def test_two_rewards_are_a_warning_and_three_are_not() -> None:
    assert "only two rewards" in result_of(right=1.0, wrong=[0.0]).warnings[0]
    assert result_of(right=1.0, wrong=[0.0, 0.1]).warnings == ()


def test_a_saturated_reward_shows_the_wrong_answers_it_pays() -> None:
    result = result_of(right=1.0, wrong=[0.97])

    assert {example.message for example in result.examples} == {
        "record r1, wrong: earns 0.97; expected less than a right answer's"
    }


def test_a_reward_that_pays_nothing_shows_the_right_answers_it_misses() -> None:
    assert result_of(right=0.0, wrong=[0.0]).examples[0].strategy == "right"
