from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra.monitoring import SEVERITY_TAG
from infra.sections import Alarms
from lambda_src.reward import metrics
from lambda_src.run.detectors import WATCHED
from lambda_src.run.detectors.finding import About, Severity, Subject
from tests.infra.synthesis import ROOT, actions, document, only, statements, template_of, text

DEFAULTS = Alarms()
STOPPED_ON = "shadow-divergence"


@pytest.fixture(scope="module")
def stopping() -> Template:
    """Of a project that stops on a detector."""
    return template_of({"alarms": {"stopOn": [STOPPED_ON]}})


def _alarms(template: Template) -> dict[str, dict[str, Any]]:
    """Properties of the metric alarms, by the end of their name."""
    found = template.find_resources("AWS::CloudWatch::Alarm").values()
    return {str(alarm["Properties"]["AlarmName"]).rsplit("-", 1)[-1]: alarm["Properties"] for alarm in found}


def _on_alarm(template: Template) -> str:
    (id_,) = (i for i in template.find_resources("AWS::Lambda::Function") if "OnAlarm" in i)
    return id_


@pytest.mark.parametrize("about", WATCHED, ids=lambda about: str(about.name))
def test_each_detector_has_an_alarm_with_its_severity_that_invokes_the_function(
    about: About, template: Template
) -> None:
    alarm = _alarms(template)[about.metric]

    dimensions = {entry["Name"]: entry["Value"] for entry in alarm["Dimensions"]}
    assert (alarm["MetricName"], dimensions[metrics.SOURCE]) == (about.metric, metrics.DETECTOR_SOURCE)
    assert alarm["Threshold"] == about.threshold
    assert alarm["AlarmDescription"].startswith(f"{about.severity}: {about.what}")
    assert {"Key": SEVERITY_TAG, "Value": about.severity} in alarm["Tags"]
    assert alarm["AlarmActions"] == [{"Fn::GetAtt": [_on_alarm(template), "Arn"]}]


@pytest.mark.parametrize(
    ("name", "source", "threshold"),
    [
        (metrics.JOB_FAILED, metrics.WORKFLOW_SOURCE, 1),
        (metrics.JOB_HOURS, metrics.WORKFLOW_SOURCE, DEFAULTS.job_hours),
        (metrics.UNWATCHED, metrics.WORKFLOW_SOURCE, 1),
        (metrics.ROLLOUTS_LOST, metrics.GRADER_SOURCE, 1),
    ],
)
def test_what_happens_to_the_job_and_the_grader_has_an_alarm_too(
    name: str, source: str, threshold: float, template: Template
) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": metrics.NAMESPACE,
            "MetricName": name,
            "Dimensions": Match.array_with([{"Name": metrics.SOURCE, "Value": source}]),
            "Threshold": threshold,
        },
    )


def test_every_alarm_is_silent_while_nothing_trains(template: Template) -> None:
    for alarm in _alarms(template).values():
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


def test_every_alarm_watches_the_current_run(template: Template) -> None:
    alias = next(iter(template.find_resources("AWS::Lambda::Alias").values()))["Properties"]["Name"]
    own = {metrics.PROJECT: "sums", metrics.STAGE: "dev", metrics.RUN: alias.removeprefix("run-")}

    for name, alarm in _alarms(template).items():
        watched = str(alarm) if name == "GraderFailing" else str(alarm["Dimensions"])
        assert (alias if name == "GraderFailing" else own[metrics.RUN]) in watched
        if name != "GraderFailing":
            assert own.items() <= {entry["Name"]: entry["Value"] for entry in alarm["Dimensions"]}.items()


def test_the_end_of_a_failed_job_is_told_once(template: Template) -> None:
    assert "AlarmActions" not in _alarms(template)[metrics.JOB_FAILED]


