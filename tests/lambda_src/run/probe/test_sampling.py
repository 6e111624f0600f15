import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from lambda_src.run.probe import ProbeError, Prompt, sampling
from lambda_src.run.probe.conversation import request
from lambda_src.run.probe.sampling import Answer, Question, Sampler
from tests.lambda_src.run.probe.pupils import SETTINGS, Pupil, answer, error, record, stubbed


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "_LONGEST_PAUSE_SECONDS", 0.001)


def questions(count: int) -> list[Question]:
    return [
        Question(Prompt(number, record(number)), 0, request(record(number), SETTINGS, 0)) for number in range(count)
    ]


def sampled(converse: Callable[..., Any], count: int = 1, *, concurrency: int = 1) -> list[Answer]:
    sampler = Sampler(converse, questions(count), model="m", concurrency=concurrency)
    return list(sampler.answers(lambda: math.inf))


def failing(*errors: Exception) -> Pupil:
    """A model that answers rightly once it has raised all of these."""
    left = list(errors)

    def before(_: Mapping[str, Any]) -> None:
        if left:
            raise left.pop(0)

    return Pupil(lambda _: 1.0, before)


def test_every_question_is_answered_once_whatever_the_threads_do() -> None:
    pupil = Pupil(lambda _: 1.0)

    answers = sampled(pupil, 40, concurrency=8)

    assert {answer.question.prompt.line for answer in answers} == set(range(40))
    assert {answer.question.prompt.line: answer.reply and answer.reply.text for answer in answers} == {
        number: f"#### {number + 7}" for number in range(40)
    }
    assert len(pupil.requests) == 40


def test_no_more_requests_are_under_way_than_allowed() -> None:
    under_way = most = 0
    lock = threading.Lock()

    def before(_: Mapping[str, Any]) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.002)
        with lock:
            under_way -= 1

    sampled(Pupil(lambda _: 1.0, before), 30, concurrency=3)

    assert most == 3


@pytest.mark.parametrize(
    "passing",
    [
        pytest.param(error("ThrottlingException", status=429), id="throttled"),
        pytest.param(error("ModelTimeoutException", status=408), id="model too slow"),
        pytest.param(error("ServiceUnavailableException", status=503), id="unavailable"),
        pytest.param(error("ModelErrorException", status=424), id="model stumbled"),
        pytest.param(error("Unheard", status=502), id="any server error"),
        pytest.param(EndpointConnectionError(endpoint_url="https://bedrock"), id="no connection"),
        pytest.param(ReadTimeoutError(endpoint_url="https://bedrock"), id="no answer"),
    ],
)
def test_what_may_pass_is_tried_again(passing: Exception) -> None:
    pupil = failing(passing, passing)

    (answer,) = sampled(pupil)

    assert answer.reply is not None
    assert len(pupil.requests) == 3


def test_a_response_that_never_comes_is_no_response_and_says_why() -> None:
    pupil = failing(*[error("ThrottlingException", "Too many tokens.", status=429)] * 8)

    one, another = sampled(pupil, 2)

    assert (one.reply, one.failure) == (None, "ThrottlingException: Too many tokens.")
    assert another.reply is not None


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        pytest.param(
            error("AccessDeniedException", "not authorized", status=403),
            "m cannot be sampled: AccessDeniedException: not authorized; expected bedrock:InvokeModel",
            id="denied",
        ),
        pytest.param(
            error("ValidationException", "identifier is invalid"),
            "identifier is invalid; expected a model or inference profile that the Converse API serves",
            id="unknown model",
        ),
        pytest.param(error("ResourceNotFoundException", status=404), "of this account and region", id="not found"),
        pytest.param(NoCredentialsError(), "m cannot be sampled: NoCredentialsError: Unable to locate", id="nobody"),
        pytest.param(RuntimeError("out of order"), "m cannot be sampled: RuntimeError: out of order", id="anything"),
    ],
)
def test_a_refusal_ends_everything_and_says_what_to_put_right(refusal: Exception, message: str) -> None:
    pupil = failing(*[refusal] * 50)

    with pytest.raises(ProbeError, match=message):
        sampled(pupil, 50, concurrency=2)

    assert len(pupil.requests) < 10


def test_a_model_that_answers_others_may_refuse_one_prompt() -> None:
    def before(request: Mapping[str, Any]) -> None:
        if "is 2 +" in request["messages"][0]["content"][0]["text"]:
            raise error("ValidationException", "Input is too long.")

    answers = sampled(Pupil(lambda _: 1.0, before), 4)

    assert [answer.failure for answer in answers] == ["", "", "ValidationException: Input is too long.", ""]


def test_an_answer_that_cannot_be_read_is_no_response() -> None:
    (found,) = sampled(lambda **_: {"stopReason": "end_turn"})

    assert found.reply is None
    assert "expected output.message" in found.failure


def test_bedrocks_own_client_is_understood() -> None:
    client, stubber = stubbed()
    stubber.add_client_error("converse", "ThrottlingException", "Slow down.", http_status_code=429)
    stubber.add_response("converse", answer("#### 7"))
    stubber.add_client_error("converse", "AccessDeniedException", "Not yours.", http_status_code=403)

    with pytest.raises(ProbeError, match="Not yours"):
        sampled(client.converse, 2)

    stubber.assert_no_pending_responses()


def test_a_call_that_hangs_is_not_waited_for_when_time_is_up() -> None:
    hanging = threading.Event()

    def before(request: Mapping[str, Any]) -> None:
        if "is 1 +" in request["messages"][0]["content"][0]["text"]:
            hanging.wait(60)

    sampler = Sampler(Pupil(lambda _: 1.0, before), questions(2), model="m", concurrency=2)
    until = time.monotonic() + 0.1
    started = time.monotonic()

    answers = list(sampler.answers(lambda: until - time.monotonic()))
    hanging.set()

    assert [answer.question.prompt.line for answer in answers] == [0]
    assert time.monotonic() - started < 5


def test_nothing_is_asked_once_nobody_listens() -> None:
    pupil = Pupil(lambda _: 1.0, lambda _: time.sleep(0.001))
    answers = Sampler(pupil, questions(50), model="m", concurrency=2).answers(lambda: math.inf)

    next(answers)
    answers.close()
    time.sleep(0.03)
    asked = len(pupil.requests)
    time.sleep(0.03)

    assert asked == len(pupil.requests) < 50


def test_without_questions_there_are_no_answers() -> None:
    assert sampled(Pupil(lambda _: 1.0), 0) == []
