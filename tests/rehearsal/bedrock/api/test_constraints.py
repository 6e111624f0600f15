import time
from typing import Any

import pytest

from rehearsal.bedrock.api.constraints import violations
from rehearsal.bedrock.api.model import service_model


def refused(value: Any, shape: str) -> list[str]:
    return list(violations(value, service_model().shape_for(shape)))


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        pytest.param("EpochCount", 50, id="largest number"),
        pytest.param("RFTLearningRate", 1e-7, id="smallest float"),
        pytest.param("JobName", "gsm8k-style-dev-0123456789ab-abcdef", id="pattern"),
        pytest.param("ReasoningEffort", "high", id="enumeration"),
        pytest.param("TagList", [{"key": "rft:run", "value": ""}], id="list of structures"),
        pytest.param("RequestMetadataMap", {"team": "a"}, id="map"),
        pytest.param("LambdaArn", "arn:aws:lambda:us-east-1:000000000000:function:g:run-0123456789ab", id="alias ARN"),
    ],
)
def test_what_the_api_allows_passes(shape: str, value: Any) -> None:
    assert refused(value, shape) == []


@pytest.mark.parametrize(
    ("shape", "value", "complaint"),
    [
        pytest.param("EpochCount", 0, "value greater than or equal to 1", id="number too small"),
        pytest.param("EpochCount", 51, "value less than or equal to 50", id="number too large"),
        pytest.param("EpochCount", True, "be of type integer", id="truth for a number"),
        pytest.param("RFTLearningRate", 2e-3, "value less than or equal to 0.001", id="float too large"),
        pytest.param("JobName", "j" * 64, "length less than or equal to 63", id="too long"),
        pytest.param("CustomModelName", "two--hyphens", "regular expression pattern", id="pattern"),
        pytest.param("ReasoningEffort", "extreme", "enum value set: [low, medium, high]", id="enumeration"),
        pytest.param("TagList", [{"key": "k", "value": "v" * 257}], "1.member.value'", id="inside a list"),
        pytest.param("RequestMetadataMap", {"a": "x", "b": "y"}, "length less than or equal to 1", id="map too long"),
        pytest.param("RequestMetadataMap", {"?": "x"}, "pattern", id="key of a map"),
    ],
)
def test_what_the_api_refuses_is_named(shape: str, value: Any, complaint: str) -> None:
    (found,) = refused(value, shape)

    assert complaint in found


def test_a_long_run_of_hyphens_takes_no_time() -> None:
    """The API's own pattern for job identifiers is ambiguous in hyphens."""
    start = time.monotonic()

    refused("j" + "-" * 900 + "_", "ModelCustomizationJobIdentifier")

    assert time.monotonic() - start < 1
