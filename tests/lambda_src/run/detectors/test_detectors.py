from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.sections import Alarms
from lambda_src.run.detectors import DETECTORS, WATCHED, detect_all
from lambda_src.run.detectors.finding import About, Detector, Severity
from lambda_src.run.steps import Step
from tests.lambda_src.run.detectors.curves import jittered, line, steps

SHARES = [
    "training_reward",
    "validation_reward",
    "reward_deviation",
    "reward_spread",
    "degenerate_share",
    "unparsed_share",
    "truncated_share",
    "answer_diversity",
    "grader_error_share",
    "shadow_reward",
    "shadowed_reward",
]
AMOUNTS = [
    "training_episode_length",
    "validation_episode_length",
    "policy_entropy",
    "gradient_norm",
    "response_length",
    "grader_milliseconds",
]

_values: dict[str, st.SearchStrategy[object]] = {
    **{name: st.none() | st.floats(0, 1) for name in SHARES},
    **{name: st.none() | st.floats(0, 1e6) for name in AMOUNTS},
    **{name: st.none() | st.integers(0, 2048) for name in ("rollouts", "shadowed")},
    "reward_histogram": st.none() | st.tuples(*[st.integers(0, 99)] * 10),
}
RUNS = st.lists(st.builds(Step, step=st.integers(0, 3), **_values), max_size=40).map(
    lambda found: [replace(step, step=4 * place + step.step) for place, step in enumerate(found)]
)
"""Any run: values that come and go, and steps that are missing."""

each_detector = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.about.name)


@each_detector
@given(run=RUNS, cut=st.integers(0, 40))
@settings(max_examples=60, deadline=None)
def test_what_was_said_of_a_step_stands_whatever_comes_after(detector: Detector, run: list[Step], cut: int) -> None:
    whole = list(detector.measure(run))

    early = list(detector.measure(run[:cut]))

    assert early == [score for score in whole if score.step in {step.step for step in run[:cut]}]


@each_detector
@given(run=RUNS)
@settings(max_examples=60, deadline=None)
def test_a_run_with_any_holes_is_judged_or_said_to_be_unknown(detector: Detector, run: list[Step]) -> None:
    finding = detector.detect(run)

    assert finding.evidence
    assert finding.value is None or finding.value >= 0
    assert (finding.value is None) == (finding.step is None)
    assert not finding.alarm or (finding.advice and finding.step in {step.step for step in run})


@each_detector
def test_scores_follow_the_steps(detector: Detector) -> None:
    numbers = [score.step for score in detector.measure(healthy())]

    assert numbers == sorted(set(numbers))
    assert set(numbers) <= {step.step for step in healthy()}


@each_detector
def test_nothing_known_is_no_judgement(detector: Detector) -> None:
    finding = detector.detect([Step(n) for n in range(1, 60)])

    assert (finding.value, finding.alarm, finding.step) == (None, False, None)
    assert finding.evidence == detector.missing


def healthy(count: int = 60, seed: int = 0) -> list[Step]:
    """The shape of the article's healthy run, with the noise of 16 prompts and 8 responses to each."""
    rewards = [max(min(reward, 1.0), 0.0) for reward in jittered([*line(0.5, 0.87, 40), *[0.87] * 20], 0.05, seed)]
    return steps(
        training_reward=rewards[:count],
        validation_reward=[rewards[n] if n % 5 == 0 else None for n in range(count)],
        training_episode_length=jittered(line(625, 400, 60), 20, seed)[:count],
        policy_entropy=jittered(line(1.1, 0.8, 60), 0.03, seed)[:count],
        gradient_norm=[abs(norm) for norm in jittered([0.15] * 60, 0.04, seed)][:count],
        rollouts=[128] * count,
        reward_deviation=[0.45] * count,
        reward_spread=[0.35] * count,
        degenerate_share=jittered(line(0.2, 0.5, 60), 0.08, seed)[:count],
        answer_diversity=jittered(line(0.6, 0.45, 60), 0.03, seed)[:count],
        response_length=jittered(line(2500, 1600, 60), 80, seed)[:count],
        truncated_share=[0.01] * count,
        grader_error_share=[0.0] * count,
        grader_milliseconds=jittered([4000] * 60, 600, seed)[:count],
        shadow_reward=jittered(line(0.45, 0.8, 60), 0.05, seed)[:count],
        shadowed_reward=jittered(line(0.5, 0.87, 60), 0.05, seed)[:count],
        shadowed=[64] * count,
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_run_as_the_article_shows_it_is_healthy(seed: int) -> None:
    alarms = [finding.evidence for finding in detect_all(healthy(seed=seed), {}) if finding.alarm]

    assert alarms == []


def test_every_detector_can_judge_a_run_by_its_eleventh_step() -> None:
    assert [finding.name for finding in detect_all(healthy(11), {}) if finding.value is None] == []


CONSTANT: dict[str, Any] = {
    **dict.fromkeys(SHARES, 0.5),
    **dict.fromkeys(AMOUNTS, 100.0),
    "rollouts": 128,
    "shadowed": 64,
}
QUIET_BY_THRESHOLD = {"truncation", "grader-faults"}
"""Their value is a share that is bad in itself, however constant."""
STANDING_STILL = {"entropy-flat", "reward-plateau"}


@pytest.mark.parametrize(
    "detector",
    [each for each in DETECTORS if each.about.name not in QUIET_BY_THRESHOLD | STANDING_STILL],
    ids=lambda detector: detector.about.name,
)
def test_a_run_in_which_nothing_changes_is_quiet(detector: Detector) -> None:
    assert not detector.detect([Step(n, **CONSTANT) for n in range(1, 201)]).alarm


@pytest.mark.parametrize("name", sorted(STANDING_STILL))
def test_a_run_in_which_nothing_changes_stands_still(name: str) -> None:
    (detector,) = (each for each in DETECTORS if each.about.name == name)

    finding = detector.detect([Step(n, **CONSTANT) for n in range(1, 201)])

    assert (finding.alarm, finding.step) == (True, int(finding.threshold))


@each_detector
def test_the_project_file_sets_its_threshold(detector: Detector) -> None:
    settings_of = Alarms().model_dump(by_alias=True)

    assert settings_of[detector.setting] == detector.about.threshold
    (finding,) = (each for each in detect_all([], {detector.setting: 77.0}) if each.name == detector.about.name)
    assert finding.threshold == 77.0


@pytest.mark.parametrize("about", WATCHED, ids=lambda about: about.name)
def test_names_go_together(about: About) -> None:
    assert about.metric == "".join(word.capitalize() for word in about.name.split("-"))


@each_detector
def test_settings_are_spelled_like_the_metric(detector: Detector) -> None:
    assert detector.setting == detector.about.metric[0].lower() + detector.about.metric[1:]


def test_names_and_metrics_are_told_apart() -> None:
    assert len({about.name for about in WATCHED}) == len({about.metric for about in WATCHED}) == len(WATCHED)


@pytest.mark.parametrize("about", WATCHED, ids=lambda about: about.name)
def test_people_are_told_what_happened_why_and_what_to_do(about: About) -> None:
    assert all(str(getattr(about, field.name)).strip() for field in fields(about))
    assert all(text.endswith(".") for text in (about.what, about.cause, about.advice))


LOST = {"entropy-collapse", "overfitting", "degenerate-groups", "grader-faults", "shadow-divergence"}


def test_what_a_run_cannot_recover_from_is_critical() -> None:
    critical = [each.about.name for each in DETECTORS if each.about.severity is Severity.CRITICAL]

    assert set(critical) == LOST
