"""Every operation through a real boto3 client, which also parses every answer by the service model."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.bedrock.conftest import HEADERS, client, ended, request, rft
from tests.rehearsal.bedrock.fake_aws import World

STATEMENT_FREE: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture
def untrusted(world: World) -> None:
    """Jobs fail at once, without a training process."""
    world.trust = STATEMENT_FREE


@pytest.fixture
def completed(bedrock: Any) -> dict[str, Any]:
    return ended(bedrock, bedrock.create_model_customization_job(**request())["jobArn"])


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


@pytest.mark.usefixtures("untrusted")
class TestCreate:
    def test_the_same_token_and_request_give_the_same_job(self, bedrock: Any) -> None:
        first = bedrock.create_model_customization_job(**request(clientRequestToken="token"))

        second = bedrock.create_model_customization_job(**request(clientRequestToken="token"))

        assert second["jobArn"] == first["jobArn"]

    def test_the_same_token_with_another_request_is_a_conflict(self, bedrock: Any) -> None:
        bedrock.create_model_customization_job(**request("one", clientRequestToken="token"))

        with pytest.raises(bedrock.exceptions.ConflictException, match="token"):
            bedrock.create_model_customization_job(**request("two", clientRequestToken="token"))

    def test_a_job_name_is_used_up_for_ever(self, bedrock: Any) -> None:
        ended(bedrock, bedrock.create_model_customization_job(**request())["jobArn"])

        with pytest.raises(bedrock.exceptions.ConflictException, match="job-1"):
            bedrock.create_model_customization_job(**request(customModelName="other"))

    def test_a_failed_job_leaves_its_model_name_free(self, bedrock: Any) -> None:
        ended(bedrock, bedrock.create_model_customization_job(**request("one", customModelName="m"))["jobArn"])

        assert bedrock.create_model_customization_job(**request("two", customModelName="m"))["jobArn"]

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            pytest.param({"baseModelIdentifier": "amazon.nova-2-lite-v1:0:256k"}, "has local.tiny-lm", id="model"),
            pytest.param({"customizationType": "FINE_TUNING"}, "REINFORCEMENT_FINE_TUNING only", id="type"),
            pytest.param({"customizationType": None}, "REINFORCEMENT_FINE_TUNING only", id="no type"),
            pytest.param({"customizationConfig": None}, "rftConfig is required", id="no configuration"),
            pytest.param({"customizationConfig": {"rftConfig": {}}}, "lambdaGrader is required", id="no grader"),
            pytest.param({"customizationConfig": rft("not an ARN")}, "lambdaArn", id="grader is no ARN"),
            pytest.param(
                {"customizationConfig": rft(epochCount=51)}, "rftConfig.hyperParameters.epochCount", id="bound"
            ),
            pytest.param({"customizationConfig": {}}, "one of", id="empty union"),
            pytest.param(
                {"hyperParameters": {"epochCount": "1"}}, "customizationConfig.rftConfig", id="old parameters"
            ),
            pytest.param({"trainingDataConfig": {}}, "trainingDataConfig must have s3Uri", id="no training data"),
            pytest.param({"roleArn": "arn:aws:iam::111111111111:role/R"}, "000000000000", id="foreign role"),
            pytest.param({"jobName": None}, "jobName", id="no name"),
        ],
    )
    def test_what_rft_does_not_allow_is_a_validation_error(
        self, url: str, change: dict[str, Any], complaint: str
    ) -> None:
        unchecked = client(url, validate=False)

        with pytest.raises(ClientError) as error:
            unchecked.create_model_customization_job(**request(**change))

        assert code(error) == "ValidationException"
        assert complaint in str(error.value)


def test_a_running_job_keeps_its_model_name(bedrock: Any) -> None:
    running = bedrock.create_model_customization_job(**request("one", customModelName="m", customizationConfig=rft()))

    with pytest.raises(bedrock.exceptions.ConflictException, match="custom model name m"):
        bedrock.create_model_customization_job(**request("two", customModelName="m"))

    assert running["jobArn"]


class TestList:
    @pytest.fixture(autouse=True)
    def _three_jobs(self, untrusted: None, bedrock: Any) -> None:
        for name in ("a-1", "a-2", "b-1"):
            bedrock.create_model_customization_job(**request(name))
        for name in ("a-1", "a-2", "b-1"):
            ended(bedrock, name)

    def names(self, answer: dict[str, Any]) -> list[str]:
        return [job["jobName"] for job in answer["modelCustomizationJobSummaries"]]

    def test_jobs_come_newest_first(self, bedrock: Any) -> None:
        assert self.names(bedrock.list_model_customization_jobs()) == ["b-1", "a-2", "a-1"]

    def test_jobs_are_filtered_by_name_and_status(self, bedrock: Any) -> None:
        answer = bedrock.list_model_customization_jobs(nameContains="a-", statusEquals="Failed", sortOrder="Ascending")

        assert self.names(answer) == ["a-1", "a-2"]

    def test_no_job_has_another_status(self, bedrock: Any) -> None:
        assert self.names(bedrock.list_model_customization_jobs(statusEquals="Completed")) == []

    def test_pages_hold_every_job_once(self, bedrock: Any) -> None:
        pages = bedrock.get_paginator("list_model_customization_jobs").paginate(PaginationConfig={"PageSize": 2})

        assert [self.names(page) for page in pages] == [["b-1", "a-2"], ["a-1"]]

    def test_a_time_after_the_last_job_lists_none(self, bedrock: Any) -> None:
        assert self.names(bedrock.list_model_customization_jobs(creationTimeAfter="2999-01-01T00:00:00Z")) == []

    def test_a_made_up_page_token_is_refused(self, bedrock: Any) -> None:
        with pytest.raises(bedrock.exceptions.ValidationException, match="nextToken"):
            bedrock.list_model_customization_jobs(nextToken="x")

    def test_another_account_sees_none(self, url: str) -> None:
        stranger = client(url, HEADERS | {"x-rft-account": "111111111111"})

        assert self.names(stranger.list_model_customization_jobs()) == []

    def test_a_job_is_found_by_name(self, bedrock: Any) -> None:
        assert bedrock.get_model_customization_job(jobIdentifier="a-2")["jobName"] == "a-2"

    def test_an_ended_job_cannot_be_stopped(self, bedrock: Any) -> None:
        with pytest.raises(bedrock.exceptions.ConflictException, match="Failed"):
            bedrock.stop_model_customization_job(jobIdentifier="a-1")

    def test_tags_are_added_replaced_and_removed(self, bedrock: Any) -> None:
        arn = bedrock.get_model_customization_job(jobIdentifier="a-1")["jobArn"]

        bedrock.tag_resource(resourceARN=arn, tags=[{"key": "rft:run", "value": "new"}, {"key": "x", "value": "y"}])
        bedrock.untag_resource(resourceARN=arn, tagKeys=["x", "never there"])

        assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "rft:run", "value": "new"}]

    def test_too_many_tags_are_refused(self, bedrock: Any) -> None:
        arn = bedrock.get_model_customization_job(jobIdentifier="a-1")["jobArn"]

        with pytest.raises(bedrock.exceptions.TooManyTagsException):
            bedrock.tag_resource(resourceARN=arn, tags=[{"key": str(n), "value": ""} for n in range(200)])


def test_a_completed_job_has_made_a_model_with_its_tags(bedrock: Any, completed: dict[str, Any]) -> None:
    model = bedrock.get_custom_model(modelIdentifier=completed["outputModelArn"])
    tags = bedrock.list_tags_for_resource(resourceARN=model["modelArn"])["tags"]

    assert (model["modelName"], model["jobArn"], model["modelStatus"]) == ("job-1-model", completed["jobArn"], "Active")
    assert tags == [{"key": "rft:project", "value": "p"}]


def test_a_model_name_is_taken_until_the_model_is_deleted(bedrock: Any, completed: dict[str, Any]) -> None:
    name = completed["outputModelName"]
    with pytest.raises(bedrock.exceptions.ConflictException):
        bedrock.create_model_customization_job(**request("again", customModelName=name))

    bedrock.delete_custom_model(modelIdentifier=name)

    assert bedrock.list_custom_models()["modelSummaries"] == []
    assert bedrock.create_model_customization_job(**request("again", customModelName=name))["jobArn"]


def test_models_are_filtered_by_base_model(bedrock: Any, completed: dict[str, Any]) -> None:
    base = completed["baseModelArn"]

    (model,) = bedrock.list_custom_models(foundationModelArnEquals=base, isOwned=True)["modelSummaries"]

    assert model["modelArn"] == completed["outputModelArn"]
    assert bedrock.list_custom_models(baseModelArnEquals=base.replace("tiny", "huge"))["modelSummaries"] == []


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("get_model_customization_job", {"jobIdentifier": "nobody"}),
        ("stop_model_customization_job", {"jobIdentifier": "nobody"}),
        ("get_custom_model", {"modelIdentifier": "nobody"}),
        ("delete_custom_model", {"modelIdentifier": "nobody"}),
        (
            "list_tags_for_resource",
            {"resourceARN": "arn:aws:bedrock:us-east-1:000000000000:custom-model/local.tiny-lm/abcdefghijkl"},
        ),
    ],
)
def test_what_does_not_exist_is_not_found(bedrock: Any, operation: str, parameters: dict[str, str]) -> None:
    with pytest.raises(bedrock.exceptions.ResourceNotFoundException, match="There is no"):
        getattr(bedrock, operation)(**parameters)


def test_an_operation_that_is_not_offered_is_named(bedrock: Any) -> None:
    with pytest.raises(ClientError) as error:
        bedrock.list_guardrails()

    assert code(error) == "NotImplementedException"
    assert "no ListGuardrails" in str(error.value)
