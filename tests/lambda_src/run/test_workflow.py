import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY

from lambda_src.run.customization_jobs import JobRefusedError
from lambda_src.run.workflow import JobLostError, conclude, poll_job, start_job
from tests.lambda_src.run.stubs import MODEL_ARN, REQUEST, RUN, Aws, job_arn

NAME = "gsm8k-dev-0123456789ab-aaaaaa"
STATE: dict[str, Any] = {"runName": NAME, "run": RUN, "request": REQUEST}
FOLDER = "artifacts/model-customization-job-aaaaaaabcdef"
TRAINING_KEY = f"{FOLDER}/training_artifacts/step_wise_training_metrics.csv"
VALIDATION_KEY = f"{FOLDER}/validation_artifacts/post_fine_tuning_validation/validation/validation_metrics.csv"
STRATEGIES_KEY = f"{FOLDER}/training_artifacts/strategies.json"
HEADER = "step_number,train_reward_mean,train_episode_length_mean,policy_entropy,gradient_norm"
HEALTHY = "\n".join([HEADER, *(f"{n},{0.5 + n / 100},{30 - n / 10},{0.5 - n / 100},1" for n in range(1, 21))])
COLLAPSED = "\n".join([HEADER, *(f"{n},0.9,30,{0.5 if n < 6 else 0.001},1" for n in range(1, 21))])


def strategies(**rewards: float) -> str:
    """The artifact of ``local.strategist``: the mean reward of each way to respond, by its worth."""
    return json.dumps(
        [
            {
                "strategy": f"a {worth} one",
                "worth": worth,
                "dressesRight": False,
                "probabilityAtStart": 0.5,
                "probabilityAtEnd": 0.5,
                "meanReward": reward,
                "rewardDeviation": 0.0,
                "rewardSwing": 0.0,
                "rollouts": 100,
                "example": {"record": "r1", "response": f"my {worth} response", "reward": reward},
            }
            for worth, reward in rewards.items()
        ]
    )


