import math
from itertools import chain

import pytest

from lambda_src.run.detectors.entropy_collapse import DETECTOR
from tests.lambda_src.run.detectors.curves import line, steps


def decay(first: float, last: float, count: int) -> list[float]:
    return [first * math.exp(math.log(last / first) * n / (count - 1)) for n in range(count)]


@pytest.mark.parametrize("count", [20, 60, 240])
def test_a_mild_decline_is_healthy(count: int) -> None:
    finding = DETECTOR.detect(steps(policy_entropy=line(0.48, 0.33, count)))

    assert not finding.alarm
    assert finding.value == pytest.approx(0.29, abs=0.03)
    assert finding.advice == ""


@pytest.mark.parametrize("after", [0, 40, 200])
def test_a_fall_to_nothing_by_step_19_is_a_collapse(after: int) -> None:
    finding = DETECTOR.detect(steps(policy_entropy=decay(0.47, 0.006, 19) + [0.006] * after))

    assert finding.alarm
    assert finding.value == pytest.approx(1.0, abs=0.03)
    assert finding.step is not None
    assert finding.step <= 19
    assert "learningRate" in finding.advice


@pytest.mark.parametrize("position", range(60))
def test_one_noisy_step_anywhere_is_none(position: int) -> None:
    entropies = line(0.48, 0.33, 60)
    entropies[position] = 0.001

    assert not DETECTOR.detect(steps(policy_entropy=entropies)).alarm


def test_a_fall_that_the_run_recovers_from_is_still_seen() -> None:
    assert DETECTOR.detect(steps(policy_entropy=[0.5] * 20 + [0.05] * 6 + [0.5] * 20)).alarm


def test_entropy_below_the_floor_is_an_alarm_however_low_it_began() -> None:
    finding = DETECTOR.detect(steps(policy_entropy=[0.018] * 20))

    assert (finding.alarm, finding.value) == (True, 1.0)


def test_rising_entropy_is_no_fall() -> None:
    finding = DETECTOR.detect(steps(policy_entropy=line(0.4, 0.8, 20)))

    assert (finding.alarm, finding.value) == (False, 0.0)


def test_missing_values_are_left_out() -> None:
    gappy = list(chain.from_iterable((value, None) for value in line(0.48, 0.33, 20)))

    found, expected = (DETECTOR.detect(steps(policy_entropy=curve)) for curve in (gappy, line(0.48, 0.33, 20)))

    assert found.value == expected.value


def test_answers_that_grow_alike_stand_in_for_unknown_entropy_and_the_evidence_says_so() -> None:
    finding = DETECTOR.detect(steps(answer_diversity=line(0.7, 0.02, 20)))

    assert finding.alarm
    assert finding.evidence.startswith("diversity of answers, in place of the unknown entropy, went from 0.66")


def test_entropy_counts_from_where_it_is_known() -> None:
    known_late = steps(answer_diversity=line(0.7, 0.6, 40), policy_entropy=[None] * 10 + [0.5] * 10 + [0.1] * 20)

    finding = DETECTOR.detect(known_late)

    assert (finding.alarm, finding.step) == (True, 23)
    assert finding.evidence == "policy entropy went from 0.5 to 0.1 nats"


@pytest.mark.parametrize("entropies", [[], [None] * 20, [0.5, 0.001, 0.001, 0.001]])
def test_too_few_values_are_no_judgement(entropies: list[float | None]) -> None:
    finding = DETECTOR.detect(steps(policy_entropy=entropies))

    assert (finding.value, finding.alarm, finding.step) == (None, False, None)
    assert "fewer than 5 steps" in finding.evidence


def test_the_alarm_begins_at_the_threshold_itself() -> None:
    halved = steps(policy_entropy=[0.5] * 5 + [0.25] * 10)

    assert DETECTOR.detect(halved, threshold=0.5).alarm
    assert not DETECTOR.detect(halved, threshold=0.51).alarm
