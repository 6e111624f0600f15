import json
from typing import Any

import pytest

from lambda_src.run.audit import Audit, Example, RuleResult, Verdict
from lambda_src.run.audit.cost import Cost
from lambda_src.run.audit.latency import Latency
from lambda_src.run.audit.result import StrategyPay
from lambda_src.run.audit.rules import RULES, UNWAIVABLE
from lambda_src.run.audit.summary import MOST_BYTES


def audit_of(text: str, *, verdict: Verdict = Verdict.PASSED) -> Audit:
    """An audit whose every text is this one."""
    example = Example(text, text, 1 / 3, text, text, text)
    every = [RuleResult(rule, verdict, text, {}, (example,) * 50, (text,) * 3) for rule in (*UNWAIVABLE, *RULES)]
    return Audit(
        rules=tuple(every),
        records=32,
        responses=640,
        histogram=dict.fromkeys(("right", "variant", "open", "wrong", "exploit"), [1234] * 20),
        strategies=(StrategyPay(text, "right", 1.0, 1.0, 1.0, 32),) * 20,
        latency=Latency(1 / 3, 2 / 3, 1 / 7, 128 / 3, 123_456_789, 100 / 3, (text,) * 16),
        cost=Cost(640, 1000 / 3, 100 / 3, 123_456_789, 1e12 / 3, 1e12 / 3, 1e6 / 3),
        notes=(text,) * 9,
    )


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a sentence of ordinary length, with a number 0.25 in it", id="ordinary"),
        pytest.param("long " * 400, id="long"),
        pytest.param('\u4e2d\U0001f600"\\\n' * 400, id="six bytes a character"),
    ],
)
def test_a_summary_is_at_most_3_kb(text: str, verdict: Verdict) -> None:
    assert len(json.dumps(audit_of(text, verdict=verdict).summary())) <= MOST_BYTES


def test_an_ordinary_summary_keeps_what_counts() -> None:
    audit = Audit(
        rules=(
            RuleResult.of("grader-answers", holds=True, reason="640 responses graded"),
            RuleResult.of("wrong-answer-earns-less", holds=False, reason="too much", examples=(_example(),)).waived(
                "Style only."
            ),
        ),
        records=32,
        responses=640,
        histogram={"right": [0] * 19 + [32]},
    )

    assert audit.summary() == {
        "passed": True,
        "records": 32,
        "responses": 640,
        "rules": [
            {"rule": "grader-answers", "verdict": "passed", "reason": "640 responses graded"},
            {
                "rule": "wrong-answer-earns-less",
                "verdict": "waived",
                "reason": "too much; waived: Style only.",
                "broken": 1,
                "examples": [
                    {
                        "record": "r1",
                        "strategy": "near miss",
                        "reward": 1.0,
                        "expected": "less",
                        "response": "#### 41",
                        "error": "",
                    }
                ],
            },
        ],
        "histogram": {"right": [0] * 19 + [32]},
        "latency": None,
        "cost": None,
        "notes": [],
    }


def test_numbers_are_rounded_and_names_are_few() -> None:
    latency = audit_of("r1").summary()["latency"]

    assert (latency["p50"], latency["jobRollouts"], latency["slowest"]) == (0.3333, 123_456_789, ["r1"] * 3)


def test_the_full_json_has_everything() -> None:
    full: dict[str, Any] = json.loads(json.dumps(audit_of("text", verdict=Verdict.FAILED).to_json()))

    assert full["passed"] is False
    assert len(full["rules"][0]["examples"]) == 50
    assert len(full["strategies"]) == 20
    assert full["notes"] == ["text"] * 9


def test_a_waiver_of_a_rule_that_holds_can_go() -> None:
    result = RuleResult.of("wrong-answer-earns-less", holds=True, reason="fine").waived("Style only.")

    assert (result.verdict, result.warnings) == (Verdict.PASSED, ("waived, yet it holds: the waiver can go",))


def test_complaints_name_each_rule_that_failed_with_its_first_examples() -> None:
    failed = RuleResult.of("wrong-answer-earns-less", holds=False, reason="too much", examples=(_example(),) * 3)
    passed = RuleResult.of("grader-answers", holds=True, reason="640 responses graded")

    assert Audit((passed, failed)).complaints(2) == [
        "wrong-answer-earns-less: too much",
        *["  record r1, near miss: earns 1; expected less"] * 2,
    ]


def _example() -> Example:
    return Example("r1", "near miss", 1.0, "less", "#### 41")
