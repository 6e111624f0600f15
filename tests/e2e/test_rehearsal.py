"""The command behind ``make rehearse``, as a person runs it."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rehearsal.environment import ROOT, free_port

pytestmark = pytest.mark.emulator


COMMAND = (sys.executable, "-m", "rehearsal", "run", "--project", "gsm8k-style", "--port")


@pytest.fixture(scope="module")
def rehearsed() -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*COMMAND, str(free_port())], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def _record(output: str) -> dict[str, Any]:
    found = re.search(r"^Report: (\S+)", output, re.MULTILINE)
    assert found, output
    record: dict[str, Any] = json.loads((ROOT / found[1]).with_name("record.json").read_text(encoding="utf-8"))
    return record


def test_the_bundled_project_is_healthy(rehearsed: "subprocess.CompletedProcess[str]") -> None:
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    assert _record(rehearsed.stdout)["verdict"] == "healthy"


def test_validation_reward_rises_from_little_more_than_half_to_at_least_four_fifths(
    rehearsed: "subprocess.CompletedProcess[str]",
) -> None:
    curve = [step["validationReward"] for step in _record(rehearsed.stdout)["curves"] if step["validationReward"]]

    assert 0.45 <= curve[0] <= 0.65
    assert curve[-1] >= 0.8


def test_responses_get_shorter(rehearsed: "subprocess.CompletedProcess[str]") -> None:
    lengths = [step["trainingEpisodeLength"] for step in _record(rehearsed.stdout)["curves"]]

    assert sum(lengths[-5:]) < sum(lengths[:5])


def test_entropy_declines_mildly(rehearsed: "subprocess.CompletedProcess[str]") -> None:
    entropies = [step["policyEntropy"] for step in _record(rehearsed.stdout)["curves"]]

    assert 0.5 * sum(entropies[:5]) < sum(entropies[-5:]) < sum(entropies[:5])


def test_the_report_and_its_pictures_are_where_it_says(rehearsed: "subprocess.CompletedProcess[str]") -> None:
    found = re.search(r"^Report: (\S+)", rehearsed.stdout, re.MULTILINE)
    assert found, rehearsed.stdout
    folder = (ROOT / found[1]).parent

    assert {file.name for file in folder.iterdir()} >= {"index.html", "curves.png", "dashboard.png", "record.json"}


def test_nothing_it_started_is_left(rehearsed: "subprocess.CompletedProcess[str]") -> None:
    assert rehearsed.returncode == 0
    assert not _left()


def test_ctrl_c_in_training_ends_everything_at_once() -> None:
    with subprocess.Popen(
        [*COMMAND, str(free_port())], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if "training: step" in line)

        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=30)[0]

    assert process.returncode == 130
    assert "Traceback" not in rest
    assert not _left()


def _left() -> list[bytes]:
    """Command lines of processes that still work in the rehearsal's folder after a while for removing old files."""
    deadline = time.monotonic() + 5
    while (found := _working()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _working() -> list[bytes]:
    commands = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]
    return [line for line in commands if str(ROOT / ".rehearsal").encode() in line]
