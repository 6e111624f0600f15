import math
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from lambda_src.reward.rubric import Rubric
from lambda_src.run import audit as audit_module
from lambda_src.run.audit import audit

RUBRIC = Rubric.from_config([{"function": "text.max_words", "weight": 1}])
RECORDS: list[dict[str, Any]] = [
    {"id": f"train-{n}", "messages": [{"role": "user", "content": "6 * 7?"}], "reference_answer": "42"}
    for n in range(20)
]

Items = Sequence[Mapping[str, Any]]


def answers(items: Items, *, right: float, wrong: float) -> list[dict[str, Any]]:
    rewards = {"right": right, "wrong": wrong}
    return [{"id": item["id"], "aggregate_reward_score": rewards[item["id"].rsplit("/", 1)[-1]]} for item in items]


def test_a_grader_that_tells_right_from_wrong_has_no_finding() -> None:
    assert audit(lambda items: answers(items, right=1.0, wrong=0.1), RECORDS, RUBRIC, {}) == []


def test_the_grader_sees_every_item_as_bedrock_sends_it() -> None:
    seen: list[Mapping[str, Any]] = []

    def grade(items: Items) -> list[dict[str, Any]]:
        seen.extend(items)
        return answers(items, right=1.0, wrong=0.0)

    audit(grade, RECORDS, RUBRIC, {})

    assert len(seen) == 2 * len(RECORDS)
    assert seen[1]["id"] == "preflight/0/wrong"
    assert seen[0] == {
        "id": "preflight/0/right",
        "messages": [{"role": "user", "content": "6 * 7?"}, {"role": "assistant", "content": "42"}],
        "metadata": {"reference_answer": "42"},
    }


def test_a_reference_below_the_full_reward_is_named_with_its_reward() -> None:
    findings = audit(lambda items: answers(items, right=0.9, wrong=0.0), RECORDS[:1], RUBRIC, {})

    assert [finding.rule for finding in findings] == [audit_module.REFERENCE_EARNS_FULL_REWARD]
    assert findings[0].message == (
        "record train-0: its own reference answer earns 0.9; expected the full reward of 1.0"
    )


def test_a_wrong_answer_that_earns_as_much_is_named_with_both_rewards() -> None:
    findings = audit(lambda items: answers(items, right=1.0, wrong=1.0), RECORDS[:1], RUBRIC, {})

    assert [finding.message for finding in findings] == [
        "record train-0: a wrong answer earns 1; expected less than the 1 of the right one"
    ]


def test_a_waived_rule_is_not_applied() -> None:
    waive = {audit_module.WRONG_ANSWER_EARNS_LESS: "style only"}

    assert audit(lambda items: answers(items, right=1.0, wrong=1.0), RECORDS, RUBRIC, waive) == []


@pytest.mark.parametrize(
    ("waive", "message"),
    [
        pytest.param({"no-such-rule": "because"}, "no such rule", id="unknown rule"),
        pytest.param({audit_module.WRONG_ANSWER_EARNS_LESS: " "}, "no reason", id="blank reason"),
    ],
)
def test_a_waiver_needs_a_known_rule_and_a_reason(waive: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        audit(lambda items: [], RECORDS, RUBRIC, waive)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param({"errorMessage": "x"}, "returned a dict", id="not a list"),
        pytest.param([], "0 scores for 2 items", id="wrong length"),
        pytest.param([{"aggregate_reward_score": 1.0}] * 2, "expected its id", id="ids missing"),
        pytest.param([1.0, 0.0], "expected its id", id="bare numbers"),
        pytest.param(
            [{"id": "preflight/0/right", "aggregate_reward_score": math.nan}] * 2, "finite number", id="not a number"
        ),
        pytest.param([{"id": "preflight/0/right"}] * 2, "is None", id="no score"),
        pytest.param(
            [{"id": "preflight/0/right", "aggregate_reward_score": True}] * 2, "is True", id="boolean for a score"
        ),
    ],
)
def test_a_malformed_answer_is_one_finding_that_cannot_be_waived(answer: object, message: str) -> None:
    findings = audit(lambda _: answer, RECORDS[:1], RUBRIC, dict.fromkeys(audit_module.RULES, "waived"))

    assert [finding.rule for finding in findings] == [audit_module.GRADER_ANSWERS]
    assert message in findings[0].message


def test_a_grader_that_raises_is_one_finding_with_its_error() -> None:
    def grade(_: Items) -> object:
        raise ZeroDivisionError("division by zero")

    findings = audit(grade, RECORDS, RUBRIC, {})

    assert [finding.message for finding in findings] == ["the grader failed: ZeroDivisionError: division by zero"]


def test_a_reference_that_the_rubric_cannot_read_is_named() -> None:
    records: list[dict[str, Any]] = [RECORDS[0], RECORDS[1] | {"id": "train-x", "reference_answer": {"other": 1}}]

    findings = audit(lambda items: answers(items, right=1.0, wrong=0.0), records, RUBRIC, {})

    assert [(finding.rule, finding.record) for finding in findings] == [(audit_module.REFERENCE_IS_READABLE, "train-x")]
