from typing import Any

import pytest

from lambda_src.run.detectors.degenerate_groups import DETECTOR
from tests.lambda_src.run.detectors.curves import line, steps

ALL_BEST = (0,) * 9 + (128,)
HALF_BEST = (64,) + (0,) * 8 + (64,)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"degenerate_share": 1.0, "training_reward": 0.0}, id="nobody earns anything"),
        pytest.param({"degenerate_share": 1.0, "training_reward": 0.5}, id="everybody earns the same"),
        pytest.param({"degenerate_share": 1.0, "reward_histogram": HALF_BEST}, id="always right or always wrong"),
        pytest.param({"degenerate_share": 0.97, "training_reward": 0.01}, id="hardly anybody earns anything"),
    ],
)
def test_groups_without_spread_are_an_alarm(known: dict[str, Any]) -> None:
    assert DETECTOR.detect(steps(**{name: [value] * 10 for name, value in known.items()})).alarm


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"degenerate_share": 0.2, "training_reward": 0.5}, id="most prompts teach"),
        pytest.param({"degenerate_share": 0.66, "training_reward": 0.95}, id="most prompts are solved"),
        pytest.param({"degenerate_share": 1.0, "reward_histogram": ALL_BEST}, id="all prompts are solved"),
        pytest.param({"degenerate_share": 0.8, "training_reward": 0.03}, id="rewards are sparse"),
    ],
)
def test_what_still_teaches_or_is_solved_is_none(known: dict[str, Any]) -> None:
    assert not DETECTOR.detect(steps(**{name: [value] * 10 for name, value in known.items()})).alarm


def test_a_run_that_dies_is_dated() -> None:
    dying = steps(degenerate_share=[0.2] * 20 + [1.0] * 10, training_reward=[*[0.5] * 20, *line(0.1, 0.0, 10)])

    finding = DETECTOR.detect(dying)

    assert (finding.alarm, finding.step) == (True, 23)
    assert finding.evidence == "no spread of rewards on 100% of the unsolved prompts"
