from dataclasses import replace
from typing import Any

import pytest

from lambda_src.run.probe.estimates import Interval
from lambda_src.run.probe.verdict import Capability, Findings


def point(mean: float, width: float = 0.0) -> Interval:
    return Interval(mean, mean - width, mean + width)


FINDINGS = Findings(
    prompts=64,
    responses=512,
    failed=0,
    floor=0.0,
    reward=point(0.5),
    positive=point(0.5),
    flat=point(0.3),
    truncated=0.0,
    max_tokens=1024,
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, Capability.GOOD, id="half of it"),
        pytest.param({"positive": point(0.049)}, Capability.TOO_HARD, id="nearly never"),
        pytest.param({"positive": point(0.05)}, Capability.GOOD, id="at the limit"),
        pytest.param({"positive": point(0.0), "reward": point(0.1)}, Capability.TOO_HARD, id="form alone"),
        pytest.param({"positive": point(0.0), "flat": point(1.0)}, Capability.TOO_HARD, id="never, and flat of course"),
        pytest.param({"reward": point(0.951), "positive": point(1.0)}, Capability.TOO_EASY, id="nearly always"),
        pytest.param({"reward": point(0.95), "positive": point(1.0)}, Capability.GOOD, id="often"),
        pytest.param({"reward": point(1.0), "flat": point(1.0)}, Capability.TOO_EASY, id="always, and flat of course"),
        pytest.param({"flat": point(0.92)}, Capability.NO_SIGNAL, id="all or nothing"),
        pytest.param({"flat": point(0.9)}, Capability.GOOD, id="a tenth of the groups differs"),
        pytest.param({"prompts": 7}, Capability.UNKNOWN, id="few prompts"),
        pytest.param({"responses": 31}, Capability.UNKNOWN, id="few responses"),
        pytest.param({"failed": 513}, Capability.UNKNOWN, id="most have failed"),
        pytest.param({"failed": 512}, Capability.GOOD, id="half have failed"),
        pytest.param({"prompts": 0, "responses": 0, "positive": point(0.0)}, Capability.UNKNOWN, id="nothing"),
    ],
)
def test_verdict(changes: dict[str, Any], expected: Capability) -> None:
    found = replace(FINDINGS, **changes).verdict()

    assert found.name is expected
    assert "borderline" not in found.reason
    assert found.reason.endswith(".")
    assert found.advice


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"positive": point(0.04, 0.02)}, "the positive share of other prompts", id="too hard or good"),
        pytest.param({"positive": point(0.06, 0.02)}, "the positive share of other prompts", id="good or too hard"),
        pytest.param({"reward": point(0.96, 0.02)}, "the mean reward of other prompts", id="too easy or good"),
        pytest.param({"reward": point(0.94, 0.02)}, "the mean reward of other prompts", id="good or too easy"),
        pytest.param({"flat": point(0.91, 0.05)}, "the share of flat prompts of other prompts", id="no signal or good"),
    ],
)
def test_a_verdict_that_other_prompts_might_change_says_so(changes: dict[str, Any], said: str) -> None:
    found = replace(FINDINGS, **changes).verdict()

    assert f"borderline: {said}" in found.reason
    assert "Probe more prompts" in found.advice


def test_a_limit_that_does_not_matter_to_the_verdict_is_not_mentioned() -> None:
    found = replace(FINDINGS, positive=point(0.0), flat=point(0.9, 0.05)).verdict()

    assert "borderline" not in found.reason


def test_the_reason_of_too_hard_names_the_floor() -> None:
    nothing = replace(FINDINGS, positive=point(0.01)).verdict()
    form = replace(FINDINGS, positive=point(0.01), floor=0.1).verdict()

    assert "1.0% (1.0% to 1.0%) of 512 responses earn more than nothing; expected 5% at least" in nothing.reason
    assert "more than the 0.1 that the answer to a similar record earns" in form.reason
    assert "supervised fine-tuning" in nothing.advice


@pytest.mark.parametrize(("truncated", "told"), [(0.05, False), (0.06, True)])
@pytest.mark.parametrize("positive", [0.0, 0.5], ids=["too hard", "good"])
def test_responses_that_are_cut_off_call_for_more_tokens(truncated: float, told: bool, positive: float) -> None:
    found = replace(FINDINGS, truncated=truncated, positive=point(positive)).verdict()

    assert ("Raise inferenceMaxTokens: 6.0% of the responses do not end within 1,024 tokens" in found.advice) is told


def test_a_good_task_may_be_slow_or_half_wasted() -> None:
    assert "slow start" in replace(FINDINGS, positive=point(0.1)).verdict().advice
    assert "More than half of the prompts" in replace(FINDINGS, flat=point(0.6)).verdict().advice
    assert "slow start" not in FINDINGS.verdict().advice
