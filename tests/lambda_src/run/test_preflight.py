import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.response import StreamingBody

from lambda_src.reward.batched import Deadline
from lambda_src.reward.rollout import TransientError
from lambda_src.run.audit import grading
from lambda_src.run.preflight import PreflightError, preflight
from tests.lambda_src.run.audit import bad_graders
from tests.lambda_src.run.audit.bad_graders import Items, sound
from tests.lambda_src.run.audit.deployed import deployed
from tests.lambda_src.run.stubs import RUN, Aws

MATHS = [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]


def record(number: int) -> dict[str, Any]:
    answer = {"final_answer": str(number + 7), "solution": f"{number} + 7 = {number + 7}"}
    messages = [{"role": "user", "content": f"What is {number} + 7? Put the final answer after ####."}]
    return {"id": f"r{number}", "messages": messages, "reference_answer": answer}


def lines(*records: object, count: int = 100) -> list[str]:
    return [json.dumps(one) for one in (*records, *map(record, range(count - len(records))))]


def data(aws: Aws, content: list[str], key: str = "hash/train.jsonl") -> None:
    body = "\n".join(content).encode()
    aws.answer("s3", "get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))}, Bucket="data", Key=key)


def run(aws: Aws, grade: Callable[[Items], Any] = sound, deadline: Deadline | None = None, **changes: Any) -> Any:
    given = {} if deadline is None else {"deadline": deadline}
    return preflight(RUN | {"rubric": MATHS} | changes, s3=aws.client("s3"), lambda_=deployed(grade), **given)


def refusal(aws: Aws, grade: Callable[[Items], Any] = sound, **changes: Any) -> str:
    with pytest.raises(PreflightError) as raised:
        run(aws, grade, **changes)
    return str(raised.value)


def unasked(_: Items) -> Any:
    raise AssertionError("the grader is not to be asked")


def test_good_data_and_a_good_grader_pass_with_a_summary_for_the_record(aws: Aws) -> None:
    data(aws, lines())

    summary = run(aws)

    assert summary["passed"]
    assert summary["records"] == 25
    assert {rule["verdict"] for rule in summary["rules"]} == {"passed"}


def test_the_grader_is_asked_in_batches_that_a_lambda_takes(aws: Aws) -> None:
    sizes = []

    def grade(items: Items) -> Any:
        sizes.append(len(items))
        return sound(items)

    data(aws, lines())
    run(aws, grade)

    assert max(sizes) == 16


def test_every_item_looks_as_bedrock_sends_it(aws: Aws) -> None:
    seen: list[Any] = []

    def grade(items: Items) -> Any:
        seen.extend(items)
        return sound(items)

    data(aws, lines())
    run(aws, grade)

    assert seen[0]["id"] == "preflight/0/0"
    assert [message["role"] for message in seen[0]["messages"]] == ["user", "assistant"]
    assert seen[0]["metadata"] == {"reference_answer": record(0)["reference_answer"]}


def test_the_size_of_the_job_is_that_of_the_deployed_data(aws: Aws) -> None:
    data(aws, lines())
    data(aws, lines(count=10), key="hash/validation.jsonl")

    summary = run(
        aws,
        dataset={"train": "s3://data/hash/train.jsonl", "validation": "s3://data/hash/validation.jsonl"},
        hyperParameters={"epochCount": 2, "batchSize": 20, "trainingSamplePerPrompt": 4, "evalInterval": 5},
    )

    assert summary["latency"]["jobRollouts"] == 10 * 20 * 4 + 3 * 10


def test_99_records_are_refused_before_the_grader_is_asked(aws: Aws) -> None:
    data(aws, lines(count=99))

    assert "train.jsonl: 99 records; expected 100 to 20,000" in refusal(aws, unasked)


def test_invalid_json_is_refused_with_its_line(aws: Aws) -> None:
    data(aws, [*lines(), "{"])

    assert "train.jsonl line 101: is not valid JSON" in refusal(aws, unasked)


def test_a_record_without_reference_answer_is_refused_with_its_line(aws: Aws) -> None:
    data(aws, lines(record(0), {"messages": record(0)["messages"]}))

    assert "train.jsonl line 2: no reference_answer" in refusal(aws, unasked)


def test_data_that_may_not_be_read_is_refused_with_its_uri(aws: Aws) -> None:
    aws.error("s3", "get_object", "AccessDenied", "not authorized to perform: s3:GetObject")

    reason = refusal(aws, unasked)

    assert "s3://data/hash/train.jsonl cannot be read" in reason
    assert "s3:GetObject" in reason


def test_a_grader_that_raises_is_refused_with_its_error(aws: Aws) -> None:
    def grade(_: Items) -> Any:
        raise ImportError("Unable to import module 'handler'")

    data(aws, lines())

    assert "GraderError: ImportError: Unable to import module 'handler'" in refusal(aws, grade)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        pytest.param({"errorMessage": "Task timed out after 3.00 seconds"}, "Task timed out", id="time-out"),
        pytest.param(b"\xff oops", "oops", id="not JSON"),
        pytest.param(["odd"], "odd", id="not an object"),
    ],
)
def test_any_function_error_is_refused_with_what_it_says(aws: Aws, payload: object, reason: str) -> None:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    data(aws, lines())
    aws.answer("lambda", "invoke", {"Payload": io.BytesIO(body), "FunctionError": "Unhandled"})

    with pytest.raises(PreflightError) as raised:
        preflight(RUN | {"rubric": MATHS}, s3=aws.client("s3"), lambda_=aws.client("lambda"))

    assert reason in str(raised.value)


