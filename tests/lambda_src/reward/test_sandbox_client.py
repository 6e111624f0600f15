"""The way to the sandbox: which calls are made, and who is to blame when one ends badly."""

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from lambda_src.reward import sandbox_client
from lambda_src.reward.batched import NEVER, Deadline
from lambda_src.reward.rollout import TransientError
from lambda_src.reward.sandbox_client import CHUNK, execute
from lambda_src.sandbox import request

ARN = "arn:aws:lambda:us-east-1:111122223333:function:sandbox:7"
CANARY = dict(sandbox_client._CANARY)


def item(number: int) -> dict[str, Any]:
    return {"code": f"def f(): return {number}", "function": "f", "cases": [{"args": []}]}


def result(number: int) -> dict[str, Any]:
    return {"outcomes": [{"value": number}], "cpu_seconds": 0.01, "stderr": ""}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    sandbox_client._MEMORY.clear()
    yield
    sandbox_client._MEMORY.clear()


class Sandbox:
    """A stubbed Lambda client that answers in order."""

    def __init__(self) -> None:
        self.client = boto3.client("lambda", region_name="us-east-1")
        self._stubber = Stubber(self.client)
        self._stubber.activate()

    def expect(self, items: Sequence[Any], *, died: str | None = None) -> None:
        """One invocation with these items."""
        body = {"errorMessage": died} if died else {"results": [result(_number(one)) for one in items]}
        content = json.dumps(body).encode()
        response: dict[str, Any] = {"StatusCode": 200, "Payload": StreamingBody(io.BytesIO(content), len(content))}
        payload = json.dumps({"items": list(items)}).encode()
        self._stubber.add_response(
            "invoke",
            response | ({"FunctionError": "Unhandled"} if died else {}),
            {"FunctionName": ARN, "Payload": payload},
        )

    def refuse(self, code: str) -> None:
        self._stubber.add_client_error("invoke", code, expected_params={"FunctionName": ARN, "Payload": ANY})

    def assert_all_asked(self) -> None:
        self._stubber.assert_no_pending_responses()


def _number(one: dict[str, Any]) -> int:
    return int(one["code"].rsplit(" ", 1)[-1])


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """One invocation at a time, so that answers come in order; a test fails if it leaves one unasked for."""
    stubbed = Sandbox()
    monkeypatch.setenv("RFT_SANDBOX", ARN)
    monkeypatch.setattr(sandbox_client, "_client", lambda: stubbed.client)
    monkeypatch.setattr(sandbox_client, "INVOCATIONS", 1)
    yield stubbed
    stubbed.assert_all_asked()


def test_results_come_in_the_order_of_the_items(sandbox: Sandbox) -> None:
    items = [item(n) for n in range(2 * CHUNK + 1)]
    for start in range(0, len(items), CHUNK):
        sandbox.expect(items[start : start + CHUNK])

    assert execute(items, NEVER) == [result(n) for n in range(len(items))]


def test_equal_items_are_run_once_and_remembered(sandbox: Sandbox) -> None:
    sandbox.expect([item(1), item(2)])

    assert execute([item(1), item(2), item(1)], NEVER) == [result(1), result(2), result(1)]
    assert execute([item(2)], NEVER) == [result(2)]


def test_nothing_is_asked_for_nothing(sandbox: Sandbox) -> None:
    assert execute([], NEVER) == []


def test_an_item_that_ends_the_sandbox_is_found_and_costs_no_other(sandbox: Sandbox) -> None:
    items = [item(n) for n in range(3)]
    sandbox.expect(items, died="signal: killed")
    sandbox.expect(items[:1])
    sandbox.expect(items[1:2], died="RequestId: 1 Error: Runtime exited with error: signal: killed")
    sandbox.expect([CANARY])
    sandbox.expect(items[2:])

    first, second, third = execute(items, NEVER)

    assert (first, third) == (result(0), result(2))
    assert second == {"lost": "it ended its sandbox: RequestId: 1 Error: Runtime exited with error: signal: killed"}


def test_what_has_ended_the_sandbox_is_not_tried_again(sandbox: Sandbox) -> None:
    sandbox.expect([item(1)], died="killed")
    sandbox.expect([CANARY])

    assert execute([item(1)], NEVER) == execute([item(1)], NEVER)


def test_no_item_is_blamed_for_a_sandbox_that_runs_nothing(sandbox: Sandbox) -> None:
    sandbox.expect([item(1)], died="Unable to import module")
    sandbox.expect([CANARY], died="Unable to import module")

    with pytest.raises(TransientError, match="the sandbox does not work: it ended its sandbox: Unable to import"):
        execute([item(1)], NEVER)


@pytest.mark.parametrize("code", ["TooManyRequestsException", "ServiceException", "AccessDeniedException"])
def test_a_refused_invocation_lets_the_whole_batch_be_tried_again(code: str, sandbox: Sandbox) -> None:
    sandbox.refuse(code)

    with pytest.raises(TransientError, match=f"the sandbox: An error occurred \\({code}\\)"):
        execute([item(1)], NEVER)


def test_without_time_nothing_is_asked(sandbox: Sandbox) -> None:
    with pytest.raises(TransientError, match=r"the sandbox: 1\.\d s are left; expected at least 2\.0 s"):
        execute([item(1)], Deadline.after(1.5))


def test_invocations_that_take_too_long_let_the_batch_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading  # noqa: PLC0415 - for this test alone

    answered = threading.Event()
    monkeypatch.setenv("RFT_SANDBOX", ARN)
    monkeypatch.setattr(sandbox_client, "_invoke", lambda *_: answered.wait(5) and [])
    try:
        with pytest.raises(TransientError, match="1 of 1 invocations have not ended in time"):
            execute([item(1)], Deadline.after(sandbox_client._MARGIN_SECONDS + 0.05))
    finally:
        answered.set()


def test_an_item_too_large_for_lambda_is_lost_alone(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_client, "_MOST_PAYLOAD", 300)
    monkeypatch.setattr(sandbox_client, "_MOST_INVOCATION", 400)
    large = item(1) | {"code": "#" * 500}
    sandbox.expect([item(0)])
    sandbox.expect([CANARY])

    small, lost = execute([item(0), large], NEVER)

    assert small == result(0)
    assert "bytes; expected 400 at most" in lost["lost"]


def test_very_long_results_are_not_remembered(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_client, "_MOST_REMEMBERED", 10)
    for _ in range(2):
        sandbox.expect([item(1)])

    assert execute([item(1)], NEVER) == execute([item(1)], NEVER)


def test_the_results_used_last_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_client, "_REMEMBERED", 2)
    memory = sandbox_client._Memory()
    memory.put({"a": {}, "b": {}})

    memory.get("a")
    memory.put({"c": {}})

    assert [key for key in "abc" if memory.get(key) is not None] == ["a", "c"]


def test_without_a_function_items_run_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RFT_SANDBOX", raising=False)

    outcomes = [found["outcomes"] for found in execute([item(n) for n in range(CHUNK + 1)], NEVER)]

    assert outcomes == [[{"value": n}] for n in range(CHUNK + 1)]


def test_on_this_machine_too_there_must_be_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RFT_SANDBOX", raising=False)

    with pytest.raises(TransientError, match="the sandbox: "):
        execute([item(1)], Deadline.after(5))


def test_both_sides_know_the_same_limits() -> None:
    """The grader's Lambda does not carry the sandbox's modules."""
    for name in ("MOST_SECONDS", "LEAST_MEMORY_MB", "MOST_MEMORY_MB"):
        assert getattr(sandbox_client, name) == getattr(request, name)
