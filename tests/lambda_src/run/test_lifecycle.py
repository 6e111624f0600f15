"""Runs whole lives of a stack against a simulated Bedrock and Step Functions, with a failure anywhere.

The stubbed tests check each call; this one checks what no single call shows: that nothing is trained twice, started
unasked, left running, robbed of its grader or lost, whatever fails in whichever order.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from lambda_src.run import cleanup, custom_resource, former_runs, hold, stack
from lambda_src.run.custom_resource import RunError, is_complete, on_event
from lambda_src.run.former_runs import UnwatchedJobError
from lambda_src.run.hold import HoldError
from lambda_src.run.preflight import Preflight
from lambda_src.run.run_name import PhysicalId
from lambda_src.run.stack import DeployOverError
from lambda_src.run.start_mode import NotApprovedError
from tests.lambda_src.run.stubs import MACHINE, REQUEST, RUN

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 600_000)
MADE_UP_ID = "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED"
IN_FLIGHT = 120  # s
TICK = timedelta(seconds=40)
REFUSALS = (RunError, HoldError, NotApprovedError, UnwatchedJobError, DeployOverError)
DIGESTS = {letter: letter * 64 for letter in "abc"}


def missing(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Gone."}}, "Operation")


@dataclass
class World:
    """The services as the run sees them; every call may fail once, before or after it had its effect.

    Attributes:
        may_start: Whether the deploy under way may start a run.
        granted: Inputs whose alias and policy are there.
    """

    random: Random
    now: datetime = datetime(2026, 11, 23, tzinfo=UTC)
    stack: str = ""
    may_start: bool = True
    granted: set[str] = field(default_factory=set)
    fails_at: int | None = None
    calls: int = 0
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    executions: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    objects: dict[str, bytes] = field(default_factory=dict)

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
                self.jobs[name] = {
                    "name": name,
                    "status": "InProgress",
                    "validation": "InProgress",
                    "run": execution["run"],
                }
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
            if job["status"] == "Completed":
                self.models.add(f"model/{job['name']}")

    def revoke(self, letter: str) -> None:
        """Take alias and policy of these inputs away."""
        self.granted.discard(letter)
        of_these = [name for name in (*self.jobs, *self.executions) if name.split("-")[-2].startswith(letter)]
        for name in of_these:
            job, execution = self.jobs.get(name), self.executions[name]
            assert job is None or job["status"] not in ("InProgress", "Stopping"), "a job loses its grader"
            assert job is not None or execution["status"] != "RUNNING", "a job would be created without its grader"

    def start_execution(self, *, name: str, input: str, **_: Any) -> dict[str, Any]:  # noqa: A002 - the API's name
        if name not in self.executions:
            assert self.stack in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"), "a run starts that no deploy waits for"
            assert self.may_start, "a run starts that was held or not approved"
            assert not any(self._is_useful(job, name) for job in self.jobs.values()), "the same inputs train twice"
            creates = self.now + timedelta(seconds=self.random.uniform(0, IN_FLIGHT))
            self.executions[name] = {"status": "RUNNING", "creates": creates, "run": json.loads(input)["run"]}
        return {}

    def _is_useful(self, job: dict[str, Any], name: str) -> bool:
        digest = name.split("-")[-2]
        useful = job["status"] == "InProgress" or f"model/{job['name']}" in self.models
        return job["run"]["digest"].startswith(digest) and useful

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

    def get_custom_model(self, *, modelIdentifier: str) -> None:  # noqa: N803 - the API's name
        if modelIdentifier not in self.models:
            raise missing("ResourceNotFoundException")

    def delete_custom_model(self, *, modelIdentifier: str) -> None:  # noqa: N803 - the API's name
        self.get_custom_model(modelIdentifier=modelIdentifier)
        self.models.remove(modelIdentifier)

    def put_object(self, *, Key: str, Body: bytes, **_: Any) -> None:  # noqa: N803 - the API's names
        self.objects[Key] = Body

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - the API's name
        if Key not in self.objects:
            raise missing("NoSuchKey")
        return {"Body": SimpleNamespace(read=lambda: self.objects[Key])}

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
        "delete_custom_model",
    ],
    "stepfunctions": ["start_execution", "describe_execution", "stop_execution"],
    "ssm": ["put_parameter"],
    "cloudformation": ["describe_stacks"],
    "s3": ["put_object", "get_object"],
    "lambda": [],
}


@dataclass(frozen=True)
class Template:
    """What decides, of a template, what the handlers are told: the letter stands for the inputs."""

    letter: str
    start: str = "now"


class CloudFormation:
    """What CloudFormation and the provider framework make of the handlers' answers."""

    def __init__(self, world: World, on_delete: str) -> None:
        self.world = world
        self.on_delete = on_delete
        self.requests = 0
        self.last: dict[str, Any] = {}
        self.template: Template | None = None
        self.physical_id = ""

    def deploy(self, template: Template) -> bool:
        self.world.may_start = template.start == "now"
        self.world.granted.add(template.letter)
        succeeded = self._create(template) if self.template is None else self._update(self.template, template)
        if succeeded and template.start != "hold":
            assert self.run == template.letter * 12
        return succeeded

    @property
    def run(self) -> str | None:
        """First digits of the digest that the stack's physical id carries."""
        identity = PhysicalId.parse(self.physical_id)
        return None if identity is None else identity.run

    def destroy(self) -> None:
        if self.template is not None:
            self._delete_until_done(self.template, self.physical_id, "DELETE_IN_PROGRESS")
            self.world.revoke(self.template.letter)

    def _create(self, template: Template) -> bool:
        self.world.stack = "CREATE_IN_PROGRESS"
        succeeded, physical_id = self._send("Create", template, MADE_UP_ID)
        if succeeded:
            self.template, self.physical_id = template, physical_id
        else:
            self.world.stack = "ROLLBACK_IN_PROGRESS"
            self._deliver_again()
            self._delete_until_done(template, physical_id, "ROLLBACK_IN_PROGRESS")
            self.world.revoke(template.letter)
        return succeeded

    def _update(self, old: Template, new: Template) -> bool:
        self.world.stack = "UPDATE_IN_PROGRESS"
        former = self.physical_id
        succeeded, physical_id = self._send("Update", new, former)
        if succeeded:
            self.template, self.physical_id = new, physical_id
            assert new.start != "hold" or physical_id == former, "a hold lets go"
            self._clean_up(old, former, new, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
            return True
        self.world.stack = "UPDATE_ROLLBACK_IN_PROGRESS"
        self._deliver_again()
        succeeded, left = False, physical_id
        while not succeeded:
            left, (succeeded, physical_id) = physical_id, self._send("Update", old, physical_id)
        self.physical_id = physical_id
        assert old.start != "hold" or physical_id == former, "a rollback to a hold loses what it had kept"
        self._clean_up(new, left, old, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        return False

    def _clean_up(self, gone: Template, left: str, stays: Template, status: str) -> None:
        if left != self.physical_id:
            self._delete_until_done(gone, left, status)
        if gone.letter != stays.letter:
            self.world.revoke(gone.letter)

    def _delete_until_done(self, template: Template, physical_id: str, status: str) -> None:
        self.world.stack = status
        if physical_id != MADE_UP_ID:
            while not self._send("Delete", template, physical_id)[0]:
                pass

    def _deliver_again(self) -> None:
        """Lambda may deliver a request again, when CloudFormation does not wait for its answer any more."""
        if self.world.random.random() < 0.3:
            with suppress(ClientError, ConnectTimeoutError, *REFUSALS):
                on_event(self.last, CONTEXT)

    def _send(self, kind: str, template: Template, physical_id: str) -> tuple[bool, str]:
        self.requests += 1
        run = RUN | {"digest": DIGESTS[template.letter]}
        event: dict[str, Any] = {
            "RequestType": kind,
            "StackId": "stack",
            "RequestId": f"request-{self.requests}",
            "ResourceProperties": {
                "Request": json.dumps(REQUEST),
                "Run": json.dumps(run),
                "Start": template.start,
                "OnDelete": self.on_delete,
            },
        }
        if kind != "Create":
            event["PhysicalResourceId"] = physical_id
        self.last = dict(event)
        try:
            answer = on_event(event, CONTEXT)
            if self.world.random.random() < 0.2:
                answer = on_event(event, CONTEXT)
            event |= {"PhysicalResourceId": physical_id} | answer
            while not is_complete(event, None)["IsComplete"]:
                self.world.tick()
                if kind != "Delete" and self.world.random.random() < 0.1:
                    return False, str(event["PhysicalResourceId"])  # someone cancels, or the time is up
            if kind == "Update" and "ROLLBACK" not in self.world.stack and self.world.random.random() < 0.1:
                for _ in range(self.world.random.randint(0, 12)):
                    self.world.tick()
                return False, str(event["PhysicalResourceId"])  # another resource of the stack fails
        except (ConnectTimeoutError, *REFUSALS):
            return False, str(event.get("PhysicalResourceId", physical_id))
        return True, str(event["PhysicalResourceId"])


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    monkeypatch.setenv("RUNS_BUCKET", "runs")
    monkeypatch.setenv("MODEL_PARAMETER", "model")
    monkeypatch.setenv("START_TIMEOUT_SECONDS", str(IN_FLIGHT))
    monkeypatch.setattr(custom_resource, "preflight", lambda *_, **__: Preflight({}, {}))

    def prepared(seed: int, on_delete: str = "keep") -> tuple[World, CloudFormation]:
        world = World(Random(seed))  # noqa: S311 - repeatable, not secret
        for module in (cleanup, custom_resource, former_runs, hold, stack):
            monkeypatch.setattr(module, "client", world.client)
        monkeypatch.setattr(cleanup, "datetime", SimpleNamespace(now=lambda _: world.now))
        return world, CloudFormation(world, on_delete)

    return prepared


def lived(world: World, cloudformation: CloudFormation, *, deploys: int, starts: list[str]) -> None:
    """Some deploys of random templates with some time in between; the handlers' every promise is checked on the way."""
    for _ in range(deploys):
        cloudformation.deploy(Template(world.random.choice("ab"), world.random.choice(starts)))
        for _ in range(world.random.randint(0, 12)):
            world.tick()


def seeds(count: int) -> pytest.MarkDecorator:
    """As many lives, a hundred in a test: each takes a millisecond, and reporting a test takes longer."""
    hundreds = [range(first, min(first + 100, count)) for first in range(0, count, 100)]
    return pytest.mark.parametrize("seeds", hundreds, ids=lambda lives: f"{lives.start}-{lives.stop - 1}")


@contextmanager
def life(seed: int) -> Iterator[None]:
    """What goes wrong in one life says which."""
    try:
        yield
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise


@seeds(300)
def test_a_stack_that_goes_leaves_nothing_running_and_nothing_unrecorded(simulate: Any, seeds: range) -> None:
    for seed in seeds:
        with life(seed):
            world, cloudformation = simulate(seed)
            world.fails_at = world.random.choice([None, world.random.randint(1, 60)])

            lived(world, cloudformation, deploys=world.random.randint(1, 4), starts=["now"])
            cloudformation.destroy()

            assert_all_ended(world)


@seeds(600)
def test_holds_and_missing_approvals_anywhere_start_and_lose_nothing(simulate: Any, seeds: range) -> None:
    starts = ["now", "now", "hold", "hold", "unapproved"]
    for seed in seeds:
        with life(seed):
            world, cloudformation = simulate(seed)
            world.fails_at = world.random.choice([None, world.random.randint(1, 80)])

            lived(world, cloudformation, deploys=world.random.randint(2, 7), starts=starts)
            models = set(world.models)
            cloudformation.destroy()

            assert_all_ended(world)
            assert models <= world.models


@seeds(150)
def test_a_stack_that_shall_leave_no_models_leaves_none(simulate: Any, seeds: range) -> None:
    for seed in seeds:
        with life(seed):
            world, cloudformation = simulate(seed, on_delete="delete")
            lived(world, cloudformation, deploys=world.random.randint(2, 7), starts=["now", "now", "hold"])

            cloudformation.destroy()

            assert cloudformation.template is None or not world.models


@seeds(150)
def test_what_was_held_starts_as_soon_as_a_deploy_says_so(simulate: Any, seeds: range) -> None:
    """Also after deploys of it that failed: none of them may leave an id that makes the stack think that it has run."""
    for seed in seeds:
        with life(seed):
            world, cloudformation = simulate(seed)
            lived(world, cloudformation, deploys=2, starts=["now", "hold"])
            while not cloudformation.deploy(Template("c", "hold")):
                world.tick()

            while not cloudformation.deploy(Template("c")):
                world.tick()

            assert any(job["run"]["digest"] == DIGESTS["c"] for job in world.jobs.values())


def assert_all_ended(world: World) -> None:
    over = {name for name, job in world.jobs.items() if job["status"] in ("Completed", "Failed", "Stopped")}
    watched = {name for name, execution in world.executions.items() if execution["status"] != "ABORTED"}
    assert over == set(world.jobs)
    assert all(execution["status"] != "RUNNING" for execution in world.executions.values())
    assert over & watched <= world.records
    for _ in range(10):
        world.tick()
    assert set(world.jobs) == over
