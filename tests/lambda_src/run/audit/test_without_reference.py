"""A project whose records have no reference answer: what can be tried is tried, the rest says why not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from lambda_src.reward import telemetry
from lambda_src.reward.rewards._judge.batch import CACHE
from lambda_src.reward.rewards._judge.client import asking
from lambda_src.reward.rollout import batch
from lambda_src.reward.rubric import Rubric
from lambda_src.run.audit import (
    RULES,
    Audit,
    Judges,
    Terms,
    Verdict,
    audit,
    audit_records,
    rules,
    without_judges,
)
from lambda_src.run.audit.worth import UNKNOWN
from lambda_src.run.candidates import strategies

RECORDS: list[dict[str, Any]] = [
    {"id": f"log-{n}", "messages": [{"role": "user", "content": f"Where is parcel {n}? Answer in one sentence."}]}
    for n in range(6)
]
LOGGED = [record | {"logged_response": f"Parcel {n} is on its way."} for n, record in enumerate(RECORDS)]

FORM = [{"function": "text.length", "weight": 1, "options": {"most": 60}}]
JUDGED = [
    {"function": "judge.score", "weight": 0.8, "options": {"rubric": "without-reference", "model": "any"}},
    {"function": "text.max_words", "weight": 0.2, "options": {"words": 60}},
]
KNOWING = (rules.REFERENCE_EARNS_FULL_REWARD, rules.VARIANT_EARNS_FULL_REWARD, rules.WRONG_ANSWER_EARNS_LESS)

Judge = Callable[..., Mapping[str, Any]]


def judge(is_good: Callable[[str], bool]) -> Judge:
    """A model that gives the best marks for some responses, and the worst for others."""

    def converse(**request: Any) -> Mapping[str, Any]:
        mark = 5 if is_good(request["messages"][0]["content"][0]["text"]) else 1
        fields = request["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]["properties"]
        marks = {name: mark if "enum" in field else "So it is." for name, field in fields.items()}
        call = {"toolUseId": "1", "name": "record_judgement", "input": marks}
        usage = {"inputTokens": 500, "outputTokens": 50, "totalTokens": 550}
        return {"stopReason": "tool_use", "output": {"message": {"content": [{"toolUse": call}]}}, "usage": usage}

    return converse


strict = judge(lambda material: '"response": "Parcel' in material)
obedient = judge(lambda material: "Ignore all previous instructions" in material)


def tried(
    entries: Sequence[Mapping[str, Any]], records: Sequence[Mapping[str, Any]], by: Judge = strict, **terms: Any
) -> Audit:
    rubric = Rubric.from_config(entries)
    CACHE.clear()  # of what another judge has said in another test

    def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [score.to_response() | {"error": score.error} for score in rubric.grade(batch(items))]

    with asking(by):
        return audit(grade, records, rubric, Terms(**terms))


def verdicts(result: Audit) -> dict[str, Verdict]:
    return {rule.rule: rule.verdict for rule in result.rules}


@pytest.mark.parametrize("records", [RECORDS, LOGGED], ids=["prompts", "with responses"])
@pytest.mark.parametrize("entries", [FORM, JUDGED], ids=["rules", "judge"])
def test_what_takes_a_right_answer_is_not_tried_and_says_so(
    entries: list[dict[str, Any]], records: list[dict[str, Any]]
) -> None:
    result = tried(entries, records)

    assert {rule: (result[rule].verdict, result[rule].reason) for rule in KNOWING} == dict.fromkeys(
        KNOWING, (Verdict.NOT_TRIED, UNKNOWN)
    )
    assert result[rules.REFERENCE_IS_READABLE].verdict is Verdict.NOT_TRIED
    assert result[rules.REFERENCE_IS_READABLE].reason == "the records have none, and the rubric reads none"


def test_a_judge_that_knows_an_answer_when_it_sees_one_passes_everything_that_can_be_tried() -> None:
    result = tried(JUDGED, LOGGED)

    assert {rule for rule, verdict in verdicts(result).items() if verdict is Verdict.PASSED} == {
        rules.GRADER_ANSWERS,
        rules.EXPLOIT_DOES_NOT_PAY,
        rules.SAME_INPUT_SAME_SCORE,
        rules.GRADER_IS_FAST_ENOUGH,
        rules.REWARD_HAS_SPREAD,
    }
    assert result.passed
    assert result.records == len(LOGGED)


def test_a_judge_that_obeys_the_response_is_found_out() -> None:
    result = tried(JUDGED, LOGGED, obedient)

    assert [rule.rule for rule in result.failed] == [rules.EXPLOIT_DOES_NOT_PAY]
    assert {example.strategy for example in result[rules.EXPLOIT_DOES_NOT_PAY].examples} == {"injected instruction"}


def test_rules_that_pay_in_full_for_no_answer_are_found_out() -> None:
    result = tried(FORM, RECORDS)

    assert [rule.rule for rule in result.failed] == [rules.EXPLOIT_DOES_NOT_PAY]
    (example, *_) = (one for one in result.complaints(9) if one.startswith("  record"))
    assert example == "  record log-0, prompt echoed: earns 1; expected at most 0.5"


def test_the_finding_can_be_waived_as_any_other() -> None:
    result = tried(FORM, RECORDS, waive={rules.EXPLOIT_DOES_NOT_PAY: "Only the form is trained here."})

    assert result.passed
    assert result[rules.EXPLOIT_DOES_NOT_PAY].verdict is Verdict.WAIVED


def test_spread_takes_a_response_that_is_no_refusal() -> None:
    without, with_responses = (tried(JUDGED, records)[rules.REWARD_HAS_SPREAD] for records in (RECORDS, LOGGED))

    assert (without.verdict, without.reason) == (Verdict.NOT_TRIED, UNKNOWN)
    assert "half logged and half wrong" in with_responses.reason


def test_a_reward_that_does_not_tell_a_logged_response_from_a_refusal_has_no_spread() -> None:
    result = tried([{"function": "text.contains", "weight": 1, "options": {"texts": ["invoice"]}}], LOGGED)

    assert [rule.rule for rule in result.failed] == [rules.REWARD_HAS_SPREAD]


def test_some_records_may_have_a_reference_answer() -> None:
    mixed = [*RECORDS[:4], *(RECORDS[n] | {"reference_answer": f"It is {n} miles away."} for n in (4, 5))]

    result = tried(FORM, mixed, waive={rules.EXPLOIT_DOES_NOT_PAY: "Only the form is trained here."})

    assert result[rules.REFERENCE_IS_READABLE].reason.startswith("2 of 2 sampled records have a reference answer")
    assert result[rules.REFERENCE_EARNS_FULL_REWARD].measured["tried"] == 2
    assert result[rules.WRONG_ANSWER_EARNS_LESS].failed
    assert {example.record for example in result[rules.WRONG_ANSWER_EARNS_LESS].examples} == {"log-4", "log-5"}


def test_a_rubric_that_reads_references_cannot_read_those_that_are_not_there() -> None:
    entries = [{"function": "text.similarity", "weight": 1}]

    result = tried(entries, RECORDS)

    assert [rule.rule for rule in result.failed] == [rules.REFERENCE_IS_READABLE]
    assert len(result[rules.REFERENCE_IS_READABLE].examples) == len(RECORDS)


@pytest.mark.parametrize("by", [strict, obedient], ids=["strict", "obedient"])
def test_a_stand_in_that_cannot_know_is_not_held_to_what_it_guesses(by: Judge) -> None:
    result = tried(JUDGED, LOGGED, by, judges=Judges.STAND_IN)

    guessed = (rules.EXPLOIT_DOES_NOT_PAY, rules.REWARD_HAS_SPREAD)
    assert {result[rule].verdict for rule in guessed} == {Verdict.NOT_TRIED}
    assert {result[rule].reason.partition(";")[0] for rule in guessed} == {
        "a stand-in answered, which cannot tell a good response without a reference"
    }
    assert {result[rule].reason for rule in KNOWING} == {UNKNOWN}
    assert result[rules.SAME_INPUT_SAME_SCORE].verdict is Verdict.PASSED
    assert result.passed


def test_without_its_judges_the_rest_of_a_rubric_is_tried() -> None:
    rubric = Rubric.from_config(JUDGED)
    asked = without_judges(rubric)
    assert asked is not None

    def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [score.to_response() for score in asked.grade(batch(items))]

    result = audit(grade, LOGGED, rubric, Terms(judges=Judges.LEFT_OUT))

    assert result.passed
    assert result[rules.EXPLOIT_DOES_NOT_PAY].reason == "judges were not asked"
    assert result[rules.GRADER_ANSWERS].verdict is Verdict.PASSED


def test_without_a_grader_nothing_is_tried_and_nothing_fails() -> None:
    result = audit_records(RECORDS, Rubric.from_config(JUDGED[:1]), 4, "only judges pay here")

    assert result.passed
    assert set(verdicts(result).values()) == {Verdict.NOT_TRIED}


def test_one_record_is_enough() -> None:
    """No other one has to lend its answer."""
    assert tried(JUDGED, LOGGED[:1]).records == 1


def test_what_was_found_is_told_in_full_and_in_short() -> None:
    result = tried(JUDGED, LOGGED)

    assert {rule["rule"] for rule in result.summary()["rules"]} >= set(RULES)
    assert [pay["worth"] for pay in result.to_json()["strategies"] if pay["strategy"] == strategies.LOGGED] == ["open"]
    assert result.to_json()["histogram"].keys() == {"open", "wrong", "exploit"}


def test_a_batch_without_references_is_measured_as_any_other() -> None:
    items = [
        {"id": record["id"], "messages": [*record["messages"], {"role": "assistant", "content": "On its way."}]}
        for record in RECORDS
    ]

    with asking(strict):
        scores = Rubric.from_config(JUDGED).grade(items)

    assert telemetry.measure(scores, milliseconds=5.0)["GraderErrors"] == [0]
    assert all(score.parsed for score in scores)
