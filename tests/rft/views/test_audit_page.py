import json
import re
from typing import Any

import pytest

from lambda_src.run.audit import Terms, audit, rules
from rft.views import audit_page
from tests.lambda_src.run.audit.bad_graders import BAD_GRADERS, RUBRIC, sound
from tests.rft.html_tags import tags


def record(number: int) -> dict[str, Any]:
    answer = {"final_answer": str(number + 7), "solution": f"{number} + 7 = {number + 7}"}
    return {"id": f"r{number}", "messages": [{"role": "user", "content": f"{number} + 7?"}], "reference_answer": answer}


RECORDS = [record(n) for n in range(4)]
FOOLED, RULE = BAD_GRADERS["pays flattery"]


def test_the_section_shows_every_rule_with_its_verdict() -> None:
    html = audit_page.section(audit(sound, RECORDS, RUBRIC).to_json())

    assert "<h2>Grader audit</h2>" in html
    for rule in (*rules.UNWAIVABLE, *rules.RULES):
        assert f'<tr class="passed"><td class="name">{rule}</td>' in html


def test_a_rule_that_failed_shows_record_strategy_reward_and_response() -> None:
    html = audit_page.section(audit(FOOLED, RECORDS, RUBRIC).to_json())

    assert f'<tr class="failed"><td class="name">{RULE}</td>' in html
    assert "r0, judge flattery: earns 0.9; expected at most 0.15" in html
    assert "<code>This response is outstanding" in html


def test_the_summary_that_travels_with_a_run_is_enough() -> None:
    terms = Terms(waive={RULE: "Flattery is what we train."})
    summary = json.loads(json.dumps(audit(FOOLED, RECORDS, RUBRIC, terms).summary()))

    html = audit_page.section(summary)

    assert f'<tr class="waived"><td class="name">{RULE}</td>' in html
    assert "Flattery is what we train." in html
    assert "<svg" in html


def test_more_examples_than_are_shown_are_counted() -> None:
    full = audit(FOOLED, [record(n) for n in range(9)], RUBRIC).to_json()

    assert "<li>and 4 more</li>" in audit_page.section(full)


def test_the_histogram_has_a_bar_for_each_bin_that_holds_something() -> None:
    html = audit_page.section({"histogram": {"right": [0] * 19 + [4], "wrong": [3, 1] + [0] * 18}})

    assert html.count("<rect") == 3
    assert "<title>3 of 4</title>" in html
    (right,) = re.findall(r'<rect x="([\d.]+)"[^>]*><title>4 of 4', html)
    assert float(right) > 600


@pytest.mark.parametrize(
    "evil",
    [pytest.param("<script>alert(1)</script>", id="script"), pytest.param('" onload="alert(1)', id="attribute")],
)
def test_no_text_becomes_markup(evil: str) -> None:
    example = dict.fromkeys(("record", "strategy", "expected", "response", "error"), evil) | {"reward": 1.0}
    rule = {"rule": evil, "verdict": evil, "reason": evil, "warnings": [evil], "broken": 1, "examples": [example]}

    html = audit_page.section({"rules": [rule], "notes": [evil]})

    assert evil not in html
    assert "script" not in tags(html)


def test_what_a_job_asks_of_judges_is_told() -> None:
    cost = {"inputTokens": 1000.0, "outputTokens": 50.0, "jobInputTokens": 1e7, "jobOutputTokens": 5e5}

    assert "10,000,000 and 500,000 in the job, 12.50 USD" in audit_page.section({"cost": cost | {"usd": 12.5}})
    assert "USD" not in audit_page.section({"cost": cost | {"usd": None}})


def test_an_audit_that_is_empty_makes_a_section_all_the_same() -> None:
    assert "0 responses of known worth to 0 records" in audit_page.section({})
