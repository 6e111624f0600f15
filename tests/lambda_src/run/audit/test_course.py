import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import (
    RULES,
    UNWAIVABLE,
    Audit,
    Job,
    Limits,
    Terms,
    Verdict,
    audit,
    audit_records,
    rules,
    without_judges,
)
from tests.lambda_src.run.audit.bad_graders import (
    BAD_GRADERS,
    RUBRIC,
    SLOW_SECONDS,
    Items,
    constant,
    slow,
    sound,
)

TRAIN = Path(__file__).parents[4] / "datasets" / "gsm8k-style" / "train.jsonl"
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in TRAIN.read_text(encoding="utf-8").splitlines()[:6]]


def broken(result: Audit) -> list[str]:
    return [rule.rule for rule in result.failed]


def test_a_sound_grader_passes_every_rule() -> None:
    result = audit(sound, RECORDS, RUBRIC)

    assert {rule.rule: rule.verdict for rule in result.rules} == dict.fromkeys([*UNWAIVABLE, *RULES], Verdict.PASSED), (
        result.complaints(9)
    )
    assert result.passed
    assert result.records == len(RECORDS)


@pytest.mark.parametrize("name", BAD_GRADERS)
def test_a_bad_grader_fails_its_rule_and_no_other(name: str) -> None:
    grader, rule = BAD_GRADERS[name]

    assert broken(audit(grader, RECORDS, RUBRIC)) == [rule]


def test_every_rule_has_a_bad_grader() -> None:
    assert {rule for _, rule in BAD_GRADERS.values()} | {rules.GRADER_IS_FAST_ENOUGH} == set(RULES)


def test_a_slow_grader_fails_its_rule_and_no_other() -> None:
    limits = Limits(timeout=64 * SLOW_SECONDS / 2)

    assert broken(audit(slow, RECORDS, RUBRIC, Terms(limits=limits))) == [rules.GRADER_IS_FAST_ENOUGH]


def test_what_a_bad_grader_pays_is_shown_with_record_strategy_response_and_reward() -> None:
    grader, rule = BAD_GRADERS["pays the empty format"]

    example = audit(grader, RECORDS, RUBRIC)[rule].examples[0]

    assert example.message == "record train-0001, empty with perfect format: earns 0.6; expected at most 0.15"
    assert example.response.endswith("####")


@pytest.mark.parametrize("name", BAD_GRADERS)
def test_a_waived_rule_fails_no_audit_and_is_still_measured(name: str) -> None:
    grader, rule = BAD_GRADERS[name]

    result = audit(grader, RECORDS, RUBRIC, Terms(waive={rule: "It is meant so."}))

    assert result[rule].verdict is Verdict.WAIVED
    assert result[rule].reason.endswith("waived: It is meant so.")
    assert result[rule].measured


def test_a_waiver_of_the_spread_does_not_hide_what_the_grader_pays_for_wrong_answers() -> None:
    result = audit(constant, RECORDS, RUBRIC, Terms(waive={rules.REWARD_HAS_SPREAD: "It is meant so."}))

    assert broken(result) == [rules.WRONG_ANSWER_EARNS_LESS, rules.EXPLOIT_DOES_NOT_PAY]


