from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from lambda_src.run import record
from lambda_src.run.candidates import Worth
from lambda_src.run.curves import Curves
from lambda_src.run.customization_jobs import Job
from lambda_src.run.detectors import entropy_collapse, length_spike, reward_hacking
from lambda_src.run.detectors.finding import Finding
from lambda_src.run.detectors.reward_hacking import Example, StrategyResult
from lambda_src.run.record import Outcome
from lambda_src.run.steps import Step
from tests.lambda_src.run.stubs import CREATED, DIGEST, GRADER, MODEL_ARN, RUN, TRAINED, job_arn

NAME = "gsm8k-dev-0123456789ab-aaaaaa"
CALM = Finding.of(entropy_collapse.ABOUT, 0.3, 0.6, 20, "fell by 0.3")
UNKNOWN = Finding.of(length_spike.ABOUT, None, 2.0, None, "fewer than 5 steps")
HACKED = Finding.of(reward_hacking.ABOUT, 0.5, 0.0, None, "'empty' earned 1.00")
LOUD = replace(CALM, value=0.9, alarm=True, evidence="fell by 0.9")
JOB = Job(
    arn=job_arn(NAME),
    name=NAME,
    status="Completed",
    created=CREATED,
    ended=TRAINED,
    validation_status="Completed",
    training_started=CREATED,
    training_ended=TRAINED,
    failure_message=None,
    model_arn=MODEL_ARN,
    output_uri="s3://runs/artifacts/",
)
AUDIT = {"rules": [{"rule": "reward-has-spread", "verdict": "passed"}]}
PREFLIGHT: dict[str, Any] = {
    "dataset": {"files": {}},
    "probe": None,
    "notes": [],
    "report": "s3://runs/preflight/x/report.json",
}
OUTCOME = Outcome(
    name=NAME,
    run=RUN,
    job=JOB,
    error=None,
    curves=Curves((Step(1, epoch=2.0, policy_entropy=0.48),), ()),
    findings=[CALM],
    strategies=[],
    audit=AUDIT,
    preflight=PREFLIGHT,
    notes=[],
    concluded=datetime(2026, 11, 24, tzinfo=UTC),
)


def test_a_record_holds_what_went_in_what_happened_and_what_came_out() -> None:
    assert record.build(OUTCOME, record.judge(OUTCOME)) == {
        "schemaVersion": 1,
        "run": NAME,
        "project": "gsm8k",
        "stage": "dev",
        "digest": DIGEST,
        "attempt": 1,
        "inputs": {"model": "m"},
        "model": "local.tiny-lm",
        "rubric": [{"function": "text.max_words", "weight": 1}],
        "shadowRubric": None,
        "hyperParameters": {"epochCount": 2},
        "dataset": {"train": "s3://data/hash/train.jsonl", "validation": None},
        "graderArn": GRADER,
        "jobArn": job_arn(NAME),
        "jobName": NAME,
        "jobStatus": "Completed",
        "failureMessage": None,
        "customModelArn": MODEL_ARN,
        "times": {
            "started": "2026-11-23T12:00:00Z",
            "trainingStarted": "2026-11-23T12:00:00Z",
            "trainingEnded": "2026-11-23T13:00:00Z",
            "ended": "2026-11-23T13:00:00Z",
        },
        "curves": [Step(1, epoch=2.0, policy_entropy=0.48).to_json()],
        "bands": {},
        "live": None,
        "stoppedBy": None,
        "costUsd": None,
        "detectors": [
            {
                "name": "entropy-collapse",
                "severity": "critical",
                "subject": "run",
                "value": 0.3,
                "threshold": 0.6,
                "alarm": False,
                "step": 20,
                "evidence": "fell by 0.3",
                "cause": "",
                "advice": "",
            }
        ],
        "strategies": [],
        "audit": AUDIT,
        "preflight": PREFLIGHT,
        "verdict": "healthy",
        "verdictReason": "training completed; 1 of 1 detectors could judge it, and none went off",
        "notes": [],
        "git": {"commit": "abc", "dirty": False},
    }


