import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.bedrock.conftest import SECRET, client

ROOT = Path(__file__).parents[3]


def command(port: int, state: Path) -> list[str]:
    options = ["--port", str(port), "--emulator-url", "http://127.0.0.1:1", "--state-dir", str(state)]
    return [sys.executable, "-m", "rehearsal.bedrock", *options]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    return number


def wait_until_listening(port: int) -> Any:
    bedrock = client(f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + 10
    while True:
        try:
            return bedrock.list_custom_models()
        except Exception:
            assert time.monotonic() < deadline, "the server does not listen after 10 s"
            time.sleep(0.05)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_on_a_signal(port: int, tmp_path: Path, name: signal.Signals) -> None:
    environment = os.environ | {"RFT_SECRET": SECRET}
    with subprocess.Popen(command(port, tmp_path), cwd=ROOT, env=environment) as process:
        wait_until_listening(port)

        process.send_signal(name)

        assert process.wait(timeout=5) == 0


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = subprocess.run(
            [*command(port, tmp_path), "--secret", SECRET], cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert done.returncode == 1
    assert done.stderr.startswith(f"the local Bedrock cannot listen on port {port}: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_secret_is_required(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "RFT_SECRET"}

    done = subprocess.run(command(0, tmp_path), cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert "RFT_SECRET is required" in done.stderr
