"""The command behind ``make rehearse``, as a person runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.environment import ROOT, free_port

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def rehearsed() -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "rehearsal", "run", "--project", "gsm8k-style", "--port", str(free_port())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _record(output: str) -> dict[str, Any]:
    found = re.search(r"^Report: (\S+)", output, re.MULTILINE)
    assert found, output
    record: dict[str, Any] = json.loads((ROOT / found[1]).with_name("record.json").read_text(encoding="utf-8"))
    return record


def test_the_bundled_project_is_healthy(rehearsed: "subprocess.CompletedProcess[str]") -> None:
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    assert _record(rehearsed.stdout)["verdict"] == "healthy"


def test_validation_reward_rises_from_about_half_to_at_least_four_fifths(
    rehearsed: "subprocess.CompletedProcess[str]",
) -> None:
    curve = [step["validationReward"] for step in _record(rehearsed.stdout)["curves"] if step["validationReward"]]

    assert 0.4 <= curve[0] <= 0.55
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
    commands = [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if file.exists()]

    assert not [line for line in commands if str(ROOT / ".rehearsal").encode() in line]
