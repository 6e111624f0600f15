"""The outside of ``inside.template``: starts the process and has it make copies of itself."""

import contextlib
import ctypes
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from .copy_process import Copy, StoppedError
from .inside import stdlib
from .inside import template as inner

_PYTHON: Final = Path(sys.executable).absolute()  # it may have been called by a path relative to the present folder
_ROOT: Final = Path(__file__).resolve().parents[2]
_LAMBDA_ROOT: Final = Path("/var/task")
_MODULES: Final = (stdlib.__name__, inner.__name__)
_BOOT: Final = """
import importlib, sys
root, stdlib, template, descriptor = sys.argv[1:]
sys.argv[:] = [""]
sys.path.insert(0, root)
visible = importlib.import_module(stdlib).preload()
importlib.import_module(template).main(int(descriptor), visible)
"""
_FLAGS: Final = ("-S", "-s", "-P", "-B")
"""No site-packages, nothing from the current folder; with an environment of our own, that is all of ``-I``, which
would also ignore the seed of hashes below."""
_START_SECONDS: Final = 30.0  # for Python and its modules, on a starved machine
_ANSWER_SECONDS: Final = 10.0  # for a command, which takes milliseconds
_MOST_REPLY: Final = 65536  # bytes
_PR_SET_DUMPABLE: Final = 4


class SandboxError(RuntimeError):
    """The sandbox cannot be relied on here; one line that says why."""


class TemplateDiedError(SandboxError):
    """The template was killed; a new one may do."""


class Template:
    """A process that copies itself.

    Attributes:
        report: What holds its copies: ``seccomp`` is ``on``, or ``off:`` and why; ``user`` is ``nobody`` or ``own``.
    """

    def __init__(self) -> None:
        """Start it.

        Raises:
            SandboxError: It does not start, or its copies would be free to do harm.
        """
        if sys.platform != "linux":
            raise SandboxError(f"the sandbox needs Linux; this is {sys.platform}")
        _hide_this_process()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own code
                [str(_PYTHON), *_FLAGS, "-c", _BOOT, str(_ROOT), *_MODULES, str(theirs.fileno())],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._copies: set[int] = set()
        # empty, and not to be written by what is started by root; what is not finds the root folder
        self._folder = tempfile.mkdtemp(prefix="rft-sandbox-") if os.getuid() == 0 else "/"
        self._control.settimeout(_START_SECONDS)
        try:
            self.report: dict[str, str] = self._hear()
            self._require_safe()
        except SandboxError:
            self.close()
            raise
        self._control.settimeout(_ANSWER_SECONDS)

    def start(self, role: str, *, memory_mb: int, cpu_seconds: int) -> Copy:
        """Make a copy.

        Args:
            role: ``candidate`` or ``examiner``.
            memory_mb: Size of its address space, in MiB.
            cpu_seconds: After which the kernel kills it.

        Raises:
            SandboxError: The template has died, or the copy could not be locked down.
        """
        limits = {"memory_mb": memory_mb, "cpu_seconds": cpu_seconds, "folder": self._folder}
        ours, theirs = socket.socketpair()
        with theirs:
            number = self._order({"start": role, "limits": limits}, [theirs.fileno()])["copy"]
        self._copies.add(number)
        copy = Copy(ours, functools.partial(self._end, number))
        try:
            first = copy.receive(_ANSWER_SECONDS)
        except StoppedError as stopped:
            first = {"failed": str(stopped)}
        if "failed" in first:
            copy.end()
            raise SandboxError(f"a {role} could not be locked down: {first['failed']}")
        return copy

    def close(self) -> None:
        """End it with all of its copies."""
        self._control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        self._process.kill()
        self._process.wait()
        for copy in self._copies:  # without a filter, one can outlive the template that it has killed
            with contextlib.suppress(ProcessLookupError):
                os.kill(copy, signal.SIGKILL)
        if self._folder != "/":
            shutil.rmtree(self._folder, ignore_errors=True)

    def _require_safe(self) -> None:
        holds = self.report["seccomp"] == "on" or self.report["user"] == "nobody"
        is_lambda = _LAMBDA_ROOT == _ROOT and os.getuid() != 0  # a read-only file system, and thrown away in the end
        if not holds and not is_lambda:
            raise SandboxError(
                f"refused: seccomp is {self.report['seccomp']}, and code would have this user's files to itself; "
                "expected a Linux that lets a process filter its own system calls"
            )

    def _end(self, number: int) -> float:
        used = float(self._order({"end": number}, [])["cpu_seconds"])
        self._copies.discard(number)
        return used

    def _order(self, command: dict[str, Any], descriptors: list[int]) -> dict[str, Any]:
        try:
            socket.send_fds(self._control, [json.dumps(command).encode()], descriptors)
        except OSError:
            raise self._death() from None
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        try:
            message = self._control.recv(_MOST_REPLY)
        except OSError:
            message = b""
        if not message:
            raise self._death()
        return dict(json.loads(message))

    def _death(self) -> TemplateDiedError:
        return TemplateDiedError(f"the sandbox's template does not answer (exit status {self._process.poll()})")


def _environment() -> dict[str, str]:
    """Of the template; it clears all of it before it makes a copy."""
    found = {name: os.environ.get(name) for name in ("LD_LIBRARY_PATH",)}  # Lambda's Python does not start without
    seed = {"PYTHONHASHSEED": "0"}  # the same response is to earn the same reward each time
    return seed | {name: value for name, value in found.items() if value}


def _hide_this_process() -> None:
    """Make memory and environment unreadable for other processes of the same user, where the kernel lets us."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
