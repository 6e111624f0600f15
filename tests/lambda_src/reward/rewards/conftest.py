"""What the judge's tests build with: a client that answers as told, and verdicts as Bedrock sends them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambda_src.reward.rewards._judge import batch as _judge_batch
from lambda_src.reward.rewards._judge import call as _judge_call
from lambda_src.reward.rewards._judge.client import asking

_SESSION = boto3.Session("key", "secret", region_name="us-east-1")  # one, for it reads the service model


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    """Bedrock's answers, in order; every request is checked against botocore's model of the API."""
    monkeypatch.setattr(_judge_call, "_FIRST_PAUSE_SECONDS", 0.001)
    _judge_batch.CACHE.clear()
    client: Any = _SESSION.client("bedrock-runtime")
    with Stubber(client) as stubber, asking(client.converse):
        yield stubber
    _judge_batch.CACHE.clear()


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[..., Any]], None]]:
    """Lets another function be asked for the rest of the test."""
    monkeypatch.setattr(_judge_call, "_FIRST_PAUSE_SECONDS", 0.001)
    _judge_batch.CACHE.clear()
    contexts = []

    def use(converse: Callable[..., Any]) -> None:
        context = asking(converse)
        context.__enter__()
        contexts.append(context)

    yield use
    for context in contexts:
        context.__exit__(None, None, None)
    _judge_batch.CACHE.clear()


def verdict(stop: str = "tool_use", tokens: tuple[int, int] = (900, 60), **given: Any) -> dict[str, Any]:
    """Converse's answer with one call of the tool."""
    call = {"toolUseId": "tooluse_1", "name": "record_judgement", "input": {"reasoning": "Because.", **given}}
    return answer([{"toolUse": call}], stop, tokens)


def answer(
    content: list[Mapping[str, Any]], stop: str = "end_turn", tokens: tuple[int, int] = (900, 60)
) -> dict[str, Any]:
    """Converse's answer."""
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop,
        "usage": {"inputTokens": tokens[0], "outputTokens": tokens[1], "totalTokens": sum(tokens)},
        "metrics": {"latencyMs": 800},
    }
