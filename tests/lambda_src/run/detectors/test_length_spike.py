from collections.abc import Sequence

import pytest

from lambda_src.run.detectors.length_spike import detect
from lambda_src.run.steps import Step


def steps(lengths: Sequence[float | None]) -> list[Step]:
    return [Step(number, training_episode_length=length) for number, length in enumerate(lengths, start=1)]


def line(first: float, last: float, count: int) -> list[float]:
    return [first + (last - first) * n / (count - 1) for n in range(count)]


@pytest.mark.parametrize("count", [20, 60, 240])
def test_shorter_answers_are_healthy(count: int) -> None:
    finding = detect(steps(line(29, 22, count)), threshold=2.0)

    assert not finding.alarm
    assert finding.value is not None
    assert finding.value < 1.01


@pytest.mark.parametrize("count", [20, 60, 240])
def test_answers_that_nearly_triple_are_a_spike(count: int) -> None:
    finding = detect(steps(line(29, 80, count)), threshold=2.0)

    assert finding.alarm
    assert "response length was" in finding.evidence
    assert "the rubric pays for length" in finding.advice


@pytest.mark.parametrize("position", range(60))
def test_one_long_step_anywhere_is_none(position: int) -> None:
    lengths = line(29, 22, 60)
    lengths[position] = 1000

    assert not detect(steps(lengths), threshold=2.0).alarm


def test_a_spike_that_lasts_is_dated_to_its_third_step() -> None:
    finding = detect(steps([30.0] * 20 + [90.0] * 5 + [30.0] * 20), threshold=2.0)

    assert (finding.alarm, finding.step) == (True, 23)


def test_validation_length_stands_in_where_training_length_is_missing() -> None:
    validation = [Step(n, validation_episode_length=length) for n, length in enumerate(line(29, 80, 20))]

    finding = detect(validation, threshold=2.0)

    assert finding.alarm
    assert finding.evidence.startswith("validation response length")


@pytest.mark.parametrize("lengths", [[], [None] * 20, [10.0] * 4, [0.0] * 20])
def test_too_few_values_are_no_judgement(lengths: list[float | None]) -> None:
    finding = detect(steps(lengths), threshold=2.0)

    assert (finding.value, finding.alarm) == (None, False)