@pytest.mark.parametrize(
    ("waive", "message"),
    [
        pytest.param({"no-such-rule": "because"}, "no such rule; expected one of reference-earns", id="unknown rule"),
        pytest.param({"grader-answers": "because"}, "no such rule", id="a rule that nobody can waive"),
        pytest.param({rules.WRONG_ANSWER_EARNS_LESS: " "}, "no reason", id="blank reason"),
    ],
)
def test_a_waiver_needs_a_known_rule_and_a_reason(waive: Mapping[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Terms(waive=waive)


def test_the_grader_sees_every_item_as_bedrock_sends_it_and_not_what_it_is_worth() -> None:
    seen: list[Mapping[str, Any]] = []

    def grade(items: Items) -> list[dict[str, Any]]:
        seen.extend(items)
        return sound(items)

    audit(grade, RECORDS, RUBRIC)

    first, prompt = seen[0], RECORDS[0]["messages"]
    assert first["id"] == "preflight/0/0"
    assert first["messages"][:-1] == prompt
    assert first["messages"][-1]["role"] == "assistant"
    assert first["metadata"] == {"reference_answer": RECORDS[0]["reference_answer"]}
    assert all(item["id"].startswith("preflight/") for item in seen)


def test_a_grader_that_gives_no_usable_answer_leaves_nothing_to_judge() -> None:
    result = audit(lambda items: sound(items)[1:], RECORDS, RUBRIC, Terms(waive=dict.fromkeys(RULES, "waived")))

    assert broken(result) == [rules.GRADER_ANSWERS]
    assert result[rules.WRONG_ANSWER_EARNS_LESS].verdict is Verdict.NOT_TRIED
    assert "the grader returned 15 scores for 16 items" in result.complaints(1)[0]


def test_a_grader_that_fails_when_asked_again_is_unusable_but_its_rewards_are_judged() -> None:
    calls = iter(range(1000))
    first_pass = -(-len(RECORDS) * 26 // 16)

    def grade(items: Items) -> list[dict[str, Any]]:
        if next(calls) > first_pass + 1:
            raise MemoryError("out of memory")
        return sound(items)

    result = audit(grade, RECORDS, RUBRIC)

    assert broken(result) == [rules.GRADER_ANSWERS]
    assert "out of memory" in result[rules.GRADER_ANSWERS].reason
    assert result[rules.WRONG_ANSWER_EARNS_LESS].verdict is Verdict.PASSED


def test_a_reference_that_the_rubric_cannot_read_is_named_and_the_others_are_tried() -> None:
    odd = RECORDS[1] | {"id": "train-x", "reference_answer": {"other": 1}}

    result = audit(sound, [RECORDS[0], odd, RECORDS[2]], RUBRIC)

    assert broken(result) == [rules.REFERENCE_IS_READABLE]
    assert result[rules.REFERENCE_IS_READABLE].examples[0].record == "train-x"
    assert result.records == 2


def test_records_that_all_have_the_same_answer_are_refused_because_nothing_can_be_confused() -> None:
    result = audit(sound, [RECORDS[0] | {"id": f"r{n}"} for n in range(5)], RUBRIC)

    assert broken(result) == [rules.REFERENCE_IS_READABLE]
    assert result[rules.WRONG_ANSWER_EARNS_LESS].verdict is Verdict.NOT_TRIED


def test_records_without_an_id_are_counted() -> None:
    grader, rule = BAD_GRADERS["tolerant of wrong answers"]
    unnamed = [{key: value for key, value in record.items() if key != "id"} for record in RECORDS]

    assert {example.record for example in audit(grader, unnamed, RUBRIC)[rule].examples} == {f"#{n}" for n in range(6)}


def test_fewer_records_are_tried_on_demand_and_lie_evenly_spaced() -> None:
    grader, rule = BAD_GRADERS["reference below the full reward"]

    result = audit(grader, RECORDS, RUBRIC, Terms(records=2))

    assert {example.record for example in result[rule].examples} == {"train-0001", "train-0004"}


class _Clock(Deadline):
    """Runs out after a number of looks at it."""

    looks = 0

    @property
    def remaining(self) -> float:
        type(self).looks -= 1
        return 100.0 if self.looks >= 0 else -1.0


def test_when_time_is_short_whole_records_are_judged_and_the_rest_is_said() -> None:
    _Clock.looks = 4

    result = audit(sound, RECORDS, RUBRIC, deadline=_Clock(0.0))

    assert result.passed
    assert result.records == 2
    assert result.notes[0].startswith("stopped after 64 of ")
    assert result[rules.SAME_INPUT_SAME_SCORE].verdict is Verdict.NOT_TRIED


def test_without_time_nothing_is_tried() -> None:
    result = audit(sound, RECORDS, RUBRIC, deadline=Deadline.after(-1))

    assert result.records == 0
    assert {rule.verdict for rule in result.rules if rule.rule in RULES} == {Verdict.NOT_TRIED}


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []

    audit(sound, RECORDS, RUBRIC, progress=lambda done, total: told.append((done, total)))

    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]


def test_the_job_s_size_decides_what_its_grading_takes() -> None:
    result = audit(sound, RECORDS, RUBRIC, Terms(job=Job(records=480, batch_size=64)))

    assert result.latency is not None
    assert result.latency.job_rollouts == 8 * 64 * 8


JUDGED = [
    {"function": "text.max_words", "weight": 0.2},
    {"function": "judge.score", "weight": 0.8, "options": {"rubric": "instruction-following", "model": "any"}},
]


def test_a_rubric_without_its_judges_keeps_what_needs_none() -> None:
    rest = without_judges(Rubric.from_config(JUDGED))

    assert rest is not None
    assert [criterion.name for criterion in rest.criteria] == ["text.max_words"]


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(JUDGED[1:], id="nothing left"),
        pytest.param([{"function": "text.max_words", "penalty": 0.2}, JUDGED[1]], id="nothing that pays left"),
    ],
)
def test_a_rubric_that_only_judges_pay_by_has_nothing_to_try_without_them(entries: list[dict[str, Any]]) -> None:
    assert without_judges(Rubric.from_config(entries)) is None


def test_without_a_grader_the_records_are_tried_and_everything_else_says_why_not() -> None:
    odd = RECORDS[1] | {"id": "train-x", "reference_answer": {"other": 1}}

    result = audit_records([RECORDS[0], odd, RECORDS[2]], RUBRIC, 3, "nobody was asked")

    assert broken(result) == [rules.REFERENCE_IS_READABLE]
    assert {rule.reason for rule in result.rules if rule.rule != rules.REFERENCE_IS_READABLE} == {"nobody was asked"}


def test_every_rule_is_explained() -> None:
    guide = (TRAIN.parents[2] / "docs" / "grader-audit.md").read_text(encoding="utf-8")

    assert [rule for rule in (*UNWAIVABLE, *RULES) if f"| `{rule}` |" not in guide] == []
