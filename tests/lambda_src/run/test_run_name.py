import boto3
import pytest

from lambda_src.run.run_name import PhysicalId, held_id, is_held, name_prefix, run_name, stage_prefix
from tests.lambda_src.run.stubs import DIGEST, STACK


def test_the_same_request_gives_the_same_name() -> None:
    names = {run_name("gsm8k", "dev", DIGEST, stack_id=STACK, request_id="r") for _ in range(2)}

    assert len(names) == 1


def test_another_request_or_stack_gives_another_name() -> None:
    given = [(STACK, "r"), (STACK, "s"), ("other", "r")]

    assert len({run_name("gsm8k", "dev", DIGEST, stack_id=stack, request_id=r) for stack, r in given}) == 3


@pytest.mark.parametrize(
    ("project", "stage"),
    [
        pytest.param("gsm8k-style", "dev", id="usual"),
        pytest.param("p" * 40, "s" * 40, id="longest"),
        pytest.param("a--b-", "production-eu-west", id="hyphens"),
        pytest.param("p" * 23 + "-x", "s" * 11 + "-x", id="cut at a hyphen"),
    ],
)
def test_a_name_is_what_bedrock_takes_for_job_model_and_token(project: str, stage: str) -> None:
    name = run_name(project, stage, DIGEST, stack_id=STACK, request_id="r")

    assert len(name) <= 57
    assert "--" not in name
    model = boto3.client("bedrock", region_name="us-east-1").meta.service_model
    for shape in ("JobName", "CustomModelName", "IdempotencyToken"):
        assert len(name) <= model.shape_for(shape).metadata["max"]


def test_a_name_begins_with_the_prefixes_it_is_searched_by() -> None:
    name = run_name("gsm8k", "dev", DIGEST, stack_id=STACK, request_id="r")

    assert name.startswith(name_prefix("gsm8k", "dev", DIGEST))
    assert name.startswith(stage_prefix("gsm8k", "dev"))


def test_a_physical_id_survives_the_way_through_cloudformation() -> None:
    name = run_name("gsm8k-style", "dev", DIGEST, stack_id=STACK, request_id="r")

    identity = PhysicalId.parse(str(PhysicalId.of(name, 3)))

    assert identity == PhysicalId(name, "0123456789ab", 3)


@pytest.mark.parametrize(
    "text",
    ["", "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED", "2026/11/23/[$LATEST]abc", "gsm8k-dev-xyz/1"],
)
def test_an_id_that_is_not_ours_is_none(text: str) -> None:
    assert PhysicalId.parse(text) is None


@pytest.mark.parametrize(
    ("text", "held"),
    [
        pytest.param(held_id("gsm8k", "dev"), True, id="nothing has run"),
        pytest.param(held_id("p" * 40, "s" * 40), True, id="of long names"),
        pytest.param("gsm8k-held-0123456789ab-aaaaaa/1", False, id="a run of a stage of that name"),
        pytest.param("AWSCDK::CustomResourceProviderFramework::CREATE_FAILED", False, id="a create that failed"),
        pytest.param("", False, id="none"),
    ],
)
def test_the_id_of_a_stack_that_has_run_nothing_is_known_and_is_no_run(text: str, held: bool) -> None:
    assert is_held(text) is held
    assert not held or PhysicalId.parse(text) is None
