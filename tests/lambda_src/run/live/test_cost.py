from datetime import timedelta
from typing import Any

import pytest

from lambda_src.run.live.cost import Cost, Usage
from tests.lambda_src.run.live.samples import BEGAN, job

NOVA = {"model": "amazon.nova-2-lite-v1:0:256k"}
LAMBDA = {"gradingSecond": 0.00001, "gradingCall": 0.0000002}
USAGE = Usage(1000, milliseconds=2e6, characters=8e6, judge_input=3e6, judge_output=0.5e6)
GRADER = 2000 * 0.00001 + 1000 * 0.0000002
NOW = BEGAN + timedelta(hours=3)


@pytest.mark.parametrize(
    ("run", "status", "usd"),
    [
        pytest.param({"prices": LAMBDA | {"trainingHour": 10.0}}, "InProgress", 30 + GRADER, id="until now"),
        pytest.param({"prices": LAMBDA | {"trainingHour": 10.0}}, "Completed", 20 + GRADER, id="until the end"),
        pytest.param({"prices": LAMBDA | {"trainingTokens": 5.0}}, "InProgress", 10 + GRADER, id="by the token"),
        pytest.param({"prices": LAMBDA}, "InProgress", GRADER, id="training unknown"),
        pytest.param({"prices": {}}, "InProgress", 0.0, id="all unknown"),
        pytest.param({"prices": {"judgeInput": 1.0, "judgeOutput": 4.0}}, "InProgress", 5.0, id="judges"),
    ],
)
def test_what_is_known_is_added_up(run: dict[str, Any], status: str, usd: float) -> None:
    assert Cost.of(NOVA | run, job(status), USAGE, NOW).usd == pytest.approx(usd)


def test_what_has_no_known_price_is_named() -> None:
    (unknown,) = Cost.of(NOVA | {"prices": {}}, job(), USAGE, NOW).unknown

    assert unknown.endswith("training, the grader's Lambda, judges")


def test_a_cost_that_is_known_lacks_nothing() -> None:
    run = NOVA | {"prices": LAMBDA | {"trainingHour": 10.0}}

    assert Cost.of(run, job(), Usage(calls=1), NOW).unknown == ()


def test_a_local_model_costs_nothing() -> None:
    assert Cost.of({"model": "local.tiny-lm"}, job(), USAGE, NOW) == Cost(0.0)
