from collections.abc import Sequence

import pytest

from lambda_src.run.detectors.overfitting import DETECTOR
from lambda_src.run.steps import Step
from tests.lambda_src.run.detectors.curves import jittered, line, steps


def run(training: Sequence[float], validation: Sequence[float], every: int = 5) -> list[Step]:
    seen = [value if n == 0 or (n + 1) % every == 0 else None for n, value in enumerate(validation)]
    return steps(training_reward=training, validation_reward=seen)


@pytest.mark.parametrize("every", [1, 5, 10])
@pytest.mark.parametrize(
    ("validation", "evidence"),
    [
        pytest.param(line(0.48, 0.13, 60), "validation reward from 0.48", id="validation falls"),
        pytest.param([0.5] * 60, "training reward went from 0.45 to 0.9", id="validation stands still"),
        pytest.param([*line(0.45, 0.7, 20), *line(0.7, 0.5, 40)], "with a best of 0.", id="validation turns"),
    ],
)
def test_training_that_outruns_validation_is_an_alarm(validation: list[float], evidence: str, every: int) -> None:
    finding = DETECTOR.detect(run(line(0.45, 0.98, 60), validation, every))

    assert finding.alarm
    assert evidence in finding.evidence


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(
    ("training", "validation"),
    [
        pytest.param(line(0.5, 0.9, 60), line(0.5, 0.87, 60), id="validation follows"),
        pytest.param(line(0.6, 0.9, 60), line(0.3, 0.6, 60), id="validation is harder from the start"),
        pytest.param(line(0.5, 0.0, 60), line(0.5, 0.0, 60), id="both collapse"),
        pytest.param([0.5] * 60, [0.5] * 60, id="nothing happens"),
    ],
)
def test_validation_that_follows_is_healthy(training: list[float], validation: list[float], seed: int) -> None:
    noisy = run(jittered(training, 0.04, seed), jittered(validation, 0.04, seed + 100))

    assert not DETECTOR.detect(noisy).alarm


def test_two_validations_are_no_judgement() -> None:
    assert DETECTOR.detect(run(line(0.5, 0.9, 9), line(0.5, 0.1, 9))).value is None
