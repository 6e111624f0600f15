"""Stubbed AWS clients, and what the services answer in these tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambda_src.run import cleanup, custom_resource, former_runs, hold, stack, workflow

CREATED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TRAINED = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
DIGEST = "0123456789ab" + "c" * 52
ACCOUNT = "arn:aws:{}:us-east-1:000000000000"
MACHINE = f"{ACCOUNT.format('states')}:stateMachine:Run"
MODEL_ARN = f"{ACCOUNT.format('bedrock')}:custom-model/local.tiny-lm/model0000001"
GRADER = f"{ACCOUNT.format('lambda')}:function:grader:run-0123456789ab"
STACK = f"{ACCOUNT.format('cloudformation')}:stack/gsm8k-dev/1"
_CREDENTIALS: dict[str, Any] = dict.fromkeys(("aws_access_key_id", "aws_secret_access_key"), "test")
RUN: dict[str, Any] = {
    "project": "gsm8k",
    "stage": "dev",
    "digest": DIGEST,
    "attempt": 1,
    "inputs": {"model": "m"},
    "rubric": [{"function": "text.max_words", "weight": 1}],
    "waive": {},
    "dataset": {"train": "s3://data/hash/train.jsonl", "validation": None},
    "graderArn": GRADER,
    "hyperParameters": {"epochCount": 2},
    "model": "local.tiny-lm",
    "alarms": {"entropyCollapse": 0.6, "lengthSpike": 2.0, "graderLatency": 0.8, "jobHours": 24},
    "output": "s3://runs/artifacts/",
    "git": {"commit": "abc", "dirty": False},
}
REQUEST: dict[str, Any] = {
    "baseModelIdentifier": "local.tiny-lm",
    "customizationType": "REINFORCEMENT_FINE_TUNING",
    "roleArn": "arn:aws:iam::000000000000:role/Customization",
    "trainingDataConfig": {"s3Uri": "s3://data/hash/train.jsonl"},
    "outputDataConfig": {"s3Uri": "s3://runs/artifacts/"},
    "customizationConfig": {"rftConfig": {"graderConfig": {"lambdaGrader": {"lambdaArn": GRADER}}}},
}


class Aws:
    """Every client the run uses, answering only what a test has told it to, in that order per service."""

    def __init__(self) -> None:
        self._stubbers: dict[str, Stubber] = {}

    def __getitem__(self, service: str) -> Stubber:
        if service not in self._stubbers:
            self._stubbers[service] = Stubber(_client(service))
            self._stubbers[service].activate()
        return self._stubbers[service]

    def client(self, service: str) -> Any:
        return self[service].client

    def job(self, status: str | None, **changes: Any) -> None:
        """What Bedrock says of a job the next time it is asked; None: it knows no such job."""
        if status is None:
            self.error("bedrock", "get_model_customization_job", "ResourceNotFoundException")
        else:
            self["bedrock"].add_response("get_model_customization_job", job(status, **changes))

    def execution(self, status: str | None, **changes: Any) -> None:
        """What Step Functions says of an execution; None: it knows no such execution."""
        if status is None:
            self.error("stepfunctions", "describe_execution", "ExecutionDoesNotExist")
        else:
            fixed = {"executionArn": "arn", "stateMachineArn": MACHINE, "status": status, "startDate": CREATED}
            self["stepfunctions"].add_response("describe_execution", fixed | changes)

    def error(self, service: str, method: str, code: str, message: str = "No.") -> None:
        self[service].add_client_error(method, code, message)

    def answer(self, service: str, method: str, response: dict[str, Any] | None = None, **expected: Any) -> None:
        self[service].add_response(method, response or {}, expected or None)

    def close(self) -> None:
        for stubber in self._stubbers.values():
            stubber.deactivate()

    def assert_all_asked(self) -> None:
        for stubber in self._stubbers.values():
            stubber.assert_no_pending_responses()


@cache
def _client(service: str) -> Any:
    return boto3.Session(**_CREDENTIALS).client(service, region_name="us-east-1")


@contextmanager
def stubbed_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Stubbed clients in the handlers and what they call; every answer given must be asked for."""
    stubbed = Aws()
    for module in (cleanup, custom_resource, former_runs, hold, stack, workflow):
        monkeypatch.setattr(module, "client", stubbed.client)
    settings = {
        "STATE_MACHINE_ARN": MACHINE,
        "RUNS_BUCKET": "runs",
        "MODEL_PARAMETER": "/rft/gsm8k/dev/model",
        "START_TIMEOUT_SECONDS": "120",
        "TOPIC_ARN": f"{ACCOUNT.format('sns')}:topic",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    try:
        yield stubbed
        stubbed.assert_all_asked()
    finally:
        stubbed.close()


def job_arn(name: str) -> str:
    return f"{ACCOUNT.format('bedrock')}:model-customization-job/local.tiny-lm/{name[-6:]}abcdef"


def job(status: str, *, name: str = "gsm8k-dev-0123456789ab-aaaaaa", **changes: Any) -> dict[str, Any]:
    """A job as ``GetModelCustomizationJob`` describes it; completed ones have a model."""
    model = {"outputModelArn": MODEL_ARN, "endTime": TRAINED} if status == "Completed" else {}
    return {
        "jobArn": job_arn(name),
        "jobName": name,
        "outputModelName": name,
        "roleArn": "arn:aws:iam::000000000000:role/Customization",
        "status": status,
        "statusDetails": {
            "validationDetails": {"status": "Completed"},
            "trainingDetails": {"status": status, "creationTime": CREATED, "lastModifiedTime": TRAINED},
        },
        "creationTime": CREATED,
        "baseModelArn": "arn:aws:bedrock:us-east-1::foundation-model/local.tiny-lm",
        "trainingDataConfig": {"s3Uri": "s3://data/hash/train.jsonl"},
        "outputDataConfig": {"s3Uri": "s3://runs/artifacts/"},
        "validationDataConfig": {"validators": []},
        **model,
        **changes,
    }
