import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rehearsal.bedrock.server import LocalBedrock
from tests.rehearsal.bedrock.fake_aws import GRADER, ROLE, FakeAws, World

SECRET = "s3cret"  # noqa: S105 - not one
TRAINER = "tests.rehearsal.bedrock.fake_trainer"
HEADERS = {"x-rft-secret": SECRET, "x-rft-account": "000000000000", "x-rft-region": "us-east-1"}

_SESSION = boto3.Session("key", "secret", region_name="us-east-1")  # one, for it reads the service model

Serve = Callable[[], LocalBedrock]


def records(count: int, word: str = "1 + 1") -> bytes:
    lines = (
        {"id": f"r{n}", "messages": [{"role": "user", "content": word}], "reference_answer": {"final_answer": "2"}}
        for n in range(count)
    )
    return "\n".join(map(json.dumps, lines)).encode()


def request(name: str = "job-1", **changes: Any) -> dict[str, Any]:
    """A request that passes; ``changes`` replaces members, and removes those that are None."""
    parameters = {
        "jobName": name,
        "customModelName": f"{name}-model",
        "roleArn": ROLE,
        "baseModelIdentifier": "local.tiny-lm",
        "customizationType": "REINFORCEMENT_FINE_TUNING",
        "trainingDataConfig": {"s3Uri": "s3://data/train.jsonl"},
        "validationDataConfig": {"validators": [{"s3Uri": "s3://data/validation.jsonl"}]},
        "outputDataConfig": {"s3Uri": "s3://runs/artifacts/"},
        "customizationConfig": rft(epochCount=2),
        "jobTags": [{"key": "rft:run", "value": "abc"}],
        "customModelTags": [{"key": "rft:project", "value": "p"}],
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}


def rft(grader: str = GRADER, **hyper_parameters: Any) -> dict[str, Any]:
    return {"rftConfig": {"graderConfig": {"lambdaGrader": {"lambdaArn": grader}}, "hyperParameters": hyper_parameters}}


def client(url: str, headers: dict[str, str] = HEADERS, *, validate: bool = True, service: str = "bedrock") -> Any:
    """A client of Bedrock that reaches the server as the emulator does."""
    create: Any = _SESSION.client  # its overloads name every service; here the name is a variable
    bedrock = create(
        service,
        endpoint_url=url,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=validate, proxies={}),
    )
    bedrock.meta.events.register(f"before-send.{service}.*", lambda request, **_: request.headers.update(headers))
    return bedrock


def ended(bedrock: Any, job: str) -> dict[str, Any]:
    """The job as it is once it has ended; waits 20 s at most."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        detail: dict[str, Any] = bedrock.get_model_customization_job(jobIdentifier=job)
        if "endTime" in detail:
            return detail
        time.sleep(0.02)
    raise AssertionError(f"{job} is still {detail['status']}")


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with FakeAws() as server:
        server.world.objects |= {"data/train.jsonl": records(100), "data/validation.jsonl": records(3)}
        yield server
        server.shutdown()


@pytest.fixture
def world(aws: FakeAws) -> World:
    return aws.world


@pytest.fixture
def serve(aws: FakeAws, tmp_path: Path) -> Iterator[Serve]:
    """Start a server on the test's state folder; called again, it is the server after a restart."""
    servers: list[LocalBedrock] = []

    def start() -> LocalBedrock:
        for server in servers:
            server.shutdown()
            server.server_close()
        servers.clear()
        server = LocalBedrock(port=0, emulator_url=aws.url, state_dir=tmp_path, secret=SECRET, trainer=TRAINER)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def server(serve: Serve) -> LocalBedrock:
    return serve()


@pytest.fixture
def url(server: LocalBedrock) -> str:
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def bedrock(url: str) -> Any:
    return client(url)
