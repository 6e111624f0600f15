import pytest
from aws_cdk.assertions import Match, Template

from infra.sections import Alarms
from lambda_src.reward import metrics
from tests.infra.synthesis import only, text

DEFAULTS = Alarms()
GRADER_TIMEOUT = 5 * 60 * 1000  # ms


@pytest.mark.parametrize(
    ("metric", "source", "threshold"),
    [
        (metrics.ENTROPY_COLLAPSE, metrics.DETECTOR_SOURCE, DEFAULTS.entropy_collapse),
        (metrics.LENGTH_SPIKE, metrics.DETECTOR_SOURCE, DEFAULTS.length_spike),
        (metrics.GRADER_ERRORS, metrics.GRADER_SOURCE, 1),
        (metrics.GRADER_DURATION, metrics.GRADER_SOURCE, DEFAULTS.grader_duration_share * GRADER_TIMEOUT),
        (metrics.JOB_FAILED, metrics.WORKFLOW_SOURCE, 1),
        (metrics.JOB_HOURS, metrics.WORKFLOW_SOURCE, DEFAULTS.job_hours),
    ],
)
def test_each_danger_has_an_alarm_that_tells_the_topic(
    metric: str, source: str, threshold: float, template: Template
) -> None:
    (topic_id,) = template.find_resources("AWS::SNS::Topic")

    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": metrics.NAMESPACE,
            "MetricName": metric,
            "Dimensions": Match.array_with([{"Name": metrics.SOURCE, "Value": source}]),
            "Threshold": threshold,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": topic_id}],
        },
    )


def test_every_alarm_watches_the_current_run(template: Template) -> None:
    run = only(template, "AWS::Lambda::Alias")["Properties"]["Name"].removeprefix("run-")

    alarms = template.find_resources("AWS::CloudWatch::Alarm").values()

    watched = [{d["Name"]: d["Value"] for d in alarm["Properties"]["Dimensions"]} for alarm in alarms]
    assert [(d[metrics.PROJECT], d[metrics.STAGE], d[metrics.RUN]) for d in watched] == [("sums", "dev", run)] * 6


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
