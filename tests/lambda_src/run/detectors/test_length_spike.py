import pytest

from lambda_src.run.detectors.length_spike import DETECTOR
from tests.lambda_src.run.detectors.curves import line, steps


@pytest.mark.parametrize("count", [20, 60, 240])
def test_shorter_answers_are_healthy(count: int) -> None:
    finding = DETECTOR.detect(steps(training_episode_length=line(29, 22, count)))

    assert not finding.alarm
    assert finding.value is not None
    assert finding.value < 1.01


@pytest.mark.parametrize("count", [20, 60, 240])
def test_answers_that_nearly_triple_are_a_spike(count: int) -> None:
    finding = DETECTOR.detect(steps(training_episode_length=line(29, 80, count)))

    assert finding.alarm
    assert "response length went from" in finding.evidence
    assert "the rubric pays for length" in finding.advice


@pytest.mark.parametrize("position", range(60))
def test_one_long_step_anywhere_is_none(position: int) -> None:
    lengths = line(29, 22, 60)
    lengths[position] = 1000

    assert not DETECTOR.detect(steps(training_episode_length=lengths)).alarm


def test_a_spike_that_lasts_is_dated_to_its_third_step() -> None:
    finding = DETECTOR.detect(steps(training_episode_length=[30.0] * 20 + [90.0] * 5 + [30.0] * 20))

    assert (finding.alarm, finding.step) == (True, 23)


@pytest.mark.parametrize(
    ("field", "evidence"),
    [
        pytest.param("response_length", "response length went from 316.8 to 746.3 characters", id="while it trains"),
        pytest.param("validation_episode_length", "validation response length went", id="without training length"),
    ],
)
def test_another_length_stands_in_where_the_tokens_of_training_are_unknown(field: str, evidence: str) -> None:
    finding = DETECTOR.detect(steps(**{field: line(290, 800, 20)}))

    assert finding.alarm
    assert finding.evidence.startswith(evidence)


@pytest.mark.parametrize("lengths", [[], [None] * 20, [10.0] * 4, [0.0] * 20])
def test_too_few_values_are_no_judgement(lengths: list[float | None]) -> None:
    finding = DETECTOR.detect(steps(training_episode_length=lengths))

    assert (finding.value, finding.alarm) == (None, False)
