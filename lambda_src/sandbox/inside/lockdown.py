"""What a process gives up before it runs code that a model wrote."""

import contextlib
import errno
import json
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

NOBODY: Final = 65534
"""User and group that processes started by root become."""

_NOTHING: Final = ("FSIZE", "NPROC", "CORE", "MEMLOCK", "MSGQUEUE", "NOFILE")
"""Limits set to 0: no bytes in files, no processes or threads, no dumps, no queues and nothing opened any more."""

_MOST_ANSWER: Final = 65536  # bytes


@dataclass(frozen=True, slots=True)
class Powers:
    """What the kernel lets this process do to itself; AWS Lambda is known to refuse some.

    Attributes:
        seccomp: ``on``, or ``off:`` and why.
        prctl: Operations of ``prctl`` that work.
        drops_user: Whether child processes can become ``NOBODY``.
    """

    seccomp: str
    prctl: frozenset[int]
    drops_user: bool

    @property
    def user(self) -> str:
        """Whose permissions the processes have: ``nobody``'s or their starter's ``own``."""
        return "nobody" if self.drops_user else "own"

    @property
    def filters(self) -> bool:
        return self.seccomp == "on"


def probe() -> Powers:
    """Try everything in a child, which ends; ``ctypes`` stays out of this process where it would be of no use."""
    found = _in_child(_try_everything)
    return Powers(found["seccomp"], frozenset(found["prctl"]), found["drops_user"])


def adopt_orphans(powers: Powers) -> None:
    """Become the parent of whatever descendants lose theirs, and unreadable for processes of the same user."""
    if powers.prctl:
        from . import libc  # noqa: PLC0415 - see probe

        with contextlib.suppress(OSError):
            libc.prctl(libc.CHILD_SUBREAPER, 1)
        with contextlib.suppress(OSError):
            libc.prctl(libc.DUMPABLE, 0)


def lock(powers: Powers, *, memory_mb: int, cpu_seconds: int, folder: str) -> None:
    """Give up everything that a program needs for more than computing.

    Args:
        powers: Steps that are known to work; there is no going on without one of them.
        memory_mb: Size of the address space, in MiB.
        cpu_seconds: After which the kernel kills the process.
        folder: Where the process finds itself; for root's children, all that there is of the file system.

    Raises:
        OSError: A step failed.
    """
    os.chdir(folder)
    if powers.drops_user:
        _drop_user(folder)
    if powers.prctl:
        _change(powers.prctl)
    _limit("CPU", cpu_seconds)
    _limit("AS", memory_mb * 1024**2)
    for name in _NOTHING:
        _limit(name, 0)
    if powers.filters:
        from . import libc  # noqa: PLC0415 - see probe

        libc.install_filter()


def _drop_user(folder: str) -> None:
    os.chroot(folder)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def _change(operations: frozenset[int]) -> None:
    from . import libc  # noqa: PLC0415 - see probe

    for operation, argument in libc.LOCKING:  # after the change of the user, which resets some
        if operation in operations:
            libc.prctl(operation, argument)


def _limit(name: str, value: int) -> None:
    kind = getattr(resource, f"RLIMIT_{name}")
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def _try_everything() -> dict[str, Any]:
    from . import libc  # noqa: PLC0415 - see probe; while its file can be read

    drops_user = os.getuid() == 0 and _works(partial(_drop_user, "/"))
    working = [o for o, argument in libc.LOCKING if _works(partial(libc.prctl, o, argument))]
    return {"drops_user": drops_user, "prctl": working, "seccomp": _try_filter(libc.install_filter)}


def _try_filter(install: Callable[[], None]) -> str:
    try:
        install()
    except OSError as error:
        return f"off: {error.strerror} ({errno.errorcode.get(error.errno or 0)})"
    return "off: the filter has no effect" if _works(os.uname) else "on"


def _works(step: Callable[[], object]) -> bool:
    try:
        step()
    except OSError:
        return False
    return True


def _in_child(function: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, json.dumps(function()).encode())
        finally:
            os._exit(0)
    os.close(write)
    answer = os.read(read, _MOST_ANSWER)
    os.close(read)
    os.waitpid(child, 0)
    if not answer:
        return {"drops_user": False, "prctl": [], "seccomp": "off: the process that tried it has died"}
    return dict(json.loads(answer))
