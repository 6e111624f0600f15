import pytest

from lambda_src.run.audit import Verdict
from lambda_src.run.audit.worth import Record, auc, by_strategy, histogram, right_answers, variants, wrong_answers
from lambda_src.run.candidates import Worth
from tests.lambda_src.run.audit.answers import graded, record


def test_a_right_answer_below_the_full_reward_is_named_with_its_reward() -> None:
    result = right_answers([record(), record(right=0.9)])

    assert result.verdict is Verdict.FAILED
    assert result.reason == "1 of 2 right answers earn the full reward; lowest 0.9"
    assert [example.message for example in result.examples] == [
        "record r1, right: earns 0.9; expected 1, the full reward"
    ]


def test_the_rounding_of_weights_costs_nothing() -> None:
    assert right_answers([record(right=0.1 + 0.2 + 0.7 - 1e-9)]).verdict is Verdict.PASSED


def test_a_judge_may_keep_back_what_the_caller_says() -> None:
    assert right_answers([record(right=0.85)], full=0.8).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("right", "variant", "verdict"),
    [
        pytest.param(1.0, 1.0, Verdict.PASSED, id="full"),
        pytest.param(1.0, 0.9, Verdict.FAILED, id="less than the right answer"),
        pytest.param(0.9, 0.9, Verdict.PASSED, id="as much as a right answer that is not paid in full"),
        pytest.param(0.9, 0.8, Verdict.FAILED, id="less than that"),
    ],
)
def test_a_variant_keeps_what_the_right_answer_earns(right: float, variant: float, verdict: Verdict) -> None:
    assert variants([record(graded(Worth.VARIANT, variant), right=right)]).verdict is verdict


def test_without_variants_there_is_nothing_to_try() -> None:
    assert variants([record()]).verdict is Verdict.NOT_TRIED


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        pytest.param([(1.0, 0.0)], Verdict.PASSED, id="clearly less"),
        pytest.param([(1.0, 0.8)], Verdict.PASSED, id="a margin of 0.2"),
        pytest.param([(1.0, 0.85)], Verdict.FAILED, id="less, but not clearly"),
        pytest.param([(1.0, 1.0), *[(1.0, 0.0)] * 9], Verdict.FAILED, id="as much in one record of ten"),
        pytest.param([(0.5, 0.6), *[(1.0, 0.0)] * 9], Verdict.FAILED, id="more in one record of ten"),
        pytest.param([(0.4, 0.3), (1.0, 0.5)] * 5, Verdict.FAILED, id="less in each record, but mixed up over all"),
        pytest.param([(0.7, 0.1)], Verdict.PASSED, id="below the full reward, which is another rule's business"),
    ],
)
def test_wrong_answers_earn_clearly_less(pairs: list[tuple[float, float]], verdict: Verdict) -> None:
    assert wrong_answers([record(right=right, wrong=wrong) for right, wrong in pairs]).verdict is verdict


def test_a_wrong_answer_that_earns_as_much_is_named_with_both_rewards() -> None:
    result = wrong_answers([record(graded(Worth.WRONG, 0.2), right=0.9, wrong=0.95), record()])

    assert [example.message for example in result.examples] == [
        "record r1, wrong: earns 0.95; expected less than the 0.9 of the right answer"
    ]


def test_a_small_margin_names_the_best_paid_wrong_answers_first() -> None:
    result = wrong_answers([record(graded(Worth.WRONG, 0.9, strategy="near miss"), wrong=0.85)])

    assert result.examples[0].message.startswith("record r1, near miss: earns 0.9; expected 0.2 less")


def test_a_record_without_a_wrong_answer_shows_nothing() -> None:
    assert wrong_answers([Record((graded(Worth.RIGHT, 1.0),))]).verdict is Verdict.NOT_TRIED


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        pytest.param([1.0], [0.0], 1.0, id="apart"),
        pytest.param([0.0], [1.0], 0.0, id="the wrong way round"),
        pytest.param([0.5, 0.5], [0.5], 0.5, id="all alike"),
        pytest.param([0.2, 0.8], [0.1, 0.5], 0.75, id="mixed"),
    ],
)
def test_auc(right: list[float], wrong: list[float], expected: float) -> None:
    assert auc(right, wrong) == expected


def test_the_histogram_has_twenty_bins_and_the_full_reward_in_the_last() -> None:
    bins = histogram([record(graded(Worth.EXPLOIT, 0.05)), record(wrong=0.049)])

    assert {worth: len(counts) for worth, counts in bins.items()} == {"right": 20, "wrong": 20, "exploit": 20}
    assert (bins["right"][19], bins["wrong"][0], bins["exploit"][1]) == (2, 2, 1)


def test_what_a_strategy_earns_is_told_over_all_records() -> None:
    (right, wrong) = by_strategy([record(wrong=0.2), record(wrong=0.4)])

    assert (right.strategy, right.mean, right.responses) == ("right", 1.0, 2)
    assert (wrong.worth, round(wrong.mean, 6), wrong.least, wrong.most) == ("wrong", 0.3, 0.2, 0.4)
