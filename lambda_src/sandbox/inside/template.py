"""The process that all others are copied from: Python with its modules imported, and nothing else.

It never reads a request's code, tests or results: those travel between the process outside and the copy. So a copy
is what a Python just started would be, some milliseconds instead of a twentieth of a second later. Commands come as
JSON through a socket; the one that starts a copy brings the copy's end of a socket of its own along.
"""

import contextlib
import gc
import json
import os
import random
import signal
import socket
import time
import traceback
from pathlib import Path
from typing import Any, Final

from . import candidate, examiner, lockdown, stdlib
from .wire import Wire

_SERVERS: Final = {"candidate": candidate.serve, "examiner": examiner.examine}
_MOST_COMMAND: Final = 65536  # bytes
_DESCRIPTORS: Final = 256  # more than this process ever has open
_SEED: Final = 0
"""Of ``random`` in every copy: the same response is to earn the same reward each time."""
_REAP_PAUSE: Final = 0.001  # s


def main(descriptor: int, visible: frozenset[str]) -> None:
    """Serve commands until the other end closes.

    Args:
        descriptor: Of the command socket.
        visible: Modules that copies may import.
    """
    powers = lockdown.probe()
    lockdown.adopt_orphans(powers)
    template = _Template(socket.socket(fileno=descriptor), powers, visible)
    os.environ.clear()
    gc.disable()
    gc.freeze()  # else each copy's first collection would touch, and so copy, every page
    template.serve()


class _Template:
    """Starts copies and ends them."""

    def __init__(self, control: socket.socket, powers: lockdown.Powers, visible: frozenset[str]) -> None:
        self._control = control
        self._powers = powers
        self._visible = visible
        self._copies: set[int] = set()

    def serve(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # whoever started this may be gone before he has heard anything
            self._tell({"seccomp": self._powers.seccomp, "user": self._powers.user})
            while True:
                message, descriptors, _, _ = socket.recv_fds(self._control, _MOST_COMMAND, 1)
                if not message:
                    break
                command = json.loads(message)
                self._tell(self._start(command, descriptors[0]) if "start" in command else self._end(command["end"]))
        for copy in list(self._copies):
            self._end(copy)

    def _tell(self, message: dict[str, Any]) -> None:
        self._control.send(json.dumps(message).encode())

    def _start(self, command: dict[str, Any], descriptor: int) -> dict[str, Any]:
        copy = os.fork()
        if copy == 0:
            self._become(command, descriptor)
        os.close(descriptor)
        self._copies.add(copy)
        return {"copy": copy}

    def _become(self, command: dict[str, Any], descriptor: int) -> None:
        """Turn this copy into what the command says; never returns."""
        try:
            os.setsid()
            os.dup2(descriptor, 0)
            os.dup2(1, 2)  # this process's own output goes nowhere
            os.closerange(3, _DESCRIPTORS)
            wire = Wire(0)
            _prepare(wire, self._powers, self._visible, command["limits"])
            _SERVERS[command["start"]](wire)
        finally:
            os._exit(0)

    def _end(self, copy: int) -> dict[str, Any]:
        """Kill a copy with all that came of it; says what it has used."""
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                kill(copy, signal.SIGKILL)
        _, _, usage = os.wait4(copy, 0)
        self._copies.discard(copy)
        if not self._copies:
            reap()
        return {"cpu_seconds": usage.ru_utime + usage.ru_stime}


def _prepare(wire: Wire, powers: lockdown.Powers, visible: frozenset[str], limits: dict[str, Any]) -> None:
    try:
        gc.enable()
        random.seed(_SEED)
        lockdown.lock(powers, **limits)
        stdlib.seal(visible)
    except BaseException:
        wire.send({"failed": traceback.format_exc()})
        raise
    wire.send({"ready": True})


def reap() -> None:
    """End what dead copies have left behind, which nothing but a gap in the limits could have let them start."""
    while True:
        try:
            dead, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if dead == 0:
            for child in _children(os.getpid()):
                os.kill(child, signal.SIGKILL)
            time.sleep(_REAP_PAUSE)


def _children(parent: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(folder.name))
    return found