@pytest.mark.parametrize(
    ("outcome", "verdict", "reason"),
    [
        pytest.param(replace(OUTCOME, findings=[CALM, UNKNOWN]), "healthy", "1 of 2 detectors", id="one judged"),
        pytest.param(replace(OUTCOME, findings=[LOUD, UNKNOWN]), "alarm", "fell by 0.9", id="one alarm"),
        pytest.param(replace(OUTCOME, findings=[LOUD, HACKED]), "hacking", "'empty' earned 1.00", id="hacking"),
        pytest.param(
            replace(OUTCOME, findings=[replace(HACKED, alarm=False)]), "healthy", "1 of 1 detectors", id="no hacking"
        ),
        pytest.param(
            replace(OUTCOME, findings=[HACKED], job=replace(JOB, status="Stopped")), "stopped", "was stopped", id="both"
        ),
        pytest.param(replace(OUTCOME, findings=[UNKNOWN]), "alarm", "no detector could judge", id="none judged"),
        pytest.param(replace(OUTCOME, findings=[], notes=["no file"]), "alarm", "no file", id="no curves"),
        pytest.param(replace(OUTCOME, job=replace(JOB, status="Stopped")), "stopped", "was stopped", id="stopped"),
        pytest.param(replace(OUTCOME, job=replace(JOB, status="Failed")), "failed", "no failure message", id="failed"),
        pytest.param(replace(OUTCOME, job=None, error="refused"), "failed", "refused", id="not started"),
        pytest.param(replace(OUTCOME, job=None), "failed", "no customization job", id="vanished"),
    ],
)
def test_verdict(outcome: Outcome, verdict: str, reason: str) -> None:
    judged = record.judge(outcome)

    assert judged.name == verdict
    assert reason in judged.reason


STOP = {"detector": "length-spike", "alarm": "gsm8k-dev-LengthSpike", "reason": "it went off", "evidence": "2.4 x"}


def test_a_stop_by_an_alarm_is_the_verdict_s_reason() -> None:
    outcome = replace(OUTCOME, job=replace(JOB, status="Stopped"), stop=STOP)

    judged = record.judge(outcome)

    assert judged.reason.endswith("was stopped by alarm gsm8k-dev-LengthSpike: it went off; 2.4 x")
    assert record.build(outcome, judged)["stoppedBy"] == STOP


def test_an_alarm_that_came_too_late_to_stop_a_job_has_not_stopped_it() -> None:
    outcome = replace(OUTCOME, stop=STOP)

    assert record.build(outcome, record.judge(outcome))["stoppedBy"] is None


def test_a_record_says_how_far_the_run_was_watched_and_what_was_on() -> None:
    live = {
        "updated": "2026-11-23T12:30:00Z",
        "steps": [Step(1).to_json(), Step(2).to_json()],
        "totalSteps": 3,
        "findings": [CALM.to_json(), LOUD.to_json() | {"name": "length-spike"}],
    }
    outcome = replace(OUTCOME, live=live, cost=1.25)

    built = record.build(outcome, record.judge(outcome))

    alarms = ["length-spike"]
    assert built["live"] == {"updated": live["updated"], "steps": 2, "totalSteps": 3, "alarms": alarms}
    assert built["costUsd"] == 1.25


def test_a_record_has_the_bands_of_its_curves() -> None:
    steps = tuple(Step(n, policy_entropy=0.5) for n in range(1, 6))
    outcome = replace(OUTCOME, curves=Curves(steps, ()), run=RUN | {"alarms": {"entropyCollapse": 0.5}})

    built = record.build(outcome, record.judge(outcome))

    assert built["bands"] == {"policyEntropy": {"low": 0.25, "high": None}}


def test_hacking_is_told_before_other_alarms() -> None:
    judged = record.judge(replace(OUTCOME, findings=[LOUD, HACKED]))

    assert judged.reason == "'empty' earned 1.00; entropy-collapse: fell by 0.9"


def test_a_record_holds_what_the_strategies_came_to() -> None:
    empty = StrategyResult("empty", Worth.WRONG, False, 0.1, 0.9, 1.0, 0.0, 0.0, 80, Example("r1", "", 1.0))
    outcome = replace(OUTCOME, strategies=[empty])

    assert record.build(outcome, record.judge(outcome))["strategies"] == [empty.to_json()]


def test_what_spoke_against_the_run_before_it_started_stands_first_among_the_notes() -> None:
    preflight = PREFLIGHT | {"notes": ["The probe of the base model m says too-hard: it is."]}
    outcome = replace(OUTCOME, preflight=preflight, notes=["no file"])

    built = record.build(outcome, record.judge(outcome))

    assert built["notes"] == ["The probe of the base model m says too-hard: it is.", "no file"]


def test_a_run_without_a_job_ends_when_it_is_concluded() -> None:
    outcome = replace(OUTCOME, job=None, error="refused")

    times = record.build(outcome, record.judge(outcome))["times"]

    assert times == {"started": None, "trainingStarted": None, "trainingEnded": None, "ended": "2026-11-24T00:00:00Z"}


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([Step(1, training_reward=0.4, validation_reward=0.5), Step(2, training_reward=0.9)], "validation reward went"),
        ([Step(1, training_reward=0.4), Step(2, training_reward=0.9)], "training reward went from 0.40 to 0.90"),
    ],
)
def test_a_healthy_run_says_what_it_came_to(steps: list[Step], said: str) -> None:
    assert said in record.judge(replace(OUTCOME, curves=Curves(tuple(steps), ()))).reason
