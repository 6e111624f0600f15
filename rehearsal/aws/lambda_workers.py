"""Lambda functions see what they would see on AWS: their environment, libraries, layers, errors and logs.

The emulator runs a function in a subprocess that inherits the host's environment and every library of the
emulator, has no ``/opt``, reports every exception as ``Runtime.HandlerError``, and may miss the last log lines of an
invocation on a busy machine. A metric in embedded metric format is such a line.
"""

import hashlib
import os
import subprocess
import tempfile
import threading
import time
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from .patching import original, replace, replace_text

_HOST_VARIABLES = frozenset({"PATH", "HOME", "LANG", "TZ", "TMPDIR", "NODE_PATH"})
"""What a function inherits from the emulator's environment; everything else of it stays outside."""
_RUNTIME_DISTRIBUTIONS = frozenset(
    {"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"},
)
"""https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html: the SDK and what it needs, nothing else."""
_END_OF_LOGS = "rft-rehearsal-end-of-logs"
_LOGS_TIMEOUT_SECONDS = 2.0
_unpacking = threading.Lock()
_BOOTSTRAP = Path(__file__).with_name("python_bootstrap.py.txt")


def apply() -> None:
    """Replace the worker scripts, how workers are started, and how their answers are read."""
    lambda_runtime.subprocess = _AllowListedSubprocess()
    lambda_runtime.zipfile = _SharedLayers()
    lambda_runtime._PYTHON_WORKER_SCRIPT = _python_script(lambda_runtime._PYTHON_WORKER_SCRIPT)
    lambda_runtime._NODEJS_WORKER_SCRIPT = _node_script(lambda_runtime._NODEJS_WORKER_SCRIPT)
    _keep_every_log_line()
    _keep_the_error_type()


class _AllowListedSubprocess(ModuleType):
    """``subprocess``, except that a started worker gets no variable of the host that is not on the list."""

    def __init__(self) -> None:
        super().__init__("subprocess")

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    @staticmethod
    def Popen(command: list[str], *, env: dict[str, str], **options: Any) -> "subprocess.Popen[str]":  # noqa: N802 - its name
        inherited = {name for name in env if os.environ.get(name) == env[name]} - _HOST_VARIABLES
        return subprocess.Popen(  # noqa: S603 - the emulator's own command
            command, env={name: value for name, value in env.items() if name not in inherited}, **options
        )


class _SharedLayers(ModuleType):
    """``zipfile``, except that a layer is unpacked once and linked into every worker that has it.

    A layer with the SDK has a thousand files; a copy for every worker makes cold starts and the final removal slow.
    """

    def __init__(self) -> None:
        super().__init__("zipfile")

    def __getattr__(self, name: str) -> Any:
        return getattr(zipfile, name)

    class ZipFile(zipfile.ZipFile):
        """An archive whose ``extractall`` knows the emulator's folders for layers, ``layer_0`` and so on."""

        def extractall(self, path: Any = None, members: Any = None, pwd: Any = None) -> None:
            target = Path(path)
            if not target.name.startswith("layer_"):
                super().extractall(path, members, pwd)
                return
            with _unpacking:
                content = Path(str(self.filename)).read_bytes()
                shared = Path(tempfile.gettempdir(), "layers", hashlib.sha256(content).hexdigest())
                if not shared.exists():
                    super().extractall(shared.with_suffix(".new"), members, pwd)
                    shared.with_suffix(".new").rename(shared)
            target.rmdir()
            target.symlink_to(shared)


def _python_script(script: str) -> str:
    bootstrap = _BOOTSTRAP.read_text().replace("__UNAVAILABLE__", repr(sorted(_unavailable())))
    script = replace_text(
        script, "    _ms_install_invoke_depth()\n    try:\n", "    _rft_prepare(code_dir)\n    try:\n"
    )
    script = replace_text(
        script, '"trace": traceback.format_exc()}', '"type": type(e).__name__, "trace": traceback.format_exc()}'
    )
    script = replace_text(
        script,
        '            _real_stdout.write(json.dumps({"status": "ok"',
        f"            print({_END_OF_LOGS!r}, file=sys.stderr, flush=True)\n"
        '            _real_stdout.write(json.dumps({"status": "ok"',
    )
    script = replace_text(
        script,
        '            _real_stdout.write(json.dumps({"status": "error", "error": str(e), "type"',
        f"            print({_END_OF_LOGS!r}, file=sys.stderr, flush=True)\n"
        '            _real_stdout.write(json.dumps({"status": "error", "error": str(e), "type"',
    )
    return bootstrap + script


def _node_script(script: str) -> str:
    return replace_text(
        script,
        'status: "error", error: String(err.message || err), trace: err.stack || ""',
        'status: "error", error: String(err.message || err), type: err.name || "Error", trace: err.stack || ""',
    )


def _unavailable() -> set[str]:
    """Names of modules that the emulator's environment has and the Lambda runtime has not."""
    return {
        module
        for module, distributions in packages_distributions().items()
        if not _RUNTIME_DISTRIBUTIONS.intersection(distributions)
    }


def _keep_every_log_line() -> None:
    """Read the log until the worker's own end mark; workers without one keep the emulator's timing."""
    drain = original(
        lambda_runtime.Worker, "_drain_stderr_bounded", "self", "first_line_wait", "idle_confirm", "hard_cap"
    )

    def _drain_stderr_bounded(
        self: Any, first_line_wait: float = 0.05, idle_confirm: float = 0.005, hard_cap: float = 0.25
    ) -> str:
        if not self.config.get("Runtime", "").startswith("python"):
            return str(drain(self, first_line_wait, idle_confirm, hard_cap))
        return _until_end_mark(self)

    lambda_runtime.Worker._drain_stderr_bounded = _drain_stderr_bounded


def _until_end_mark(worker: Any) -> str:
    lines: list[str] = []
    deadline = time.monotonic() + _LOGS_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        try:
            line = worker._stderr_queue.get(timeout=0.1)
        except lambda_runtime.queue.Empty:
            if worker._proc is None or worker._proc.poll() is not None:
                break  # a worker that died wrote no mark
            continue
        if line == _END_OF_LOGS:
            break
        lines.append(line)
    return "\n".join(lines)


def _keep_the_error_type() -> None:
    """Carry the exception's class, which Step Functions matches in Retry and Catch, to the invoker."""
    seen = threading.local()
    invoke = original(
        lambda_runtime.Worker, "invoke",
        "self", "event", "request_id", "trace_id", "depth", "durable", "invoked_function_arn",
    )  # fmt: skip
    execute = original(lambda_svc, "_execute_function_warm", "func", "event", "request_id")

    def invoke_and_note(self: Any, event: Any, request_id: str, **options: Any) -> Any:
        answer = invoke(self, event, request_id, **options)
        seen.error = answer if "type" in answer else None
        return answer

    def _execute_function_warm(func: Any, event: Any, request_id: str) -> Any:
        seen.error = None
        result = execute(func, event, request_id)
        if result.get("error") and seen.error:
            result["body"]["errorType"] = seen.error["type"]
            result["body"]["stackTrace"] = seen.error["trace"].splitlines()
        return result

    lambda_runtime.Worker.invoke = invoke_and_note
    replace(lambda_svc, "_execute_function_warm", _execute_function_warm, "func", "event", "request_id")
