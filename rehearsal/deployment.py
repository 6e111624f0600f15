"""The real CDK command line against the local AWS, its output in log files and its progress on one line."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rehearsal.aws.processes import Process, end

_POLL_SECONDS = 0.1
_MOST_LINES = 12
_STOP_SECONDS = 5.0

_EVENT = re.compile(r"\|\s*(?P<done>\d+)/(?P<all>\d+)\s*\|[^|]*\|\s*(?P<status>[A-Z_]+)\s*\|\s*(?P<type>[\w:]+)")
_MATTERS = re.compile(r"❌|_FAILED\b|\bError\b|\berror:|^\S+Error:|Validation failed")
_CONSEQUENCE = "creation cancelled"
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class CommandError(RuntimeError):
    """A command failed: which one, the lines that matter, and where all of them are."""


class Command:
    """A command that runs apart from the terminal and logs to a file."""

    def __init__(self, title: str, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self._title = title
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                arguments,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C reaches this process alone, which then ends the command
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def wait(self, show: Callable[[str], None]) -> str:
        """Wait for the end while ``show`` hears how far it is; returns the log.

        Raises:
            CommandError: The command failed.
        """
        while self._process.poll() is None:
            show(f"{self._title}: {progress_of(self._read())}")
            time.sleep(_POLL_SECONDS)
        text = self._read()
        if self._process.returncode:
            raise CommandError("\n".join([f"{self._title} failed; the whole log is {self._log}", *what_matters(text)]))
        return text

    def stop(self) -> None:
        """End the command and all it started; nothing happens where it has ended."""
        running = Process.of(self._process.pid)
        if self._process.poll() is None and running:
            end([running, *running.descendants()], grace_seconds=_STOP_SECONDS)
        self._process.wait()

    def _read(self) -> str:
        return _ESCAPES.sub("", self._log.read_text(encoding="utf-8", errors="replace"))


class Cdk:
    """Commands of the CDK command line for one stack.

    Args:
        root: The repository.
        logs: Where logs and the synthesized app go.
        env: Credentials and endpoint of the local AWS.
    """

    def __init__(self, *, root: Path, logs: Path, env: Mapping[str, str]) -> None:
        self._root = root
        self._logs = logs
        self._env = env

    def synth(self, project: str, stage: str) -> Command:
        context = ["-c", f"project={project}", "-c", f"stage={stage}"]
        return self._command("cdk synth", ["synth", "--quiet", *context, "--output", str(self._app)])

    def bootstrap(self, account: str, region: str) -> Command:
        return self._command("cdk bootstrap", ["bootstrap", f"aws://{account}/{region}", "--app", ""])

    def deploy(self, stack: str) -> Command:
        flags = ["--require-approval", "never", "--progress", "events"]
        return self._command("cdk deploy", ["deploy", stack, "--app", str(self._app), *flags])

    @property
    def _app(self) -> Path:
        return self._logs / "cdk.out"

    def _command(self, title: str, arguments: Sequence[str]) -> Command:
        cdk = str(self._root / "node_modules" / ".bin" / "cdk")
        log = self._logs / f"{title.replace(' ', '-')}.log"
        return Command(title, [cdk, *arguments, "--no-notices", "--ci"], env=self._env, cwd=self._root, log=log)


def progress_of(log: str) -> str:
    r"""How far a deployment is, from the events that ``cdk --progress events`` prints.

    >>> progress_of("p |  3/45 | 11:20:02 PM | CREATE_IN_PROGRESS | AWS::IAM::Role | Role\n")
    '3 of 45 resources, AWS::IAM::Role create in progress'
    """
    events = list(_EVENT.finditer(log))
    if not events:
        return "working"
    newest = events[-1]
    status = newest["status"].lower().replace("_", " ")
    return f"{newest['done']} of {newest['all']} resources, {newest['type']} {status}"


def what_matters(log: str) -> list[str]:
    """The lines of a failed command's log that say why, each reason once; its end where none does."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    telling = [line for line in lines if _MATTERS.search(line) and _CONSEQUENCE not in line]
    reasons: list[str] = []
    for reason in (line.rsplit("|", 1)[-1].strip() for line in telling):
        if not any(reason in earlier for earlier in reasons):
            reasons.append(reason)
    return reasons[-_MOST_LINES:] or lines[-_MOST_LINES:]
