import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY

from lambda_src.run import workflow
from lambda_src.run.customization_jobs import JobRefusedError
from lambda_src.run.live import state as live_state
from lambda_src.run.workflow import JobLostError, conclude, poll_job, start_job, watch_run
from tests.lambda_src.run.live import samples
from tests.lambda_src.run.live.test_look import look
from tests.lambda_src.run.objects import Objects
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

    def metric(self, name: str, source: str | None = None) -> list[float]:
        data = self.requests["put_metric_data"]["MetricData"]
        named = [datum for datum in data if datum["MetricName"] == name]
        told = {"Name": "Source", "Value": source}
        return [datum["Value"] for datum in named if source is None or told in datum["Dimensions"]]


@pytest.fixture
def told(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(aws, monkeypatch)


def artifacts(
    aws: Aws,
    training: str | None,
    validation: str | None = None,
    strategies: str | None = None,
    *,
    watched: bool = True,
) -> None:
    """The job's files; with ``watched``, nothing else has been left."""
    texts = {TRAINING_KEY: training, VALIDATION_KEY: validation, STRATEGIES_KEY: strategies}
    found = {key: text for key, text in texts.items() if text is not None}
    listing = {"Contents": [{"Key": key} for key in found]} if found else {}
    aws.answer("s3", "list_objects_v2", listing, Bucket="runs", Prefix=f"{FOLDER}/")
    for key, text in found.items():
        aws.answer("s3", "get_object", {"Body": io.BytesIO(text.encode())}, Bucket="runs", Key=key)
    if watched:
        left(aws)


def left(aws: Aws, live: Mapping[str, Any] | None = None, stop: Mapping[str, Any] | None = None) -> None:
    """What watching the run has left, and the alarm that stopped it."""
    for name, content in (("live.json", live), ("stop.json", stop)):
        key = f"runs/{NAME}/{name}"
        listing = {"Contents": [{"Key": key}]} if content is not None else {}
        aws.answer("s3", "list_objects_v2", listing, Bucket="runs", Prefix=key, MaxKeys=1)
        if content is not None:
            aws.answer("s3", "get_object", {"Body": io.BytesIO(json.dumps(content).encode())}, Bucket="runs", Key=key)


def live(steps: int = 6, *, reward: float = 0.5, status: str = "Completed") -> dict[str, Any]:
    """A ``live.json`` after so many steps."""
    objects = samples.bucket()
    for number in range(1, steps + 1):
        samples.put(objects, number, samples.step_rows(reward=reward))
    return dict(look(objects, status=status).live)


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

        datum, _ = told.requests["put_metric_data"]["MetricData"]
        assert datum["MetricName"] == "JobHours"
        assert datum["Value"] == pytest.approx(3, abs=0.01)
        assert {item["Name"]: item["Value"] for item in datum["Dimensions"]} == {
            "Project": "gsm8k",
            "Stage": "dev",
            "Run": "0123456789ab",
            "Source": "workflow",
        }

    @pytest.mark.parametrize(("state", "unwatched"), [({}, 0.0), ({"unwatched": {"Error": "States.Timeout"}}, 1.0)])
    def test_publishes_whether_the_last_look_has_failed(
        self, aws: Aws, told: Told, state: dict[str, Any], unwatched: float
    ) -> None:
        aws.job("InProgress")

        poll_job(STATE | state, None)

        assert told.metric("Unwatched") == [unwatched]

    def test_wants_no_second_look_at_once(self, aws: Aws, told: Told) -> None:
        aws.job("InProgress")

        assert poll_job(STATE | {"behind": True}, None)["behind"] is False

    @pytest.mark.parametrize("status", ["Completed", "Failed", "Stopped"])
    def test_a_job_that_is_over_ages_no_more(self, aws: Aws, told: Told, status: str) -> None:
        aws.job(status)

        assert poll_job(STATE, None)["status"] == status
        assert told.order == []

    def test_a_job_that_is_gone_is_an_error(self, aws: Aws) -> None:
        aws.job(None)

        with pytest.raises(JobLostError, match=f"{NAME} is gone"):
            poll_job(STATE, None)


class Context:
    """What Lambda tells of an invocation."""

    def get_remaining_time_in_millis(self) -> int:
        return 600_000


@dataclass(frozen=True, slots=True)
class Watched:
    """Calls that a look makes, in order, and the bucket it leaves."""

    calls: list[tuple[str, Any]]
    objects: Objects

    @property
    def live(self) -> dict[str, Any]:
        found = live_state.read(self.objects.client, "runs", NAME)
        assert found is not None
        return found

    def metrics(self) -> set[tuple[str, str]]:
        """Sources and names."""
        return {
            (next(item["Value"] for item in datum["Dimensions"] if item["Name"] == "Source"), datum["MetricName"])
            for operation, data in self.calls
            if operation == "PutMetricData"
            for datum in data
        }


@pytest.fixture
def watched(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A run with six steps in its bucket."""
    watched = Watched([], samples.bucket())
    for number in range(1, 7):
        samples.put(watched.objects, number, samples.step_rows(reward=0.5))
    clients = {"s3": watched.objects.client, "bedrock": aws.client("bedrock"), "cloudwatch": aws.client("cloudwatch")}
    monkeypatch.setattr(workflow, "client", clients.__getitem__)

    def publish(**request: Any) -> None:
        watched.calls.append(("PutMetricData", request["MetricData"]))

    monkeypatch.setattr(clients["cloudwatch"], "put_metric_data", publish)
    watched.objects.client.meta.events.register(
        "provide-client-params.s3.PutObject", lambda params, **_: watched.calls.append(("PutObject", params["Key"]))
    )
    return watched


class TestWatchRun:
    STATE: ClassVar[dict[str, Any]] = STATE | {"run": samples.WATCHED, "status": "InProgress"}

    def job(self, aws: Aws, status: str = "InProgress") -> None:
        aws.job(status, creationTime=samples.BEGAN)

    def test_what_alarms_stand_on_is_written_before_they_can_go_off(self, aws: Aws, watched: Watched) -> None:
        self.job(aws)

        watch_run(self.STATE, Context())

        curves, written, judged = watched.calls
        assert written == ("PutObject", f"runs/{NAME}/live.json")
        assert {datum["MetricName"] for datum in curves[1]} >= {"TrainingReward", "RewardSpread", "ResponseLength"}
        assert {datum["MetricName"] for datum in judged[1]} >= {"Progress", "Cost", "DegenerateGroups"}

    def test_curves_and_their_bands_carry_the_time_of_their_step(self, aws: Aws, watched: Watched) -> None:
        self.job(aws)

        watch_run(self.STATE, Context())

        times = {datum["Timestamp"] for datum in watched.calls[0][1]}
        assert times == {samples.BEGAN + timedelta(seconds=number) for number in range(1, 7)}
        assert {("rollouts", "TrainingReward"), ("high", "ResponseLength"), ("workflow", "Cost")} <= watched.metrics()

    def test_a_second_look_publishes_what_is_new(self, aws: Aws, watched: Watched) -> None:
        for _ in range(2):
            self.job(aws)
            watch_run(self.STATE, Context())
            samples.put(watched.objects, 7, samples.step_rows(reward=0.75))

        rewards = [
            [datum["Value"] for datum in data if datum["MetricName"] == "TrainingReward"]
            for operation, data in watched.calls
            if operation == "PutMetricData"
        ]
        assert rewards[0].count(0.5) == 6
        assert 0.75 in rewards[2]
        assert len(watched.live["steps"]) == 7

    def test_the_last_look_leaves_the_judgement_to_the_conclusion(self, aws: Aws, watched: Watched) -> None:
        self.job(aws, "Completed")

        watch_run(self.STATE, Context())

        assert "detector" not in {source for source, _ in watched.metrics()}
        assert (watched.live["jobStatus"], watched.live["totalSteps"]) == ("Completed", 6)

    def test_a_look_that_succeeds_ends_an_alarm(self, aws: Aws, watched: Watched) -> None:
        self.job(aws)

        state = watch_run(self.STATE | {"unwatched": {"Error": "States.Timeout"}}, Context())

        assert state == self.STATE | {"behind": False}

    def test_a_job_that_is_gone_is_an_error(self, aws: Aws) -> None:
        aws.job(None)

        with pytest.raises(JobLostError, match=f"{NAME} is gone"):
            watch_run(self.STATE, Context())


class TestConclude:
    def test_what_the_rollouts_told_is_recorded_below_what_the_job_tells(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY, watched=False)
        left(aws, live(reward=0.25))

        conclude(STATE, None)

        first = told.record["curves"][0]
        assert (first["trainingReward"], first["policyEntropy"], first["rollouts"]) == (0.51, 0.49, 32)
        assert told.record["live"]["steps"] == 6
        assert told.record["costUsd"] == 0.0
        assert len(told.metric("TrainingReward", "artifacts")) == 20

    def test_a_job_without_files_is_judged_by_its_rollouts(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, None, watched=False)
        left(aws, live())

        conclude(STATE, None)

        assert len(told.record["curves"]) == 6
        assert "degenerate-groups: no spread of rewards on 100%" in told.record["verdictReason"]
        assert told.metric("TrainingReward") == []

    def test_a_run_that_an_alarm_stopped_says_so(self, aws: Aws, told: Told) -> None:
        stop = {"detector": "length-spike", "alarm": "gsm8k-dev-LengthSpike", "reason": "it did", "evidence": "2.4 x"}
        aws.job("Stopped")
        artifacts(aws, None, watched=False)
        left(aws, live(status="Stopped"), stop)

        answer = conclude(STATE, None)

        assert (answer["verdict"], told.record["stoppedBy"]) == ("stopped", stop)
        assert "was stopped by alarm gsm8k-dev-LengthSpike: it did; 2.4 x" in answer["verdictReason"]

    def test_what_was_left_and_may_not_be_read_is_a_note(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY, watched=False)
        for _ in range(2):
            aws.error("s3", "list_objects_v2", "AccessDenied", "no s3:ListBucket")

        conclude(STATE, None)

        assert told.record["verdict"] == "healthy"
        assert [note.split()[0] for note in told.record["notes"]] == ["live.json", "stop.json"]

    @pytest.mark.parametrize("content", [{"steps": []}, {"steps": [], "cursor": {"since": 1}}, []])
    def test_a_live_file_that_nobody_understands_is_a_note(self, aws: Aws, told: Told, content: Any) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY, watched=False)
        left(aws, content)

        conclude(STATE, None)

        (note,) = told.record["notes"]
        assert note.startswith("live.json could not be read")

    def test_a_last_look_that_failed_is_a_note(self, aws: Aws, told: Told) -> None:
        aws.job("Completed")
        artifacts(aws, HEALTHY)

        conclude(STATE | {"unwatched": {"Error": "States.Timeout"}}, None)

        assert told.record["notes"] == ["the last look at the rollouts failed: States.Timeout"]

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
        assert len(told.metric("PolicyEntropy", "artifacts")) == len(told.metric("PolicyEntropy", "low")) == 20
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
        assert "entropy-collapse: policy entropy went from 0.5" in told.record["verdictReason"]
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
        left(aws)

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
        left(aws)

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
        left(aws)

        answer = conclude(STATE | {"error": {"Error": "JobRefusedError", "Cause": cause}}, None)

        assert answer["verdict"] == "failed"
        assert answer["verdictReason"] == "Bedrock refused it"
        assert (told.record["jobArn"], told.record["failureMessage"]) == (None, "Bedrock refused it")
        assert told.metric("JobFailed") == [1.0]

    def test_an_error_without_a_cause_is_recorded_by_its_name(self, aws: Aws, told: Told) -> None:
        aws.job(None)
        left(aws)

        conclude(STATE | {"error": {"Error": "States.Timeout"}}, None)

        assert told.record["verdictReason"] == "States.Timeout"

    def test_a_job_that_may_not_be_read_is_recorded_all_the_same(self, aws: Aws, told: Told) -> None:
        aws.error("bedrock", "get_model_customization_job", "AccessDeniedException", "not authorized")
        left(aws)

        conclude(STATE | {"error": {"Error": "ClientError", "Cause": "not authorized"}}, None)

        assert told.record["verdict"] == "failed"
        assert "could not be read" in told.record["notes"][0]

    def test_a_job_that_runs_on_unwatched_is_reported_as_such(self, aws: Aws, told: Told) -> None:
        aws.job("InProgress")
        left(aws)

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
        message = {"TopicArn": ANY, "Subject": ANY, "Message": ANY, "MessageStructure": "json"}
        aws.answer("sns", "publish", {"MessageId": "1"}, **message)

        conclude(STATE, None)
