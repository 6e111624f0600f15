"""What the operating system knows about processes: enough to end exactly those that were started here.

A process is identified by its id and its start time, so that an id the system has given to somebody else's
process in the meantime is never signalled. Linux is read from /proc, anything else through ``ps``.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """One running process; ``started`` is only ever compared for equality."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """Return the process that has this id now, or None; a zombie counts as gone."""
        row = _table([pid]).get(pid)
        return cls(pid, row[1]) if row else None

    @property
    def alive(self) -> bool:
        return Process.of(self.pid) == self

    def descendants(self) -> "list[Process]":
        """Return every process below this one, whatever process group it has put itself into."""
        table = _table()
        found, wanted = [], {self.pid}
        while wanted:
            children = [Process(pid, row[1]) for pid, row in table.items() if row[0] in wanted]
            found += children
            wanted = {child.pid for child in children}
        return found


def end(processes: Iterable[Process], *, grace_seconds: float) -> None:
    """Ask every process to end, wait, and kill what is still there; returns when all are gone or cannot be killed."""
    remaining = [process for process in processes if process.alive]
    for name in (signal.SIGTERM, signal.SIGKILL):
        for process in remaining:
            _signal(process, name)
        remaining = _wait(remaining, grace_seconds)


def _signal(process: Process, name: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it may end by itself between the look and the signal
        os.kill(process.pid, name)


def _wait(processes: list[Process], seconds: float) -> list[Process]:
    deadline = time.monotonic() + seconds
    while (processes := [process for process in processes if process.alive]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return processes


def _table(pids: Iterable[int] | None = None) -> dict[int, tuple[int, str]]:
    """Process id -> (parent's id, start time), without zombies."""
    if (_PROC / "self" / "stat").exists():
        entries = (int(p.name) for p in _PROC.iterdir() if p.name.isdigit()) if pids is None else pids
        rows = {pid: _proc_row(pid) for pid in entries}
        return {pid: row for pid, row in rows.items() if row}
    return _ps_table(pids)


def _proc_row(pid: int) -> tuple[int, str] | None:
    """Read state, parent and start time; https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat[stat.rindex(")") + 2 :].split()  # the name before it may contain spaces and parentheses
    return None if fields[0] in "ZX" else (int(fields[1]), fields[19])


def _ps_table(pids: Iterable[int] | None) -> dict[int, tuple[int, str]]:
    selection = ["-A"] if pids is None else ["-p", ",".join(map(str, pids))]
    command = ["ps", *selection, "-o", "pid=,ppid=,state=,lstart="]
    output = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed words, numbers
    rows = (line.split(None, 3) for line in output.splitlines())
    return {int(pid): (int(parent), started) for pid, parent, state, started in rows if not state.startswith("Z")}
