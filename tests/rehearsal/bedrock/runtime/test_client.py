"""The base models, asked in this process as a probe asks them."""

import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import fmean
from threading import current_thread
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.bedrock.runtime import Client, converse, know
from rehearsal.grpo import Record, item
from rehearsal.strategist.library import prompt_of
from tests.rehearsal.strategist.runs import records, sound

BASE_MODELS = ["local.tiny-lm", "local.strategist"]
PROBLEMS = records("gsm8k-style", "train", 16)


def request(model: str, record: Record = PROBLEMS[0], **inference: Any) -> dict[str, Any]:
    settings = {"temperature": 0.6, "maxTokens": 64} | inference
    messages = [{"role": "user", "content": [{"text": prompt_of(record)}]}]
    return {"modelId": model, "messages": messages, "inferenceConfig": settings}


def text(answer: Any) -> str:
    (block,) = answer["output"]["message"]["content"]
    return str(block["text"])


def knowing(problems: Sequence[Record] = PROBLEMS) -> Client:
    client = Client()
    client.know(problems)
    return client


def probe(client: Client, model: str, *, threads: int, samples: int = 4) -> dict[str, list[str]]:
    """The answers to every problem, sorted."""
    asked = [record for record in PROBLEMS for _ in range(samples)]
    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(lambda record: text(client.converse(**request(model, record))), asked))
    return {
        str(record["id"]): sorted(answers[place * samples : (place + 1) * samples])
        for place, record in enumerate(PROBLEMS)
    }


@pytest.mark.parametrize("model", BASE_MODELS)
def test_a_repeated_probe_of_a_fresh_client_gets_the_same_answers_in_any_order(model: str) -> None:
    first, second = probe(knowing(), model, threads=8), probe(knowing(), model, threads=3)

    assert first == second
    assert sum(len(set(answers)) for answers in first.values()) > 1.5 * len(PROBLEMS)


@pytest.mark.parametrize("model", BASE_MODELS)
def test_what_others_asked_before_changes_nothing(model: str) -> None:
    client = knowing()
    client.converse(**request(model, PROBLEMS[1]))

    assert text(client.converse(**request(model))) == text(knowing().converse(**request(model)))


@pytest.mark.parametrize("model", BASE_MODELS)
def test_an_arn_names_the_same_model(model: str) -> None:
    arn = f"arn:aws:bedrock:us-east-1::foundation-model/{model}"

    assert text(knowing().converse(**request(arn))) == text(knowing().converse(**request(model)))


@pytest.mark.parametrize("model", BASE_MODELS)
def test_metadata_of_a_request_changes_nothing(model: str) -> None:
    marked = knowing().converse(**request(model), requestMetadata={"run": "r1"})

    assert text(marked) == text(knowing().converse(**request(model)))


@pytest.mark.parametrize("model", BASE_MODELS)
def test_temperature_0_answers_the_same_every_time(model: str) -> None:
    client = knowing()

    assert len({text(client.converse(**request(model, temperature=0))) for _ in range(4)}) == 1


@pytest.mark.parametrize("model", BASE_MODELS)
def test_a_response_says_why_it_ended_and_how_long_it_is(model: str) -> None:
    whole, cut = (knowing().converse(**request(model, temperature=0, maxTokens=most)) for most in (160, 2))

    assert (whole["stopReason"], cut["stopReason"]) == ("end_turn", "max_tokens")
    assert cut["usage"]["outputTokens"] == 2
    for answer in (whole, cut):
        assert answer["usage"]["totalTokens"] == answer["usage"]["inputTokens"] + answer["usage"]["outputTokens"]


@pytest.mark.parametrize("model", BASE_MODELS)
def test_the_base_model_is_right_now_and_then_as_the_projects_grader_sees_it(model: str) -> None:
    answers = probe(knowing(), model, threads=8)

    rewards = sound([item(record, n, a) for record in PROBLEMS for n, a in enumerate(answers[str(record["id"])])])

    assert 0.4 < fmean(rewards) < 0.9


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"modelId": "local.tiny-lm-2"}, "serves local.judge, local.tiny-lm, local.strategist", id="model"),
        pytest.param({"inferenceConfig": {"temperature": 1.5}}, "less than or equal to 1", id="temperature"),
        pytest.param({"inferenceConfig": {"topP": -0.1}}, "topP, value: -0.1", id="topP"),
        pytest.param({"inferenceConfig": {"maxTokens": 0}}, "maxTokens", id="no tokens"),
        pytest.param({"inferenceConfig": {"topK": 3}}, "topK", id="a setting that Converse does not have"),
        pytest.param({"messages": [{"role": "user", "content": [{"text": "A gizmo?"}]}]}, "gizmo", id="words"),
    ],
)
def test_refusals_are_those_of_botocores_client(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ClientError) as caught:
        converse(**request("local.tiny-lm") | changes)

    response: Any = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("ValidationException", 400)
    assert complaint in response["Error"]["Message"]


def test_the_strategist_answers_what_this_process_knows() -> None:
    unheard = {**PROBLEMS[0], "messages": [{"role": "user", "content": "What is the sum of it all?"}]}
    with pytest.raises(ClientError, match="no record with the prompt 'What is the sum of it all"):
        converse(**request("local.strategist", unheard))

    know([unheard, *PROBLEMS], grade=sound)

    answer = PROBLEMS[0]["reference_answer"]["final_answer"]
    assert text(converse(**request("local.strategist", unheard, temperature=0))).endswith(f"#### {answer}")


def test_a_grader_is_asked_at_once_and_by_who_hands_it_over() -> None:
    """Graders with a judge know by the thread whom to ask."""
    graded_by = []

    def grade_bare_answers(items: Sequence[Record]) -> list[float]:
        graded_by.append(current_thread())
        expected = (item["metadata"]["reference_answer"]["final_answer"] for item in items)
        return [float(item["messages"][-1]["content"] == answer) for item, answer in zip(items, expected, strict=True)]

    client = Client()
    client.know(PROBLEMS, grade=grade_bare_answers)
    asked = len(graded_by)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.converse, **request("local.strategist", temperature=0)).result()

    assert text(answer) == PROBLEMS[0]["reference_answer"]["final_answer"]
    assert set(graded_by) == {current_thread()}
    assert len(graded_by) == asked


def test_records_that_no_family_can_answer_are_refused_when_they_are_handed_over_with_a_grader() -> None:
    odd = [{**record, "reference_answer": {"final_answer": "1"}} for record in PROBLEMS]

    with pytest.raises(ValueError, match="no other record has another reference answer"):
        Client().know(odd, grade=sound)


def test_neither_weights_nor_numpy_are_loaded_before_somebody_asks_a_base_model() -> None:
    program = (
        "import sys, rehearsal.bedrock.server; from rehearsal.bedrock.runtime import know; know([]); "
        "sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
