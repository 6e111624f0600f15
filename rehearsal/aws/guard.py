"""Run a command that must not outlive whoever started it: ``python -m rehearsal.aws.guard --parent PID -- command``.

When asked to end, or when the process PID is gone (however it ended), the command and everything below it are ended,
also what has moved into a process group of its own. With ``--parent 0`` the command stays until it is asked.
"""

import argparse
import ctypes
import os
import signal
import subprocess
import sys
import time

from .processes import Process, end

GRACE_SECONDS = 5
_POLL_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1  # https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html


def main() -> int:
    """Run the command; its exit status, or 0 if it was ended from here."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    parent = Process.of(arguments.parent) if arguments.parent else None
    if arguments.parent and parent is None:
        return 0
    asked: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda number, _frame: asked.append(number))
    child = subprocess.Popen(arguments.command, stdin=subprocess.DEVNULL, preexec_fn=_end_with_guard)  # noqa: S603, PLW1509 - the program's purpose; it has one thread
    process = Process.of(child.pid)
    while child.poll() is None and not asked and (parent is None or parent.alive):
        time.sleep(_POLL_SECONDS)
    _end(child, process)
    return max(child.returncode, 0)


def _end_with_guard() -> None:
    """On Linux, have the kernel end the command even if the guard is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(child: "subprocess.Popen[bytes]", process: Process | None) -> None:
    below = process.descendants() if process else []
    if child.poll() is None:
        os.kill(child.pid, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    end(below, grace_seconds=1)


if __name__ == "__main__":
    sys.exit(main())
