"""Runs whole lives of a stack against a simulated Bedrock and Step Functions, with a failure anywhere.

The stubbed tests check each call; this one checks what no single call shows: that nothing is trained twice,
left running or lost, whatever fails in whichever order.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from lambda_src.run import cleanup, custom_resource
from lambda_src.run.custom_resource import is_complete, on_event
from tests.lambda_src.run.stubs import MACHINE, REQUEST, RUN

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 600_000)
MADE_UP_ID = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"
IN_FLIGHT = 120  # s
TICK = timedelta(seconds=40)
DIGESTS = {letter: letter * 64 for letter in "ab"}


def missing(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Gone."}}, "Operation")


@dataclass
class World:
    """The services as the run sees them; every call may fail once, before or after it had its effect."""

    random: Random
    now: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    stack: str = ""
    fails_at: int | None = None
    calls: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: set[str] = field(default_factory=set)

    def client(self, service: str) -> Any:
        calls = {name: self._fallible(getattr(self, name)) for name in CALLS[service]}
        pages = SimpleNamespace(paginate=self._fallible(self.list_model_customization_jobs))
        return SimpleNamespace(**calls, get_paginator=lambda _: pages)

    def _fallible(self, call: Any) -> Any:
        def fallible(**request: Any) -> Any:
            self.calls += 1
            fails = self.calls == self.fails_at
            if fails and self.random.random() < 0.5:
                raise ConnectTimeoutError(endpoint_url="https://service")
            answer = call(**request)
            if fails:
                raise ConnectTimeoutError(endpoint_url="https://service")
            return answer

        return fallible

    def tick(self) -> None:
        """Let time pass: steps in flight create their jobs, jobs go on, executions of ended jobs conclude."""
        self.now += TICK
        for name, execution in self.executions.items():
            creates = execution["creates"]
            if creates is not None and self.now >= creates and name not in self.jobs:
                execution["creates"] = None
                self.jobs[name] = {"status": "InProgress", "validation": "InProgress", "run": execution["run"]}
            job = self.jobs.get(name)
            if execution["status"] == "RUNNING" and job is not None and job["status"] not in ("InProgress", "Stopping"):
                self.records.add(name)
                execution |= {"status": "SUCCEEDED", "stopDate": self.now}
        for job in self.jobs.values():
            self._go_on(job)

    def _go_on(self, job: dict[str, Any]) -> None:
        if job["status"] == "Stopping":
            job["status"] = "Stopped"
        elif job["status"] == "InProgress" and job["validation"] == "InProgress":
            job["validation"] = self.random.choice(["InProgress", "Completed", "Completed", "Failed"])
            job["status"] = "Failed" if job["validation"] == "Failed" else "InProgress"
        elif job["status"] == "InProgress":
            job["status"] = self.random.choice(["InProgress"] * 6 + ["Completed", "Failed"])

    def start_execution(self, *, name: str, input: str, **_: Any) -> dict[str, Any]:  # noqa: A002 - the API's name
        if name not in self.executions:
            assert "ROLLBACK" not in self.stack, "a rollback starts a run"
            assert not any(self._is_useful(job, name) for job in self.jobs.values()), "the same inputs train twice"
            creates = self.now + timedelta(seconds=self.random.uniform(0, IN_FLIGHT))
            self.executions[name] = {"status": "RUNNING", "creates": creates, "run": json.loads(input)["run"]}
        return {}

    def _is_useful(self, job: dict[str, Any], name: str) -> bool:
        digest = name.split("-")[-2]
        return job["run"]["digest"].startswith(digest) and job["status"] in ("InProgress", "Completed")

    def describe_execution(self, *, executionArn: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        name = executionArn.rsplit(":", 1)[-1]
        if name not in self.executions:
            raise missing("ExecutionDoesNotExist")
        return self.executions[name]

    def stop_execution(self, *, executionArn: str, **_: Any) -> None:  # noqa: N803 - the API's name
        execution = self.describe_execution(executionArn=executionArn)
        if execution["status"] == "RUNNING":
            execution |= {"status": "ABORTED", "stopDate": self.now}
            if self.random.random() < 0.5:
                execution["creates"] = None  # else the step was in flight already

    def get_model_customization_job(self, *, jobIdentifier: str) -> dict[str, Any]:  # noqa: N803 - the API's name
        name = jobIdentifier.rsplit("/", 1)[-1]
        if name not in self.jobs:
            raise missing("ResourceNotFoundException")
        job = self.jobs[name]
        return {
            "jobArn": f"arn/{name}",
            "jobName": name,
            "status": job["status"],
            "statusDetails": {"validationDetails": {"status": job["validation"]}},
            "creationTime": self.now,
            "outputDataConfig": {"s3Uri": "s3://runs/artifacts/"},
            "outputModelArn": f"model/{name}" if job["status"] == "Completed" else None,
        }

    def stop_model_customization_job(self, *, jobIdentifier: str) -> None:  # noqa: N803 - the API's name
        job = self.jobs[jobIdentifier.rsplit("/", 1)[-1]]
        if job["status"] != "InProgress":
            raise missing("ConflictException")
        job["status"] = "Stopping"

    def list_model_customization_jobs(self, *, nameContains: str, **_: Any) -> list[dict[str, Any]]:  # noqa: N803 - the API's name
        names = [name for name in reversed(self.jobs) if nameContains in name]
        return [{"modelCustomizationJobSummaries": [{"jobArn": f"arn/{name}", "jobName": name} for name in names]}]

    def list_tags_for_resource(self, **_: Any) -> dict[str, Any]:
        return {"tags": [{"key": "rft:attempt", "value": "1"}]}

    def get_custom_model(self, **_: Any) -> None:
        """Every model exists."""

    def put_parameter(self, **_: Any) -> None:
        """The parameter is no part of what is checked here."""

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        return {"Stacks": [{"StackStatus": self.stack}]}


CALLS = {
    "bedrock": [
        "get_model_customization_job",
        "stop_model_customization_job",
        "list_tags_for_resource",
        "get_custom_model",
    ],
    "stepfunctions": ["start_execution", "describe_execution", "stop_execution"],
    "ssm": ["put_parameter"],
    "cloudformation": ["describe_stacks"],
    "s3": [],
    "lambda": [],
}


class CloudFormation:
    """What CloudFormation and the provider framework make of the handlers' answers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.requests = 0
        self.letter: str | None = None
        self.physical_id = ""

    def deploy(self, letter: str) -> None:
        if self.letter is None:
            self.world.stack = "CREATE_IN_PROGRESS"
            succeeded, physical_id = self._send("Create", letter, MADE_UP_ID)
            self.letter, self.physical_id = letter, physical_id
            if not succeeded:
                self._delete_until_done(physical_id, "ROLLBACK_IN_PROGRESS")
                self.letter = None
            return
        self.world.stack = "UPDATE_IN_PROGRESS"
        before, (succeeded, physical_id) = self.physical_id, self._send("Update", letter, self.physical_id)
        while not succeeded:
            self.world.stack = "UPDATE_ROLLBACK_IN_PROGRESS"
            before, (succeeded, restored) = physical_id, self._send("Update", self.letter, physical_id)
            letter, physical_id = self.letter, restored
        self.letter, self.physical_id = letter, physical_id
        if before != physical_id:
            self._delete_until_done(before, f"{self.world.stack.partition('_IN')[0]}_COMPLETE_CLEANUP_IN_PROGRESS")

    def destroy(self) -> None:
        if self.letter is not None:
            self._delete_until_done(self.physical_id, "DELETE_IN_PROGRESS")

    def _delete_until_done(self, physical_id: str, status: str) -> None:
        self.world.stack = status
        if physical_id != MADE_UP_ID:
            while not self._send("Delete", str(self.letter), physical_id)[0]:
                pass

    def _send(self, kind: str, letter: str, physical_id: str) -> tuple[bool, str]:
        self.requests += 1
        run = RUN | {"digest": DIGESTS[letter]}
        event = {
            "RequestType": kind,
            "StackId": "stack",
            "RequestId": f"request-{self.requests}",
            "PhysicalResourceId": physical_id,
            "ResourceProperties": {"Request": json.dumps(REQUEST), "Run": json.dumps(run), "OnDelete": "keep"},
        }
        try:
            answer = on_event(event, CONTEXT)
            if self.world.random.random() < 0.2:
                answer = on_event(event, CONTEXT)
            event |= answer
            while not is_complete(event, None)["IsComplete"]:
                self.world.tick()
                if kind != "Delete" and self.world.random.random() < 0.1:
                    return False, str(event["PhysicalResourceId"])  # someone cancels, or the time is up
        except (ConnectTimeoutError, custom_resource.RunError):
            return False, str(event["PhysicalResourceId"])
        return True, str(event["PhysicalResourceId"])


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    monkeypatch.setenv("RUNS_BUCKET", "runs")
    monkeypatch.setenv("MODEL_PARAMETER", "model")
    monkeypatch.setenv("START_TIMEOUT_SECONDS", str(IN_FLIGHT))
    monkeypatch.setattr(custom_resource, "preflight", lambda *_, **__: None)

    def prepared(seed: int) -> tuple[World, CloudFormation]:
        world = World(Random(seed))  # noqa: S311 - repeatable, not secret
        monkeypatch.setattr(custom_resource, "client", world.client)
        monkeypatch.setattr(cleanup, "datetime", SimpleNamespace(now=lambda _: world.now))
        return world, CloudFormation(world)

    return prepared


@pytest.mark.parametrize("seed", range(300))
def test_a_stack_that_goes_leaves_nothing_running_and_nothing_unrecorded(simulate: Any, seed: int) -> None:
    world, cloudformation = simulate(seed)
    world.fails_at = world.random.choice([None, world.random.randint(1, 60)])

    for _ in range(world.random.randint(1, 4)):
        cloudformation.deploy(world.random.choice("ab"))
        for _ in range(world.random.randint(0, 12)):
            world.tick()
    cloudformation.destroy()

    over = {name for name, job in world.jobs.items() if job["status"] in ("Completed", "Failed", "Stopped")}
    watched = {name for name, execution in world.executions.items() if execution["status"] != "ABORTED"}
    assert over == set(world.jobs)
    assert all(execution["status"] != "RUNNING" for execution in world.executions.values())
    assert over & watched <= world.records
    for _ in range(10):
        world.tick()
    assert set(world.jobs) == over
