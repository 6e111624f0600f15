from dataclasses import fields

import pytest
from hypothesis import given, settings

from lambda_src.run.detectors import DETECTORS, detect_all
from lambda_src.run.detectors.bands import Band, bands
from lambda_src.run.steps import Step
from tests.lambda_src.run.detectors.curves import steps
from tests.lambda_src.run.detectors.test_detectors import RUNS, healthy


def test_every_curve_of_a_healthy_run_lies_in_its_band() -> None:
    run = healthy()

    found = bands(run, {})

    assert set(found) == {
        "policy_entropy",
        "answer_diversity",
        "training_episode_length",
        "response_length",
        "gradient_norm",
        "training_reward",
        "validation_reward",
        "truncated_share",
        "degenerate_share",
        "grader_error_share",
        "grader_milliseconds",
    }
    for name, band in found.items():
        values = [value for step in run[-10:] if (value := getattr(step, name)) is not None]
        assert band.low is None or min(values) >= band.low
        assert band.high is None or max(values) <= band.high


@pytest.mark.parametrize(
    ("field", "start", "end", "detector"),
    [
        ("policy_entropy", 0.5, "low", "entropy-collapse"),
        ("answer_diversity", 0.5, "low", "entropy-collapse"),
        ("training_episode_length", 30.0, "high", "length-spike"),
        ("response_length", 300.0, "high", "length-spike"),
        ("gradient_norm", 0.2, "high", "gradient-drift"),
        ("truncated_share", 0.0, "high", "truncation"),
        ("grader_error_share", 0.0, "high", "grader-faults"),
        ("grader_milliseconds", 4000.0, "high", "grader-latency"),
    ],
)
def test_a_curve_that_leaves_its_band_for_good_is_an_alarm(field: str, start: float, end: str, detector: str) -> None:
    band = bands(steps(**{field: [start] * 10}), {})[field]
    bound = band.low if end == "low" else band.high
    assert bound is not None
    inside, outside = (bound + 1e-6, bound - 1e-6) if end == "low" else (bound - 1e-6, bound + 1e-6)

    calm, loud = (steps(**{field: [start] * 10 + [value] * 10}) for value in (inside, outside))

    assert [finding.name for finding in detect_all(calm, {}) if finding.alarm] == []
    assert [finding.name for finding in detect_all(loud, {}) if finding.alarm] == [detector]


def test_the_projects_thresholds_move_the_bands() -> None:
    alarms = {"entropyCollapse": 0.5, "lengthSpike": 3.0}

    found = bands(steps(policy_entropy=[0.5] * 5, response_length=[100.0] * 5), alarms)

    assert found == {"policy_entropy": Band(low=0.25), "response_length": Band(high=300.0)}


def test_validation_may_lag_as_it_did_at_the_start_and_the_threshold_more() -> None:
    run = steps(training_reward=[0.6] * 5 + [0.9] * 10, validation_reward=[0.4] * 15)

    assert bands(run, {"overfitting": 0.15})["validation_reward"].low == pytest.approx(0.9 - 0.2 - 0.15)


@given(run=RUNS)
@settings(max_examples=60, deadline=None)
def test_a_run_with_any_holes_has_bands_of_known_curves_alone(run: list[Step]) -> None:
    for name, band in bands(run, {}).items():
        assert name in {field.name for field in fields(Step)}
        assert any(getattr(step, name) is not None for step in run)
        assert (band.low, band.high) != (None, None)


def test_before_anything_is_known_there_is_none() -> None:
    assert bands([], {}) == {}
    assert bands(steps(policy_entropy=[0.5] * 4), {detector.setting: 1.5 for detector in DETECTORS}) == {}
