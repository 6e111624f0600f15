"""The server's end of a training process: start it, follow what it tells, stop it.

The process speaks JSON lines on its standard output, one of ``{"phase", "status"}``, ``{"renew": true}`` or
``{"outcome", "message"}``, and hears credentials on its standard input. Closing that input ends it, so no training
outlives the server.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.bedrock.errors import JobFailure

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: ``Completed``, ``Failed`` or ``Stopped``, and why if it failed."""

    status: str
    message: str = ""


class TrainingProcess:
    def __init__(self, job_folder: Path, *, region: str, emulator_url: str, trainer: str, seed: int) -> None:
        """Start the process; it waits for credentials.

        Args:
            trainer: Module that trains; see ``rehearsal.bedrock.training``.
        """
        self._log = job_folder / "training.log"
        command = [sys.executable, "-m", "rehearsal.bedrock.training", str(job_folder)]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [*command, "--trainer", trainer, "--seed", str(seed), "--endpoint-url", emulator_url],
                cwd=_ROOT,
                env=_environment(region),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    def watch(
        self,
        credentials: dict[str, str],
        *,
        renew: Callable[[], dict[str, str]],
        on_phase: Callable[[str, str], None],
    ) -> Outcome:
        """Follow the process to its end."""
        outcome = None
        self._send({"credentials": credentials})
        for message in self._messages():
            if "phase" in message:
                on_phase(message["phase"], message["status"])
            elif "outcome" in message:
                outcome = Outcome(message["outcome"], message["message"])
                break
            else:
                self._renew(renew)
        self.kill()  # its own children, if the trainer left any
        code = self._process.wait()
        return outcome or Outcome(
            "Failed", f"The training process ended unexpectedly ({_named(code)}); see {self._log}"
        )

    def stop(self, *, grace_seconds: float) -> None:
        """Let the process end by itself, and kill what is left of it after the grace."""
        self._signal(signal.SIGTERM)
        timer = threading.Timer(grace_seconds, self.kill)
        timer.daemon = True
        timer.start()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:  # once reaped, the id may be another process's
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _messages(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        for line in self._process.stdout:
            yield json.loads(line)

    def _renew(self, renew: Callable[[], dict[str, str]]) -> None:
        try:
            self._send({"credentials": renew()})
        except JobFailure as failure:
            self._send({"failure": str(failure)})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        with contextlib.suppress(BrokenPipeError):  # it has ended; its exit code tells more
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()


def _environment(region: str) -> dict[str, str]:
    """An allow-list, so that neither the user's credentials nor a proxy of theirs reaches the training."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _named(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
