"""The command line of the rehearsal, without the embedded AWS (tests/e2e has it)."""

import io
import os
import signal
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from rich.console import Console

from lambda_src.run.detectors import WATCHED
from lambda_src.run.executions import Execution
from rehearsal import command, watch
from rehearsal.__main__ import main
from rehearsal.aws.processes import Process
from rehearsal.deployment import Command, CommandError, progress_of, what_matters
from rehearsal.environment import ROOT, LocalAwsError
from rehearsal.progress import Progress, step_line
from rehearsal.run import conclude, contradiction, how_to_use
from rehearsal.watch import DeployedRun
from rft.alarms import Alarm
from rft.exit_status import FAILED, INTERRUPTED
from rft.runs import RunError, Stack

RUN = "gsm8k-style-local-0123456789ab-a1b2c3"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:Workflow"


class _Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def output() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(clock: _Clock, output: io.StringIO) -> Progress:
    return Progress(Console(file=output, width=40), stages=6, clock=clock)


def _client(service: str) -> tuple[Any, Stubber]:
    client = boto3.client(service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106
    return client, Stubber(client)


def test_stages_are_numbered_and_timed(progress: Progress, clock: _Clock, output: io.StringIO) -> None:
    progress.stage("start the local AWS")
    clock.seconds = 12.34
    progress.stage("cdk deploy")

    assert output.getvalue() == "[1/6]   0.0 s  start the local AWS\n[2/6]  12.3 s  cdk deploy\n"


def test_without_a_terminal_progress_is_a_line_every_five_seconds(
    progress: Progress, clock: _Clock, output: io.StringIO
) -> None:
    for step in range(120):
        clock.seconds = step / 10
        progress.now(f"step {step}")

    assert output.getvalue().split("\n") == ["        5.0 s  step 50", "       10.0 s  step 100", ""]


def test_without_a_terminal_unchanged_progress_is_not_repeated(
    progress: Progress, clock: _Clock, output: io.StringIO
) -> None:
    for seconds in range(60):
        clock.seconds = seconds
        progress.now("waiting")

    assert output.getvalue().count("waiting") == 1


def test_on_a_terminal_the_live_line_is_gone_before_a_line_that_stays(clock: _Clock, output: io.StringIO) -> None:
    progress = Progress(Console(file=output, force_terminal=True, width=80), stages=6, clock=clock)

    progress.now("step 1 of 60")
    progress.line("done")

    assert output.getvalue().rstrip().endswith("done")
    assert "\x1b[?25h" in output.getvalue(), "the cursor is shown again"


def test_texts_are_shown_as_they_are(progress: Progress, output: io.StringIO) -> None:
    progress.line("[bold]" + "long " * 20 + "[/bold]")

    assert output.getvalue() == "[bold]" + "long " * 20 + "[/bold]\n"


def test_step_line_keeps_the_newest_validation_reward() -> None:
    rows: list[dict[str, Any]] = [
        {"step": 1, "total": 60, "trainingReward": 0.4, "validationReward": 0.43},
        {"step": 2, "total": 60, "trainingReward": 0.5, "trainingEpisodeLength": 30.3, "validationReward": None},
    ]

    assert step_line("training", rows) == (
        "training: step 2 of 60, reward 0.50, validation reward 0.43, length 30.3 tokens"
    )


@pytest.mark.parametrize(
    ("jobs", "line"),
    [
        pytest.param([], "the workflow is about to create the job", id="no job yet"),
        pytest.param(
            [{"name": RUN, "arn": "a/1", "status": "InProgress", "phase": "validation"}], "validation", id="no step yet"
        ),
        pytest.param(
            [{"name": RUN, "arn": "a/1", "status": "Completed", "phase": None}],
            "job completed; the workflow reads its artifacts and concludes",
            id="over",
        ),
    ],
)
def test_job_line_says_what_is_being_waited_for(jobs: list[dict[str, Any]], line: str) -> None:
    assert watch.job_line(lambda path: jobs if path == "/_rft/jobs" else [], RUN) == line


def test_deployment_progress_is_the_newest_event() -> None:
    log = (
        "p | 0/45 | 11:20:02 PM | CREATE_IN_PROGRESS   | AWS::IAM::Role | Role\n"
        "p | 1/45 | 11:20:03 PM | CREATE_COMPLETE      | AWS::IAM::Role | Role\n"
        "p | 1/45 | 11:20:03 PM | CREATE_IN_PROGRESS   | Custom::BedrockRft | Job\n"
    )

    assert progress_of(log) == "1 of 45 resources, Custom::BedrockRft create in progress"


def test_a_failed_deployment_is_told_by_its_reasons_each_once() -> None:
    reason = "Job/Resource/Default (Job1) train.jsonl line 3: no reference_answer"
    log = "\n".join(
        [
            "building assets",
            f"p | 1/45 | 11:20:02 PM | CREATE_FAILED | Custom::BedrockRft | {reason}",
            "p | 1/45 | 11:20:03 PM | CREATE_FAILED | AWS::IAM::Role | Role (Role1) Resource creation cancelled",
            f"p | 11:20:02 PM | CREATE_FAILED | Custom::BedrockRft | {reason}",
            "❌  p failed: it rolled back",
            "no reference_answer",
        ]
    )

    assert what_matters(log) == [reason, "❌  p failed: it rolled back"]


def test_a_failure_without_a_reason_shows_the_end_of_the_log() -> None:
    assert what_matters("\n".join(f"line {number}" for number in range(100)))[-1] == "line 99"


def test_a_failed_command_names_its_log(tmp_path: Path) -> None:
    script = "import sys; print('Error: no room'); sys.exit(3)"
    log = tmp_path / "logs" / "cdk.log"

    with (
        Command("cdk deploy", [sys.executable, "-c", script], env=os.environ, cwd=tmp_path, log=log) as running,
        pytest.raises(CommandError, match=r"cdk deploy failed; the whole log is .*cdk\.log\nError: no room"),
    ):
        running.wait(lambda _text: None)


def test_a_command_that_is_left_early_is_ended_with_all_it_started(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    log = tmp_path / "cdk.log"

    with Command("cdk", [sys.executable, "-c", script], env=os.environ, cwd=tmp_path, log=log):
        while not log.read_text().endswith("\n"):
            pass

    assert Process.of(int(log.read_text())) is None


def test_the_deployed_run_is_the_one_in_the_stacks_custom_resource() -> None:
    client, stubber = _client("cloudformation")
    summary = {"LastUpdatedTimestamp": 0, "ResourceStatus": "CREATE_COMPLETE", "LogicalResourceId": "Job"}
    job = {**summary, "ResourceType": "Custom::BedrockRft", "PhysicalResourceId": f"{RUN}/1"}
    outputs = [{"OutputKey": "StateMachineArn", "OutputValue": MACHINE}]
    stack = {"StackName": "p-local", "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}
    stubber.add_response("list_stack_resources", {"StackResourceSummaries": [job]}, {"StackName": "p-local"})
    stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "p-local"})

    with stubber:
        run = DeployedRun.of(Stack("p-local", lambda _service: client))

    assert run == DeployedRun(RUN, MACHINE)


def test_a_stack_without_a_run_is_an_error() -> None:
    client, stubber = _client("cloudformation")
    stubber.add_response("list_stack_resources", {"StackResourceSummaries": []}, {"StackName": "p-local"})

    with stubber, pytest.raises(RunError, match="stack p-local: no resource Custom::BedrockRft"):
        DeployedRun.of(Stack("p-local", lambda _service: client))


def test_following_a_run_ends_with_its_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_POLL_SECONDS", 0)
    client, stubber = _client("stepfunctions")
    arn = f"arn:aws:states:us-east-1:000000000000:execution:Workflow:{RUN}"
    execution = {"executionArn": arn, "stateMachineArn": MACHINE, "startDate": 0}
    for status in ("RUNNING", "RUNNING", "FAILED"):
        stubber.add_response("describe_execution", {**execution, "status": status}, {"executionArn": arn})
    shown: list[str] = []

    with stubber:
        ended = watch.follow(client, DeployedRun(RUN, MACHINE), lambda _path: [], shown.append)

    assert ended.status == "FAILED"
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("state", "alarm", "agrees"),
    [
        pytest.param("OK", False, True, id="quiet and OK"),
        pytest.param("INSUFFICIENT_DATA", False, True, id="quiet and no data"),
        pytest.param("ALARM", True, True, id="both go off"),
        pytest.param("OK", True, False, id="the alarm does not go off"),
        pytest.param("ALARM", False, False, id="the alarm goes off alone"),
    ],
)
def test_an_alarm_must_follow_its_detector(state: str, alarm: bool, agrees: bool) -> None:
    found = [Alarm("p-local-LengthSpike", state, "LengthSpike"), Alarm("p-local-JobFailed", "ALARM", "JobFailed")]

    open_ = watch.disagreements([{"name": "length-spike", "alarm": alarm}], found)

    assert (open_ == []) is agrees


