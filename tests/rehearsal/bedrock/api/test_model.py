import pytest

from rehearsal.bedrock.api.model import RUNTIME, Call, parse, status_of
from rehearsal.bedrock.errors import ApiError

ARN = "arn:aws:bedrock:us-east-1:000000000000:model-customization-job/local.tiny-lm/abcdefghijkl"
ENCODED = ARN.replace(":", "%3A").replace("/", "%2F")


def parsed(method: str, target: str, body: bytes = b"") -> Call:
    return parse(method, target, body, check=lambda operation: None)


@pytest.mark.parametrize(
    "arn", [pytest.param(ARN, id="decoded on the way"), pytest.param(ENCODED, id="as botocore sends it")]
)
def test_an_arn_in_the_path_is_one_label(arn: str) -> None:
    call = parsed("POST", f"/model-customization-jobs/{arn}/stop")

    assert call == Call("StopModelCustomizationJob", {"jobIdentifier": ARN})


def test_query_parameters_get_their_types() -> None:
    call = parsed("GET", "/custom-models?maxResults=5&isOwned=false&creationTimeAfter=2026-11-23T00%3A00%3A00Z")

    assert call.parameters["maxResults"] == 5
    assert call.parameters["isOwned"] is False
    assert call.parameters["creationTimeAfter"].year == 2026


@pytest.mark.parametrize(
    ("method", "target", "body", "complaint"),
    [
        pytest.param("GET", "/custom-models?colour=red", b"", "'colour'", id="unknown query parameter"),
        pytest.param("GET", "/custom-models?maxResults=many", b"", "'maxResults'", id="text for a number"),
        pytest.param("GET", "/custom-models?maxResults=1&maxResults=2", b"", "more than once", id="twice"),
        pytest.param("GET", "/custom-models?maxResults=1001", b"", "less than or equal to 1000", id="too large"),
        pytest.param("POST", "/tagResource", b"{", "not JSON", id="broken JSON"),
        pytest.param("POST", "/tagResource", b'{"tags": NaN}', "NaN is not a JSON number", id="NaN"),
        pytest.param("POST", "/tagResource", b"[]", "a JSON list", id="not an object"),
        pytest.param("POST", "/tagResource", b'{"colour": "red"}', "['colour']", id="unknown member"),
        pytest.param("POST", "/tagResource", b'{"resourceARN": "a", "tags": [{"k": 1}]}', '"k"', id="unknown inside"),
        pytest.param("POST", "/tagResource", b"{}", "resourceARN", id="required member missing"),
        pytest.param("POST", "/tagResource", b'{"resourceARN": 1, "tags": []}', "Invalid type", id="wrong type"),
    ],
)
def test_a_request_outside_the_model_is_a_validation_error(
    method: str, target: str, body: bytes, complaint: str
) -> None:
    with pytest.raises(ApiError) as caught:
        parsed(method, target, body)

    assert caught.value.code == "ValidationException"
    assert complaint in str(caught.value)


def test_the_runtime_is_a_service_of_its_own() -> None:
    body = b'{"messages": [{"role": "user", "content": [{"text": "Hi"}]}]}'

    call = parse("POST", "/model/local.judge/converse", body, check=lambda operation: None, service=RUNTIME)

    assert (call.operation, call.parameters["modelId"]) == ("Converse", "local.judge")
    with pytest.raises(ApiError, match="no such operation"):
        parsed("POST", "/model/local.judge/converse", body)


def test_a_path_outside_the_model_is_no_operation() -> None:
    with pytest.raises(ApiError, match="no such operation") as caught:
        parsed("GET", "/nothing")

    assert caught.value.code == "UnknownOperationException"


@pytest.mark.parametrize(
    ("error", "status"),
    [("ThrottlingException", 429), ("ConflictException", 400), ("ModelTimeoutException", 408), ("Odd", 400)],
)
def test_errors_have_the_status_of_their_shape(error: str, status: int) -> None:
    assert status_of(error) == status
