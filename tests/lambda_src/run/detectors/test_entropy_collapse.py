import math
from collections.abc import Sequence
from itertools import chain

import pytest

from lambda_src.run.detectors.entropy_collapse import detect
from lambda_src.run.steps import Step


def steps(entropies: Sequence[float | None]) -> list[Step]:
    return [Step(number, policy_entropy=entropy) for number, entropy in enumerate(entropies, start=1)]


def line(first: float, last: float, count: int) -> list[float]:
    return [first + (last - first) * n / (count - 1) for n in range(count)]


def decay(first: float, last: float, count: int) -> list[float]:
    return [first * math.exp(math.log(last / first) * n / (count - 1)) for n in range(count)]


@pytest.mark.parametrize("count", [20, 60, 240])
def test_a_mild_decline_is_healthy(count: int) -> None:
    finding = detect(steps(line(0.48, 0.33, count)), threshold=0.6)

    assert not finding.alarm
    assert finding.value == pytest.approx(0.29, abs=0.03)
    assert finding.advice == ""


@pytest.mark.parametrize("after", [0, 40, 200])
def test_a_fall_to_nothing_by_step_19_is_a_collapse(after: int) -> None:
    finding = detect(steps(decay(0.47, 0.006, 19) + [0.006] * after), threshold=0.6)

    assert finding.alarm
    assert finding.value == pytest.approx(1.0, abs=0.01)
    assert finding.step is not None
    assert finding.step <= 19
    assert "learningRate" in finding.advice


@pytest.mark.parametrize("position", range(60))
def test_one_noisy_step_anywhere_is_none(position: int) -> None:
    entropies = line(0.48, 0.33, 60)
    entropies[position] = 0.001

    assert not detect(steps(entropies), threshold=0.6).alarm


def test_a_fall_that_the_run_recovers_from_is_still_seen() -> None:
    entropies = [0.5] * 20 + [0.05] * 6 + [0.5] * 20

    assert detect(steps(entropies), threshold=0.6).alarm


def test_entropy_below_the_floor_is_an_alarm_however_low_it_began() -> None:
    finding = detect(steps([0.018] * 20), threshold=0.6)

    assert (finding.alarm, finding.value) == (True, 1.0)


def test_rising_entropy_is_no_fall() -> None:
    finding = detect(steps(line(0.4, 0.8, 20)), threshold=0.6)

    assert (finding.alarm, finding.value) == (False, 0.0)
    assert "stayed at or above its start" in finding.evidence


def test_missing_values_are_left_out() -> None:
    gappy = list(chain.from_iterable((value, None) for value in line(0.48, 0.33, 20)))

    assert detect(steps(gappy), threshold=0.6).value == detect(steps(line(0.48, 0.33, 20)), threshold=0.6).value


@pytest.mark.parametrize("entropies", [[], [None] * 20, [0.5, 0.001, 0.001, 0.001]])
def test_too_few_values_are_no_judgement(entropies: list[float | None]) -> None:
    finding = detect(steps(entropies), threshold=0.6)

    assert (finding.value, finding.alarm, finding.step) == (None, False, None)
    assert "fewer than 5 steps" in finding.evidence


def test_the_alarm_begins_at_the_threshold_itself() -> None:
    entropies = [0.5] * 5 + [0.25] * 10

    assert detect(steps(entropies), threshold=0.5).alarm
    assert not detect(steps(entropies), threshold=0.51).alarm
