import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.labelled_runs import hacking
from benchmarks.labelled_runs.baselines import BASELINES
from benchmarks.labelled_runs.detection import bare, live, tally
from benchmarks.labelled_runs.make import make
from benchmarks.labelled_runs.measures import auroc, bootstrap, rank_correlation, wilson
from benchmarks.labelled_runs.runs import Run
from benchmarks.labelled_runs.scenarios import SCENARIOS, Half, planned
from lambda_src.run.detectors import WATCHED
from lambda_src.run.steps import Step

FAULT = "length-spike"


def _run(*, labels: Mapping[str, int] | None = None, alarm: int | None = None, allowed: bool = False) -> Run:
    """A run of ten steps whose first reward of 1 is the alarm."""
    steps = [Step(n, training_reward=float(n == alarm), policy_entropy=0.5, response_length=30.0) for n in range(1, 11)]
    reasons = {FAULT: "doubtful"} if allowed else {}
    return Run("scenario", 1, Half.TEST, labels or {}, reasons, [], not labels, steps, [])


def _first_alarm(steps: object) -> int | None:
    assert isinstance(steps, list)
    return next((step.step for step in steps if step.training_reward == 1.0), None)


def test_a_fault_that_is_found_counts_with_its_delay() -> None:
    found = tally(FAULT, _first_alarm, [_run(labels={FAULT: 4}, alarm=7), _run(labels={FAULT: 2}, alarm=3)])

    assert (found.recall, found.precision, found.delay) == (1.0, 1.0, 2.0)


def test_a_fault_that_is_missed_costs_recall_and_an_invented_one_precision() -> None:
    runs = [_run(labels={FAULT: 4}), _run(labels={FAULT: 4}, alarm=5), _run(alarm=3), _run()]

    found = tally(FAULT, _first_alarm, runs)

    assert (found.recall, found.precision) == (0.5, 0.5)
    assert (found.missed, found.invented) == (["scenario/1"], ["scenario/1"])


def test_an_alarm_where_the_sign_is_doubtful_counts_as_neither() -> None:
    found = tally(FAULT, _first_alarm, [_run(alarm=3, allowed=True), _run(labels={FAULT: 1}, alarm=1)])

    assert (found.found, found.invented) == (1, [])


def test_what_is_known_live_holds_nothing_of_the_jobs_files() -> None:
    (step, *_) = live(_run()).steps

    assert (step.policy_entropy, step.response_length) == (None, 30.0)


def test_what_the_jobs_files_tell_holds_nothing_of_the_rollouts() -> None:
    (step, *_) = bare(_run()).steps

    assert (step.policy_entropy, step.response_length) == (0.5, None)


def test_areas_are_those_of_pairs() -> None:
    assert auroc([3.0, 4.0], [1.0, 2.0]) == 1.0
    assert auroc([1.0], [1.0]) == 0.5
    assert math.isnan(auroc([], [1.0]))


def test_an_interval_holds_what_it_is_of() -> None:
    positive, negative = [0.4, 0.7, 0.9, 0.8], [0.1, 0.5, 0.3, 0.6]

    low, high = bootstrap(positive, negative, auroc)

    assert low < auroc(positive, negative) < high
    assert wilson(19, 20)[0] < 0.95 < wilson(19, 20)[1]


def test_correlation_is_of_ranks() -> None:
    assert rank_correlation([1.0, 2.0, 3.0], [1.0, 10.0, 1000.0]) == 1.0
    assert math.isnan(rank_correlation([1.0, 1.0], [1.0, 2.0]))


def test_runs_of_which_nobody_knows_are_no_evidence_on_hacking() -> None:
    doubtful = replace(_run(alarm=3), allowed={hacking.FAULT: "doubtful"})
    runs = [_run(labels={hacking.FAULT: 1}, alarm=3), _run(), doubtful]

    each = hacking.separate("reward", lambda steps: max(step.training_reward or 0.0 for step in steps), runs)

    assert (each.area, len(each.positive), len(each.negative)) == (1.0, 1, 1)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("entropy-collapse", {"policy_entropy": [2.0] * 5 + [0.9] * 50}),
        ("length-spike", {"training_episode_length": [10.0] * 5 + [30.0]}),
        ("gradient-spike", {"gradient_norm": [1.0, 1.1, 0.9, 1.0, 1.1, 5.0]}),
    ],
)
def test_a_fixed_threshold_goes_off_at_its_own_fault(name: str, fields: dict[str, list[float]]) -> None:
    ((field, values),) = fields.items()
    known: list[dict[str, Any]] = [{field: value} for value in values]
    steps = [Step(n, **each) for n, each in enumerate(known, start=1)]

    assert BASELINES[name][1](steps) == len(values)
    assert BASELINES[name][1](steps[:-1]) is None


def test_there_are_enough_runs_and_a_fault_for_every_detector_of_curves() -> None:
    runs = list(planned())
    expected = {name for scenario in SCENARIOS for name in scenario.expects}

    assert len(runs) >= 60
    assert sum(run.scenario.is_healthy for run in runs) >= 25
    assert {each.half for each in runs} == set(Half)
    shown_by_other_faults = {"verbosity", "gradient-drift"}
    of_the_strategist = {"reward-hacking", "unsound-grader"}
    assert {about.name for about in WATCHED} == expected | shown_by_other_faults | of_the_strategist


def test_a_run_is_the_same_when_it_is_made_again() -> None:
    plan = next(run for run in planned() if run.scenario.name == "learns moderation")
    short = replace(plan.setting, steps=3, prompts=20, batch=4, samples=4)

    assert make(short, plan.seed) == make(short, plan.seed)
