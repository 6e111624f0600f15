"""Models that answer sums, as surely as a test wants, through the interface of boto3's ``converse``."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from lambda_src.reward.rubric import Rubric
from lambda_src.run.probe import Settings
from lambda_src.run.probe.conversation import Reply
from lambda_src.run.probe.prompts import Prompt
from lambda_src.run.probe.rollout import Rollout

RUBRIC = Rubric.from_config(
    [{"function": "maths.final_answer", "weight": 0.9}, {"function": "maths.one_final_answer", "weight": 0.1}]
)
SETTINGS = Settings("m", prompts=16, samples=4, max_tokens=100)


def record(number: int, **changes: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": f"What is {number} + 7? Put the final answer after ####."}]
    return {"id": f"r{number}", "messages": messages, "reference_answer": {"final_answer": str(number + 7)}, **changes}


def records(count: int) -> list[dict[str, Any]]:
    return [record(number) for number in range(count)]


def answer(text: str, *, tokens: int = 10, stop: str = "end_turn") -> dict[str, Any]:
    """What Converse answers."""
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": stop,
        "usage": {"inputTokens": 20, "outputTokens": tokens, "totalTokens": 20 + tokens},
        "metrics": {"latencyMs": 1},
    }


class Pupil:
    """Adds 7 to the number of the prompt, rightly as often as ``rate`` says of that number.

    Attributes:
        requests: What it was asked, in the order of arrival.
        before: Called with each request first; may raise.
    """

    def __init__(self, rate: Callable[[int], float], before: Callable[[Mapping[str, Any]], None] | None = None) -> None:
        self._rate, self.before = rate, before
        self._lock = threading.Lock()
        self._asked = Counter[int]()
        self.requests: list[Mapping[str, Any]] = []

    def __call__(self, **request: Any) -> dict[str, Any]:
        number = int(request["messages"][0]["content"][0]["text"].split()[2])
        with self._lock:
            self.requests.append(request)
            self._asked[number] += 1
            luck = random.Random(f"{number}/{self._asked[number]}").random()  # noqa: S311 - not for security
        if self.before is not None:
            self.before(request)
        return answer(f"#### {number + 7 if luck < self._rate(number) else number}")


def grade(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rubric, with the items as JSON brings them."""
    scores = RUBRIC.grade(json.loads(json.dumps(items)))
    return [score.to_response() | {"error": score.error} for score in scores]


def error(code: str, message: str = "No.", status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Converse")


def stubbed() -> tuple[Any, Stubber]:
    """A client of Bedrock's runtime, and what it is to answer; both ways are checked against the API's model."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106 - no secret
    client: Any = session.client("bedrock-runtime", region_name="us-east-1")
    stubber = Stubber(client)
    stubber.activate()
    return client, stubber


def rollouts(rewards: Sequence[Sequence[float | None]], *, tokens: int = 10, stop: str = "end_turn") -> list[Rollout]:
    """Graded responses: a list of rewards for each prompt."""
    return [
        Rollout(Prompt(line, record(line)), number, Reply("#### 1", "", 20, tokens, stop), reward)
        for line, group in enumerate(rewards, start=1)
        for number, reward in enumerate(group)
    ]