def test_every_detector_that_there_is_an_alarm_for_is_compared_with_it() -> None:
    found = [Alarm(about.metric, "OK", about.metric) for about in WATCHED]

    open_ = watch.disagreements([{"name": about.name, "alarm": True} for about in WATCHED], found)

    assert len(open_) == len(WATCHED)


@pytest.mark.parametrize(
    ("verdict", "status", "faults"),
    [
        pytest.param("healthy", "SUCCEEDED", 0, id="healthy"),
        pytest.param("alarm", "SUCCEEDED", 0, id="alarm"),
        pytest.param("failed", "FAILED", 0, id="a failed run"),
        pytest.param("stopped", "FAILED", 0, id="a stopped run"),
        pytest.param("healthy", "FAILED", 1, id="the workflow fails after the verdict"),
    ],
)
def test_a_workflow_must_end_as_its_verdict_says(verdict: str, status: str, faults: int) -> None:
    assert len(contradiction({"verdict": verdict}, Execution(status, None, "why"))) == faults


def test_a_fault_beside_a_healthy_run_fails_the_rehearsal(progress: Progress, output: io.StringIO) -> None:
    record = {"verdict": "healthy", "verdictReason": "training completed"}

    status = conclude(record, ["the alarm does not follow"], ROOT / "reports" / "p-local" / "run", progress)

    assert status == FAILED
    assert "Not as it should be: the alarm does not follow" in output.getvalue()