def test_a_grader_that_may_not_be_invoked_is_refused_with_the_permission(aws: Aws) -> None:
    data(aws, lines())
    aws.error("lambda", "invoke", "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction")

    with pytest.raises(PreflightError, match="lambda:InvokeFunction"):
        preflight(RUN | {"rubric": MATHS}, s3=aws.client("s3"), lambda_=aws.client("lambda"))


def test_a_judge_that_is_throttled_for_a_moment_does_not_refuse_the_run(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grading, "_PAUSE_SECONDS", 0)
    throttled = iter([True, False, True])

    def grade(items: Items) -> Any:
        if next(throttled, False):
            raise TransientError("the judge is throttled")
        return sound(items)

    data(aws, lines())

    assert run(aws, grade)["passed"]


def test_a_grader_that_pays_wrong_answers_is_refused_with_rule_record_strategy_and_reward(aws: Aws) -> None:
    data(aws, lines())

    reason = refusal(aws, bad_graders.tolerant_of_wrong)

    assert "breaks wrong-answer-earns-less on a sample of 25 records" in reason
    assert "record r0, near miss: earns 1; expected less than the 1 of the right answer" in reason


def test_a_waived_rule_lets_the_run_start_and_stands_in_the_summary(aws: Aws) -> None:
    data(aws, lines())

    summary = run(aws, bad_graders.tolerant_of_wrong, waive={"wrong-answer-earns-less": "Close is good enough here."})

    (rule,) = (rule for rule in summary["rules"] if rule["rule"] == "wrong-answer-earns-less")
    assert rule["verdict"] == "waived"
    assert "Close is good enough here." in rule["reason"]


class _Clock(Deadline):
    """Runs out after a number of looks at it."""

    looks = 0

    @property
    def remaining(self) -> float:
        type(self).looks -= 1
        return 100.0 if self.looks >= 0 else -1.0


def test_when_time_is_short_what_was_graded_is_judged_and_the_summary_says_so(aws: Aws) -> None:
    data(aws, lines())
    _Clock.looks = 4

    summary = run(aws, deadline=_Clock(0.0))

    assert summary["records"] == 2
    assert {rule["verdict"] for rule in summary["rules"]} == {"passed", "not tried"}
    assert "stopped after 64 of" in summary["notes"][0]


def test_a_run_whose_grader_could_not_be_tried_is_refused(aws: Aws) -> None:
    data(aws, lines())

    with pytest.raises(PreflightError, match=r"could not be tried: stopped after 0 of .* the grader is too slow"):
        run(aws, unasked, deadline=Deadline.after(-1))


def test_an_unknown_reward_function_is_refused(aws: Aws) -> None:
    data(aws, lines())

    assert "unknown function 'no.such'" in refusal(aws, unasked, rubric=[{"function": "no.such", "weight": 1}])


def test_a_reason_fits_into_cloudformations_answer(aws: Aws) -> None:
    data(aws, ["{}" + "x" * 10_000] * 1000)

    reason = refusal(aws, unasked)

    assert len(reason) <= 1500
    assert "\n" not in reason
