"""The hand-labelled responses of the benchmark: every label is met, by default or with the option that it names."""

import json
from pathlib import Path
from typing import Any

import pytest

from lambda_src.reward.rewards import maths
from lambda_src.reward.rollout import Rollout

CASES = [
    json.loads(line)
    for line in Path(__file__).parents[4].joinpath("benchmarks/maths_cases.jsonl").read_text("utf-8").splitlines()
]
DECIDED = [case for case in CASES if not str(case.get("decided_by", "")).startswith("nothing")]


def is_paid(case: dict[str, Any]) -> bool:
    messages = [{"role": "assistant", "content": case["response"]}]
    rollout = Rollout.from_event({"messages": messages, "reference_answer": case["reference"]})
    return maths.final_answer(rollout, **case.get("options", {})) == 1.0


@pytest.mark.parametrize("kind", sorted({case["kind"] for case in DECIDED}))
def test_every_label_is_met(kind: str) -> None:
    wrong = [case for case in DECIDED if case["kind"] == kind and is_paid(case) is not case["right"]]

    assert not wrong


def test_no_wrong_answer_is_paid_whatever_a_policy_says() -> None:
    assert not [case for case in CASES if is_paid(case) and not case["right"]]


def test_a_contested_label_names_what_decides_it() -> None:
    assert all(bool(case.get("contested")) == bool(case.get("decided_by")) for case in CASES)
    assert all("contested" in case for case in CASES if "options" in case)


def test_no_case_stands_twice() -> None:
    keys = [(case["response"], case["reference"], json.dumps(case.get("options"))) for case in CASES]

    assert len(set(keys)) == len(keys) >= 200
