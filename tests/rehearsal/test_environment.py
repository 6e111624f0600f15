import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from rehearsal import environment
from rehearsal.aws.processes import Process
from rehearsal.environment import ROOT, LocalAws, LocalAwsError, free_port, stop_running


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(LocalAwsError, match=rf"port {port} cannot be used .*PORT=\d+"):
            LocalAws(port=port, state_dir=tmp_path).start()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.touch()

    with pytest.raises(LocalAwsError, match=f"cannot write to {occupied / 'state'}"):
        LocalAws(port=free_port(), state_dir=occupied / "state").start()


def test_a_full_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_FREE_DISK", 2**62)

    with pytest.raises(LocalAwsError, match="MiB of disk left"):
        LocalAws(port=free_port(), state_dir=tmp_path).start()


def test_a_recycled_process_id_is_not_taken_for_ours(tmp_path: Path) -> None:
    somebody_else = Process(os.getpid(), "another start time")
    (tmp_path / "processes.json").write_text(json.dumps([asdict(somebody_else)]))

    assert stop_running(tmp_path) is False


def test_the_environment_holds_nothing_about_real_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")

    env = LocalAws(port=4999, state_dir=tmp_path).env

    assert "AWS_PROFILE" not in env
    assert "AWS_SESSION_TOKEN" not in env
    assert env["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4999"


@pytest.mark.emulator
def test_a_second_one_in_the_same_folder_is_refused(local_aws: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match="running already"):
        LocalAws(port=free_port(), state_dir=local_aws.state_dir).start()


@pytest.mark.emulator
def test_a_part_that_does_not_come_up_is_reported_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = LocalAws(port=free_port(), state_dir=tmp_path)
    monkeypatch.setattr(environment, "_EMULATOR_PYTHON", Path(sys.executable))

    with pytest.raises(LocalAwsError, match="the emulator did not come up"):
        aws.start()


@pytest.mark.emulator
def test_it_listens_on_loopback_only(local_aws: LocalAws) -> None:
    outside = socket.gethostbyname(socket.gethostname())
    if outside.startswith("127."):
        pytest.skip("this machine has no other address")

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((outside, local_aws.port), timeout=2)


@pytest.mark.emulator
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda how: how.name)
def test_nothing_outlives_the_process_that_started_it(tmp_path: Path, how: signal.Signals) -> None:
    started = _start_elsewhere(tmp_path, keep=False)
    processes = _processes(tmp_path)

    started.send_signal(how)
    started.wait()

    _await_end(processes)


@pytest.mark.emulator
def test_what_is_to_be_kept_stays_until_it_is_stopped(tmp_path: Path) -> None:
    started = _start_elsewhere(tmp_path, keep=True)
    processes = _processes(tmp_path)
    started.kill()
    started.wait()
    time.sleep(0.5)
    assert all(process.alive for process in processes)

    assert stop_running(tmp_path) is True

    _await_end(processes)


def _start_elsewhere(state_dir: Path, *, keep: bool) -> "subprocess.Popen[str]":
    """Start an embedded AWS, and a Lambda worker in it, in a process of its own."""
    source = f"""
        import io, time, zipfile
        from pathlib import Path
        from rehearsal.environment import LocalAws, free_port

        aws = LocalAws(port=free_port(), state_dir=Path({str(state_dir)!r}), keep={keep})
        aws.start()
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", "def handler(event, context): return 1")
        trust = '{{"Version": "2012-10-17", "Statement": []}}'
        role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        client = aws.client("lambda")
        client.create_function(FunctionName="f", Runtime="python3.14", Handler="index.handler", Role=role,
                               Code={{"ZipFile": code.getvalue()}})
        client.invoke(FunctionName="f", Payload=b"1")
        print("up", flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(source)]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "up\n"
    return started


def _processes(state_dir: Path) -> list[Process]:
    guards = [Process(**entry) for entry in json.loads((state_dir / "processes.json").read_text())]
    below = [process for guard in guards for process in guard.descendants()]
    assert len(below) >= len(guards) + 1, "the guards' commands and a Lambda worker"
    return guards + below


def _await_end(processes: list[Process]) -> None:
    deadline = time.monotonic() + 12
    while left := [process.pid for process in processes if process.alive]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.1)