class Told:
    """What a conclusion has written, published and sent, in order."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.order: list[str] = []
        self.requests: dict[str, dict[str, Any]] = {}
        for service, method in (
            ("s3", "put_object"),
            ("ssm", "put_parameter"),
            ("cloudwatch", "put_metric_data"),
            ("sns", "publish"),
        ):
            monkeypatch.setattr(aws[service].client, method, self._note(method))

    def _note(self, method: str) -> Any:
        def noted(**request: Any) -> dict[str, Any]:
            self.order.append(method)
            self.requests[method] = request
            return {}

        return noted

    @property
    def record(self) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self.requests["put_object"]["Body"])
        return record

    def metric(self, name: str) -> list[float]:
        data = self.requests["put_metric_data"]["MetricData"]
        return [datum["Value"] for datum in data if datum["MetricName"] == name]


@pytest.fixture
def told(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(aws, monkeypatch)


def artifacts(aws: Aws, training: str | None, validation: str | None = None, strategies: str | None = None) -> None:
    texts = {TRAINING_KEY: training, VALIDATION_KEY: validation, STRATEGIES_KEY: strategies}
    found = {key: text for key, text in texts.items() if text is not None}
    listing = {"Contents": [{"Key": key} for key in found]} if found else {}
    aws.answer("s3", "list_objects_v2", listing, Bucket="runs", Prefix=f"{FOLDER}/")
    for key, text in found.items():
        aws.answer("s3", "get_object", {"Body": io.BytesIO(text.encode())}, Bucket="runs", Key=key)


class TestStartJob:
    def test_creates_the_job_with_the_runs_tags_and_the_projects(self, aws: Aws) -> None:
        team = [{"key": "team", "value": "search"}, {"key": "rft:run", "value": "someone else's"}]
        expected = [
            {"key": "team", "value": "search"},
            {"key": "rft:run", "value": "0123456789ab"},
            {"key": "rft:project", "value": "gsm8k"},
            {"key": "rft:stage", "value": "dev"},
            {"key": "rft:attempt", "value": "1"},
        ]
        aws.job(None)
        aws.answer(
            "bedrock",
            "create_model_customization_job",
            {"jobArn": job_arn(NAME)},
            **REQUEST,
            jobName=NAME,
            customModelName=NAME,
            clientRequestToken=NAME,
            jobTags=expected,
            customModelTags=expected,
        )
        state = STATE | {"request": REQUEST | {"jobTags": team, "customModelTags": team}}

        assert start_job(state, None) == state | {"jobArn": job_arn(NAME), "status": "InProgress"}

    def test_repeated_finds_the_job(self, aws: Aws) -> None:
        aws.job("InProgress")

        assert start_job(STATE, None)["jobArn"] == job_arn(NAME)

    def test_raises_what_bedrock_refuses(self, aws: Aws) -> None:
        aws.job(None)
        aws.error("bedrock", "create_model_customization_job", "AccessDeniedException", "no iam:PassRole")

        with pytest.raises(JobRefusedError, match="AccessDeniedException: no iam:PassRole"):
            start_job(STATE, None)


class TestPollJob:
    def test_publishes_the_age_of_a_running_job(self, aws: Aws, told: Told) -> None:
        aws.job("InProgress", creationTime=datetime.now(UTC) - timedelta(hours=3))

        assert poll_job(STATE, None)["status"] == "InProgress"

        (datum,) = told.requests["put_metric_data"]["MetricData"]
        assert datum["MetricName"] == "JobHours"
        assert datum["Value"] == pytest.approx(3, abs=0.01)
        assert {item["Name"]: item["Value"] for item in datum["Dimensions"]} == {
            "Project": "gsm8k",
            "Stage": "dev",
            "Run": "0123456789ab",
            "Source": "workflow",
        }

    @pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
    def test_a_job_that_is_over_ages_no_more(self, aws: Aws, told: Told, status: str) -> None:
        aws.job(status)

        assert poll_job(STATE, None)["status"] == status
        assert told.order == []

    def test_a_job_that_is_gone_is_an_error(self, aws: Aws) -> None:
        aws.job(None)

        with pytest.raises(JobLostError, match=f"{NAME} is gone"):
            poll_job(STATE, None)


class TestConclude:
    def test_a_healthy_run_is_recorded_first_and_announced_last(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY, "step_number,validation_reward_mean\n20,0.8\n")

        answer = conclude(STATE, None)

        assert told.order == ["put_object", "put_parameter", "put_metric_data", "publish"]
        assert told.requests["put_object"]["Key"] == f"runs/{NAME}/record.json"
        assert told.requests["put_parameter"]["Value"] == MODEL_ARN
        assert told.record["verdict"] == "healthy"
        assert told.record["curves"][-1]["validationReward"] == 0.8
        assert told.metric("JobFailed") == [0.0]
        assert len(told.metric("PolicyEntropy")) == 20
        assert answer["verdict"] == "healthy"
        assert answer["record"] == f"s3://runs/runs/{NAME}/record.json"

    def test_what_the_preflight_found_is_recorded_and_what_it_noted_is_told(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY)
        found = {
            "notes": ["The probe of the base model m says too-hard: it is."],
            "report": "s3://runs/preflight/r.json",
        }

        conclude(STATE | {"audit": {"passed": True}, "preflight": found}, None)

        assert told.record["audit"] == {"passed": True}
        assert told.record["preflight"] == found
        assert "says too-hard" in told.requests["publish"]["Message"]

    def test_a_collapse_is_an_alarm_with_its_evidence(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, COLLAPSED)

        conclude(STATE, None)

        assert told.record["verdict"] == "alarm"
        assert "entropy-collapse: policy entropy fell from 0.5" in told.record["verdictReason"]
        assert told.metric("EntropyCollapse") == [1.0]
        assert "learningRate" in told.requests["publish"]["Message"]

    def test_a_grader_that_pays_for_no_answer_is_recorded_with_the_very_responses(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY, strategies=strategies(right=0.25, exploit=1.0))

        answer = conclude(STATE, None)

        assert answer["verdict"] == told.record["verdict"] == "hacking"
        assert "'a exploit one' earned 1.00 (record r1: \"my exploit response\"" in answer["verdictReason"]
        assert '"my right response" earned 0.25' in answer["verdictReason"]
        assert told.metric("RewardHacking") == [pytest.approx(0.77)]
        assert told.record["strategies"][1]["example"]["response"] == "my exploit response"
        assert "my exploit response" in told.requests["publish"]["Message"]

    def test_a_sound_grader_is_recorded_with_what_it_paid(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY, strategies=strategies(right=1.0, wrong=0.1))

        conclude(STATE, None)

        assert told.record["verdict"] == "healthy"
        assert [row["honest"] for row in told.record["strategies"]] == [True, False]
        assert told.metric("RewardHacking") == [pytest.approx(-0.88)]

    def test_a_model_without_strategies_is_not_judged_by_them(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY)

        conclude(STATE, None)

        assert told.metric("RewardHacking") == []
        assert told.record["strategies"] == []

    def test_curves_carry_the_time_of_training_and_detectors_the_present(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY)

        conclude(STATE, None)

        data = told.requests["put_metric_data"]["MetricData"]
        times = {datum["MetricName"]: datum["Timestamp"] for datum in data}
        assert times["PolicyEntropy"] == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
        assert datetime.now(UTC) - times["EntropyCollapse"] < timedelta(minutes=1)

    def test_missing_artifacts_are_recorded_as_a_run_nobody_can_judge(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, None)

        conclude(STATE, None)

        assert told.record["verdict"] == "alarm"
        assert "no detector could judge its curves" in told.record["verdictReason"]
        assert told.record["notes"] == [f"no step_wise_training_metrics.csv below s3://runs/{FOLDER}/"]
        assert told.record["customModelArn"] == MODEL_ARN

    def test_artifacts_that_may_not_be_read_are_a_note(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        aws.error("s3", "list_objects_v2", "AccessDenied", "no s3:ListBucket")

        conclude(STATE, None)

        (note,) = told.record["notes"]
        assert "no s3:ListBucket" in note

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param(b"\xff\xfe\xff", id="not UTF-8"),
            pytest.param(b"step_number,policy_entropy\n1,0.5\r0.5\n", id="not CSV"),
            pytest.param(b"step_number\n" + b"1" * 200_000, id="endless cell"),
        ],
    )
    def test_artifacts_that_are_no_csv_are_a_note(self, aws: Aws, told: Told, content: bytes) -> None:
        aws.job("Completed")
        aws.answer("s3", "list_objects_v2", {"Contents": [{"Key": TRAINING_KEY}]})
        aws.answer("s3", "get_object", {"Body": io.BytesIO(content)})

        conclude(STATE, None)

        assert "could not be read" in told.record["notes"][0]

    def test_a_failed_job_is_recorded_with_bedrocks_message(self, aws: Aws, told: Told) -> None:
        aws.job("Failed", failureMessage="the grader timed out three times")
        artifacts(aws, None)

        answer = conclude(STATE, None)

        assert told.order == ["put_object", "put_metric_data", "publish"]
        assert answer["verdict"] == "failed"
        assert told.record["failureMessage"] == "the grader timed out three times"
        assert told.metric("JobFailed") == [1.0]

    def test_a_stopped_job_keeps_the_curves_it_had(self, aws: Aws, told: Told) -> None:
        aws.job("Stopped")
        artifacts(aws, HEALTHY)

        conclude(STATE, None)

        assert told.record["verdict"] == "stopped"
        assert len(told.record["curves"]) == 20
        assert told.metric("JobFailed") == [0.0]

    @pytest.mark.parametrize(
        "cause",
        [
            pytest.param('{"errorType": "JobRefusedError", "errorMessage": "Bedrock refused it"}', id="lambda"),
            pytest.param("Bedrock refused it", id="plain"),
        ],
    )
    def test_a_job_that_never_started_is_recorded_with_the_cause(self, aws: Aws, told: Told, cause: str) -> None:
        aws.job(None)

        answer = conclude(STATE | {"error": {"Error": "JobRefusedError", "Cause": cause}}, None)

        assert answer["verdict"] == "failed"
        assert answer["verdictReason"] == "Bedrock refused it"
        assert (told.record["jobArn"], told.record["failureMessage"]) == (None, "Bedrock refused it")
        assert told.metric("JobFailed") == [1.0]

    def test_an_error_without_a_cause_is_recorded_by_its_name(self, aws: Aws, told: Told) -> None:
        aws.job(None)

        conclude(STATE | {"error": {"Error": "States.Timeout"}}, None)

        assert told.record["verdictReason"] == "States.Timeout"

    def test_a_job_that_may_not_be_read_is_recorded_all_the_same(self, aws: Aws, told: Told) -> None:
        aws.error("bedrock", "get_model_customization_job", "AccessDeniedException", "not authorized")

        conclude(STATE | {"error": {"Error": "ClientError", "Cause": "not authorized"}}, None)

        assert told.record["verdict"] == "failed"
        assert "could not be read" in told.record["notes"][0]

    def test_a_job_that_runs_on_unwatched_is_reported_as_such(self, aws: Aws, told: Told) -> None:
        aws.job("InProgress")

        conclude(STATE | {"error": {"Error": "ClientError", "Cause": "ThrottlingException"}}, None)

        assert told.record["verdict"] == "failed"
        assert "still InProgress and costs money until it ends: ThrottlingException" in told.record["verdictReason"]

    def test_a_record_that_cannot_be_written_is_an_error_and_nothing_is_announced(
        self, aws: Aws, told: Told, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY)
        monkeypatch.delattr(aws["s3"].client, "put_object")
        aws.error("s3", "put_object", "AccessDenied")

        with pytest.raises(ClientError, match="PutObject"):
            conclude(STATE, None)

        assert told.order == []

    def test_repeated_it_writes_the_same_record(self, aws: Aws, told: Told) -> None:
        records = []
        for _ in range(2):
            aws.job("Completed")
            artifacts(aws, HEALTHY)
            conclude(STATE, None)
            records.append(told.record)

        assert records[0] == records[1]

    def test_every_request_is_one_that_aws_takes(self, aws: Aws) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY)
        aws.answer("s3", "put_object", Bucket="runs", Key=ANY, Body=ANY, ContentType="application/json")
        aws.answer("ssm", "put_parameter", Name="/rft/gsm8k/dev/model", Value=MODEL_ARN, Overwrite=True)
        aws.answer("cloudwatch", "put_metric_data", Namespace="BedrockRFT", MetricData=ANY)
        aws.answer("sns", "publish", {"MessageId": "1"}, TopicArn=ANY, Subject=ANY, Message=ANY)

        conclude(STATE, None)
