"""A run shows in its curves what goes right and what goes wrong, and the right alarm says so.

The faulty runs differ from a bundled project in one thing.
"""

from typing import Any

import pytest

from infra.config import ProjectConfig
from lambda_src.reward import metrics
from rehearsal.environment import ROOT
from tests.e2e.checkout import Checkout, eventually

pytestmark = pytest.mark.emulator

HEALTHY = ProjectConfig.load(ROOT / "projects" / "gsm8k-style.yaml").for_stage("local").hyper_parameters.to_api()


def _run(checkout: Checkout, name: str, **project: Any) -> dict[str, Any]:
    checkout.write_project(name, **project)
    deployed = checkout.deploy(name)
    assert deployed.returncode == 0, deployed.stdout
    return checkout.conclude(name)


def _alarms(checkout: Checkout, name: str) -> set[str]:
    """Metrics of the alarms that are on, once one is."""
    return eventually(
        lambda: {metric for metric, state in checkout.alarm_states(name).items() if state == "ALARM"}, seconds=120
    )


def test_the_highest_learning_rate_collapses_entropy_and_its_alarm_says_so(checkout: Checkout) -> None:
    record = _run(checkout, "steep", local={"hyperParameters": HEALTHY | {"learningRate": 1e-3}})

    assert record["verdict"] == "alarm", record["verdictReason"]
    assert metrics.ENTROPY_COLLAPSE in _alarms(checkout, "steep")


def test_a_grader_that_pays_for_any_valid_object_ends_as_reward_hacking_with_the_very_responses(
    checkout: Checkout,
) -> None:
    record = _run(
        checkout,
        "hackable",
        dataset="extraction",
        reward=[{"function": "extraction.valid", "weight": 1}],
        waive=dict.fromkeys(
            ("wrong-answer-earns-less", "exploit-does-not-pay", "reward-has-spread"),
            "shows what becomes of a grader that knows the form alone; the audit would not let it train",
        ),
        local={"model": "local.strategist", "hyperParameters": {"epochCount": 1, "batchSize": 16, "evalInterval": 5}},
    )
    (finding,) = (f for f in record["detectors"] if f["name"] == "reward-hacking")

    assert record["verdict"] == "hacking"
    assert finding["alarm"]
    assert record["verdictReason"].startswith(finding["evidence"])
    assert record["verdictReason"].count("(record train-") == 2
    assert _alarms(checkout, "hackable") == {metrics.REWARD_HACKING}
    assert checkout.composite_states("hackable") == {"RunUnhealthy": "OK", "GraderUnhealthy": "ALARM"}
