import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambda_src.reward import metrics
from lambda_src.run.alarm import handler
from lambda_src.run.alarm.event import EventError
from lambda_src.run.alarm.handler import UnconfirmedError, on_alarm
from lambda_src.run.detectors import truncation
from tests.lambda_src.run.objects import Objects
from tests.lambda_src.run.stubs import Aws, job_arn

RUN = "gsm8k-dev-0123456789ab-aaaaaa"
FOLDER = f"s3://runs/runs/{RUN}"
ABOUT = truncation.ABOUT
FINDING = {"name": ABOUT.name, "value": 0.4, "step": 7, "evidence": "cut off: 40% of the responses"}


@pytest.fixture
def objects() -> Objects:
    """A run that goes on, in which the detector is on."""
    return Objects({f"{FOLDER}/live.json": _live(FINDING)})


@pytest.fixture
def told(aws: Aws, objects: Objects, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the topic was told; the function's settings, which stop on nothing, and its clients."""
    published: list[dict[str, Any]] = []
    monkeypatch.setattr(aws["sns"].client, "publish", lambda **request: published.append(request))
    clients = {"s3": objects.client}
    monkeypatch.setattr(handler, "client", lambda service: clients.get(service) or aws.client(service))
    for name, value in {
        "RFT_PROJECT": "gsm8k",
        "RFT_STAGE": "dev",
        "RUNS_BUCKET": "runs",
        "TOPIC_ARN": "arn:topic",
        "DASHBOARD": "gsm8k-dev",
        "THRESHOLDS": json.dumps({ABOUT.name: 0.2}),
        "STOP_ON": "[]",
    }.items():
        monkeypatch.setenv(name, value)
    return published


@pytest.fixture
def stops(told: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The same, where the project stops on the detector."""
    monkeypatch.setenv("STOP_ON", json.dumps([ABOUT.name]))
    return told


def test_an_alarm_is_told_in_words_with_evidence_cause_advice_and_a_link(told: list[dict[str, Any]]) -> None:
    on_alarm(_event(), None)

    text = json.loads(told[0]["Message"])["default"]
    for part in (ABOUT.what, FINDING["evidence"], ABOUT.cause, ABOUT.advice, RUN, "#dashboards/dashboard/gsm8k-dev"):
        assert str(part) in text
    assert "truncation, warning" in told[0]["Subject"]
    assert "stops nothing" in text


def test_a_chat_gets_the_same_as_a_custom_notification(told: list[dict[str, Any]]) -> None:
    on_alarm(_event(), None)

    chat = json.loads(json.loads(told[0]["Message"])["https"])
    assert (chat["version"], chat["source"], chat["metadata"]["threadId"]) == ("1.0", "custom", RUN)
    assert ABOUT.advice in chat["content"]["nextSteps"]


def test_an_alarm_that_stops_leaves_a_note_and_stops_the_job(
    stops: list[dict[str, Any]], aws: Aws, objects: Objects
) -> None:
    aws.job("InProgress")
    aws.answer("bedrock", "stop_model_customization_job", jobIdentifier=job_arn(RUN))

    on_alarm(_event(), None)

    note = json.loads(objects.contents[f"{FOLDER}/stop.json"])
    assert (note["detector"], note["evidence"]) == (ABOUT.name, FINDING["evidence"])
    assert "It was stopped" in json.loads(stops[0]["Message"])["default"]


def test_a_second_alarm_leaves_the_first_ones_note(stops: list[dict[str, Any]], aws: Aws, objects: Objects) -> None:
    objects.contents[f"{FOLDER}/stop.json"] = b"the first"
    aws.job("InProgress")
    aws.answer("bedrock", "stop_model_customization_job", jobIdentifier=job_arn(RUN))

    on_alarm(_event(), None)

    assert objects.contents[f"{FOLDER}/stop.json"] == b"the first"
    assert len(stops) == 1


def test_a_job_that_has_ended_is_not_stopped(stops: list[dict[str, Any]], aws: Aws, objects: Objects) -> None:
    aws.job("Completed")

    on_alarm(_event(), None)

    assert f"{FOLDER}/stop.json" not in objects.contents
    assert "needs no stop: its status is Completed" in json.loads(stops[0]["Message"])["default"]


def test_an_alarm_of_a_former_run_stops_no_later_one(stops: list[dict[str, Any]], objects: Objects) -> None:
    finding = FINDING | {"alarm": True}
    objects.contents[f"{FOLDER}/record.json"] = json.dumps({"detectors": [finding], "curves": []}).encode()
    objects.contents["s3://runs/runs/gsm8k-dev-0123456789ab-bbbbbb/live.json"] = _live(FINDING | {"value": 0.0})

    on_alarm(_event(), None)

    assert "the run has ended" in json.loads(stops[0]["Message"])["default"]


def test_a_stop_that_no_file_confirms_is_not_made_and_is_tried_again(
    stops: list[dict[str, Any]], objects: Objects
) -> None:
    objects.contents[f"{FOLDER}/live.json"] = _live(FINDING | {"value": 0.1})

    with pytest.raises(UnconfirmedError, match="nothing was stopped"):
        on_alarm(_event(), None)

    assert stops == []


def test_a_stop_that_fails_is_told_and_tried_again(stops: list[dict[str, Any]], aws: Aws) -> None:
    aws.job("InProgress")
    aws.error("bedrock", "stop_model_customization_job", "AccessDeniedException")
    aws.job("InProgress")

    with pytest.raises(ClientError):
        on_alarm(_event(), None)

    assert "could NOT be stopped" in json.loads(stops[0]["Message"])["default"]


def test_an_alarm_of_a_grader_that_fails_names_its_run_by_the_alias(told: list[dict[str, Any]]) -> None:
    metric = {
        "namespace": "AWS/Lambda",
        "name": "Errors",
        "dimensions": {"FunctionName": "grader", "Resource": "grader:run-0123456789ab"},
    }

    on_alarm(_event(metric), None)

    text = json.loads(told[0]["Message"])["default"]
    assert RUN in text
    assert "Evidence: it crossed" in text


def test_a_state_that_is_no_alarm_is_nobodys_business(told: list[dict[str, Any]]) -> None:
    assert on_alarm(_event(state="OK"), None) == {"told": False}
    assert told == []


@pytest.mark.parametrize("event", [{}, {"alarmData": {"alarmName": "a"}}, {"alarmData": None, "region": "x"}])
def test_what_is_no_alarm_is_refused(event: dict[str, Any], told: list[dict[str, Any]]) -> None:
    with pytest.raises(EventError, match="no event of an alarm"):
        on_alarm(event, None)
    assert told == []


def _live(finding: dict[str, Any]) -> bytes:
    return json.dumps({"findings": [finding], "steps": [{"step": 7}]}).encode()


def _event(metric: dict[str, Any] | None = None, *, state: str = "ALARM") -> dict[str, Any]:
    dimensions = {metrics.SOURCE: metrics.DETECTOR_SOURCE, metrics.RUN: "0123456789ab"}
    watched = metric or {"namespace": metrics.NAMESPACE, "name": ABOUT.metric, "dimensions": dimensions}
    query = {"id": "m1", "metricStat": {"metric": watched, "period": 900, "stat": "Maximum"}, "returnData": True}
    return {
        "source": "aws.cloudwatch",
        "region": "us-east-1",
        "alarmData": {
            "alarmName": "gsm8k-dev-Truncation",
            "state": {"value": state, "reason": "it crossed"},
            "configuration": {"description": "warning: cut off.", "metrics": [query]},
        },
    }