def test_what_is_kept_can_be_used_from_another_shell() -> None:
    env = {
        "PATH": "/project/bin:/usr/bin",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "CDK_HOME": "/a b",
        "HOME": "/h",
    }

    lines = how_to_use(env, "gsm8k-style").splitlines()

    assert "export PATH=/project/bin:$PATH" in lines
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4566" in lines
    assert "export CDK_HOME='/a b'" in lines
    assert not [line for line in lines if "HOME=/h" in line]
    assert lines[-1] == "End it with: make rehearse-stop"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param([], "required: command", id="no command"),
        pytest.param(["run"], "required: --project", id="no project"),
        pytest.param(["run", "--project", "p", "--port", "80"], "'80' is not a port", id="a privileged port"),
        pytest.param(["run", "--project", "p", "--port", "x"], "'x' is not a port", id="no number"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert complaint in capsys.readouterr().err.splitlines()[-1]


def test_an_unknown_project_is_told_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["run", "--project", "nobody"])

    assert status == FAILED
    assert "nobody.yaml" in capsys.readouterr().err


def test_what_cannot_start_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_arguments: object, **_options: object) -> int:
        raise LocalAwsError("port 4566 cannot be used (Address already in use); choose another")

    monkeypatch.setattr(command, "rehearse", refuse)

    status = main(["run", "--project", "gsm8k-style"])

    assert status == FAILED
    assert capsys.readouterr().err == "rehearsal: port 4566 cannot be used (Address already in use); choose another\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_lets_everything_be_stopped_and_says_so(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stopped: list[str] = []

    def interrupted_twice(*_arguments: object, **_options: object) -> int:
        try:
            os.kill(os.getpid(), number)
            raise AssertionError("not interrupted")
        finally:
            os.kill(os.getpid(), number)
            stopped.append("the local AWS")

    monkeypatch.setattr(command, "rehearse", interrupted_twice)
    before = signal.getsignal(number)

    status = main(["run", "--project", "gsm8k-style"])

    assert status == INTERRUPTED
    assert stopped == ["the local AWS"]
    assert capsys.readouterr().out == "interrupted; everything that was started has been stopped\n"
    assert signal.getsignal(number) is before
