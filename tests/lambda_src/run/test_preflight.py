import io
import json
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY

from lambda_src.run.preflight import PreflightError, preflight
from tests.lambda_src.run.stubs import GRADER, RUN, Aws

RECORD = {"messages": [{"role": "user", "content": "6 * 7?"}], "reference_answer": "42"}


def lines(*records: object, count: int = 100) -> list[str]:
    return [json.dumps(record) for record in (*records, *[RECORD] * (count - len(records)))]


def data(aws: Aws, content: list[str], key: str = "hash/train.jsonl") -> None:
    body = "\n".join(content).encode()
    aws.answer("s3", "get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))}, Bucket="data", Key=key)


def grader(aws: Aws, payload: object, **response: Any) -> None:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    answer = {"Payload": io.BytesIO(body), **response}
    aws.answer("lambda", "invoke", answer, FunctionName=GRADER, Payload=ANY)


def grader_pays(aws: Aws, *, right: float, wrong: float) -> None:
    for start in range(0, 50, 16):  # 25 of 100 records are sampled
        ids = [f"preflight/{n // 2}/{('right', 'wrong')[n % 2]}" for n in range(start, min(start + 16, 50))]
        grader(aws, [{"id": i, "aggregate_reward_score": right if i.endswith("right") else wrong} for i in ids])


def run(aws: Aws, **changes: Any) -> None:
    preflight(RUN | changes, s3=aws.client("s3"), lambda_=aws.client("lambda"))


def refusal(aws: Aws, **changes: Any) -> str:
    with pytest.raises(PreflightError) as raised:
        run(aws, **changes)
    return str(raised.value)


def test_good_data_and_a_good_grader_pass(aws: Aws) -> None:
    data(aws, lines())
    grader_pays(aws, right=1.0, wrong=0.0)

    run(aws)


def test_validation_data_is_checked_too_and_may_be_short(aws: Aws) -> None:
    data(aws, lines())
    data(aws, lines(count=10), key="hash/validation.jsonl")
    grader_pays(aws, right=1.0, wrong=0.0)

    run(aws, dataset={"train": "s3://data/hash/train.jsonl", "validation": "s3://data/hash/validation.jsonl"})


def test_99_records_are_refused_before_the_grader_is_asked(aws: Aws) -> None:
    data(aws, lines(count=99))

    assert "train.jsonl: 99 records; expected 100 to 20,000" in refusal(aws)


def test_invalid_json_is_refused_with_its_line(aws: Aws) -> None:
    data(aws, [*lines(), "{"])

    assert "train.jsonl line 101: is not valid JSON" in refusal(aws)


def test_a_record_without_reference_answer_is_refused_with_its_line(aws: Aws) -> None:
    data(aws, lines(RECORD, {"messages": RECORD["messages"]}))

    assert "train.jsonl line 2: no reference_answer" in refusal(aws)


def test_data_that_may_not_be_read_is_refused_with_its_uri(aws: Aws) -> None:
    aws.error("s3", "get_object", "AccessDenied", "not authorized to perform: s3:GetObject")

    reason = refusal(aws)

    assert "s3://data/hash/train.jsonl cannot be read" in reason
    assert "s3:GetObject" in reason


def test_a_grader_that_crashes_on_import_is_refused_with_its_error(aws: Aws) -> None:
    error = {"errorType": "Runtime.ImportModuleError", "errorMessage": "Unable to import module 'handler'"}
    data(aws, lines())
    grader(aws, error, FunctionError="Unhandled")

    assert "GraderError: Runtime.ImportModuleError: Unable to import module 'handler'" in refusal(aws)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param({"errorMessage": "Task timed out after 3.00 seconds"}, "Task timed out", id="time-out"),
        pytest.param(b"\xff oops", "oops", id="not JSON"),
        pytest.param(["odd"], "odd", id="not an object"),
    ],
)
def test_any_function_error_is_refused_with_what_it_says(aws: Aws, payload: object, reason: str) -> None:
    data(aws, lines())
    grader(aws, payload, FunctionError="Unhandled")

    assert reason in refusal(aws)


def test_a_grader_that_may_not_be_invoked_is_refused_with_the_permission(aws: Aws) -> None:
    data(aws, lines())
    aws.error("lambda", "invoke", "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction")

    assert "lambda:InvokeFunction" in refusal(aws)


def test_a_grader_that_pays_a_wrong_answer_in_full_is_refused(aws: Aws) -> None:
    data(aws, lines())
    grader_pays(aws, right=1.0, wrong=1.0)

    reason = refusal(aws)

    assert "breaks wrong-answer-earns-less on a sample of 25 records" in reason
    assert "and 20 more" in reason


def test_a_waived_rule_lets_the_run_start(aws: Aws) -> None:
    data(aws, lines())
    grader_pays(aws, right=1.0, wrong=1.0)

    run(aws, waive={"wrong-answer-earns-less": "style only"})


def test_an_unknown_reward_function_is_refused(aws: Aws) -> None:
    data(aws, lines())

    assert "unknown function 'no.such'" in refusal(aws, rubric=[{"function": "no.such", "weight": 1}])


def test_a_reason_fits_into_cloudformations_answer(aws: Aws) -> None:
    data(aws, ["{}" + "x" * 10_000] * 1000)

    reason = refusal(aws)

    assert len(reason) <= 1500
    assert "\n" not in reason