def test_each_composite_follows_the_critical_alarms_of_its_subject_and_tells_the_topic(template: Template) -> None:
    (topic_id,) = template.find_resources("AWS::SNS::Topic")
    critical = {about.metric: about.subject for about in WATCHED if about.severity is Severity.CRITICAL}
    composites = template.find_resources("AWS::CloudWatch::CompositeAlarm").values()
    by_name = {alarm["Properties"]["AlarmName"]: alarm["Properties"] for alarm in composites}

    for name, subject in (("sums-dev-RunUnhealthy", Subject.RUN), ("sums-dev-GraderUnhealthy", Subject.GRADER)):
        rule = text(by_name[name]["AlarmRule"])
        for metric, whose in critical.items():
            assert (f"Monitoring{metric}" in rule) is (whose is subject)
        assert by_name[name]["AlarmActions"] == [{"Ref": topic_id}]


def test_only_cloudwatch_may_invoke_the_function_and_for_one_alarm_each(template: Template) -> None:
    permissions = template.find_resources("AWS::Lambda::Permission").values()
    given = [p["Properties"] for p in permissions if _on_alarm(template) in text(p["Properties"]["FunctionName"])]

    acting = [alarm for alarm in _alarms(template).values() if "AlarmActions" in alarm]
    assert {p["Principal"] for p in given} == {"lambda.alarms.cloudwatch.amazonaws.com"}
    assert len({text(p["SourceArn"]) for p in given}) == len(given) == len(acting)


def test_a_project_that_stops_on_nothing_may_not_stop(template: Template) -> None:
    assert "bedrock:StopModelCustomizationJob" not in actions(statements(template, "MonitoringActionOnAlarm"))


def test_a_project_that_stops_may_stop_its_own_jobs_and_leave_the_note(stopping: Template) -> None:
    found = statements(stopping, "MonitoringActionOnAlarm")
    (stop,) = (s for s in found if "bedrock:StopModelCustomizationJob" in actions([s]))
    (note,) = (s for s in found if "s3:PutObject" in actions([s]))

    assert "sums" in str(stop["Condition"])
    assert text(note["Resource"]).endswith("/runs/*/stop.json")


def test_the_function_knows_where_alarms_go_off_and_on_which_it_stops(stopping: Template) -> None:
    function = stopping.find_resources("AWS::Lambda::Function")[_on_alarm(stopping)]
    variables = function["Properties"]["Environment"]["Variables"]

    assert document(variables["THRESHOLDS"]) == {about.name: about.threshold for about in WATCHED}
    assert document(variables["STOP_ON"]) == [STOPPED_ON]


def test_an_event_that_the_function_cannot_deal_with_reaches_the_topic(template: Template) -> None:
    (topic_id,) = template.find_resources("AWS::SNS::Topic")

    destination = only(template, "AWS::Lambda::EventInvokeConfig", FunctionName={"Ref": _on_alarm(template)})

    assert destination["Properties"]["DestinationConfig"] == {"OnFailure": {"Destination": {"Ref": topic_id}}}


def test_state_changes_of_this_stack_s_jobs_alone_are_told(template: Template) -> None:
    role = next(id_ for id_ in template.find_resources("AWS::IAM::Role") if id_.startswith("CustomizationRole"))

    rule = only(template, "AWS::Events::Rule")["Properties"]

    assert rule["EventPattern"] == {
        "source": ["aws.bedrock"],
        "detail-type": ["Model Customization Job State Change"],
        "detail": {"roleArn": [{"Fn::GetAtt": [role, "Arn"]}]},
    }


def test_a_state_change_reads_as_a_sentence(template: Template) -> None:
    (target,) = only(template, "AWS::Events::Rule")["Properties"]["Targets"]

    transformer = target["InputTransformer"]

    assert text(transformer["InputTemplate"]).startswith('"sums-dev: job <detail-jobName> is now <detail-jobStatus>.')
    assert transformer["InputPathsMap"]["detail-jobStatus"] == "$.detail.jobStatus"


def test_the_guide_names_every_alarm(template: Template) -> None:
    guide = (ROOT / "docs" / "alarms.md").read_text(encoding="utf-8")

    assert [name for name in [*_alarms(template), "RunUnhealthy", "GraderUnhealthy"] if f"`{name}`" not in guide] == []
