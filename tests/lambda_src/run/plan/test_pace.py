import json
from pathlib import Path
from typing import Any

import pytest

from lambda_src.run.plan import Pace
from lambda_src.run.plan.duration import DOCUMENTED, Duration
from tests.lambda_src.run.plan.orders import order

RECORD: dict[str, Any] = json.loads((Path(__file__).parents[3] / "rft" / "healthy_record.json").read_text("utf-8"))


def test_the_pace_of_a_run_is_its_training_time_per_rollout() -> None:
    assert Pace.of(RECORD) == Pace(58 / (60 * 16 * 8), "gsm8k-style-local-3f9a1c07b2de-5e21aa")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"jobStatus": "Failed"}, id="failed"),
        pytest.param({"jobStatus": None}, id="no job"),
        pytest.param({"curves": []}, id="no curves"),
        pytest.param({"times": RECORD["times"] | {"trainingEnded": None}}, id="no end"),
        pytest.param({"times": RECORD["times"] | {"trainingEnded": RECORD["times"]["trainingStarted"]}}, id="no time"),
    ],
)
def test_a_run_that_says_nothing_of_its_pace_has_none(changes: dict[str, Any]) -> None:
    assert Pace.of(RECORD | changes) is None


def test_without_an_earlier_run_no_duration_is_made_up() -> None:
    duration = Duration.of(order())

    assert duration.training is None
    assert str(duration) == f"unknown: {DOCUMENTED}; grading alone 160 s, in sequence"


def test_a_run_is_timed_by_an_earlier_one() -> None:
    duration = Duration.of(order(pace=Pace(0.9, "sums-dev-1"), latency=None))

    assert duration.training == pytest.approx(4.0)
    assert str(duration) == "about 4 h at the pace of sums-dev-1"


def test_what_a_stand_in_took_says_nothing_of_judges() -> None:
    assert Duration.of(order(judge_model="amazon.nova-pro-v1:0")).grader is None
