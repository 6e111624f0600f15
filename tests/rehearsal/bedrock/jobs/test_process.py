import json
import threading
from pathlib import Path

import pytest

from rehearsal.bedrock.jobs.process import Outcome, TrainingProcess
from tests.rehearsal.bedrock.conftest import TRAINER, request

CREDENTIALS = {"access_key": "k", "secret_key": "s", "token": "t", "expiry_time": "2099-01-01T00:00:00+00:00"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "job.json").write_text(json.dumps({"id": "abcdefghijkl", "request": request()}))
    return tmp_path


def started(folder: Path, trainer: str) -> TrainingProcess:
    return TrainingProcess(folder, region="us-east-1", emulator_url="http://127.0.0.1:1", trainer=trainer, seed=0)


def watched(process: TrainingProcess) -> Outcome:
    return process.watch(CREDENTIALS, renew=lambda: CREDENTIALS, on_phase=lambda phase, status: None)


def test_a_trainer_that_cannot_be_imported_fails_the_job(folder: Path) -> None:
    outcome = watched(started(folder, "no.such.trainer"))

    assert outcome.status == "Failed"
    assert "ModuleNotFoundError" in outcome.message


def test_a_process_that_is_killed_fails_the_job(folder: Path) -> None:
    process = started(folder, TRAINER)
    threading.Timer(0.05, process.kill).start()

    outcome = watched(process)

    assert outcome.status == "Failed"
    assert "ended unexpectedly (SIGKILL)" in outcome.message


def test_a_process_that_is_stopped_ends_in_time(folder: Path) -> None:
    process = started(folder, TRAINER)

    process.stop(grace_seconds=5)

    assert watched(process).status in {"Stopped", "Failed"}
