"""The calls to the kernel that Python has no function for."""

import ctypes
import errno
import os
import signal

from . import seccomp

PDEATHSIG, DUMPABLE, SECCOMP, CHILD_SUBREAPER, NO_NEW_PRIVS = 1, 4, 22, 36, 38
"""Operations of ``prctl``: ``include/uapi/linux/prctl.h`` of the Linux kernel."""

LOCKING = ((PDEATHSIG, signal.SIGKILL), (DUMPABLE, 0), (NO_NEW_PRIVS, 1))
"""What a process changes in itself: it dies with its parent, is unreadable for others, and stays as powerless."""

_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def prctl(operation: int, argument: int, pointer: int = 0) -> None:
    """Change a property of this process.

    Raises:
        OSError: The kernel, or a filter above this process, refuses.
    """
    function = ctypes.CDLL(None, use_errno=True).prctl
    function.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    if function(operation, argument, pointer, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl({operation}): {os.strerror(number)}")


def install_filter() -> None:
    """Leave this process the system calls of ``seccomp.MACHINES`` and no others, for good.

    Raises:
        OSError: The kernel refuses, or there is no list for this machine.
    """
    machine = seccomp.MACHINES.get(os.uname().machine)
    if machine is None:
        raise OSError(errno.ENOSYS, f"no list of system calls for {os.uname().machine}")
    code = ctypes.create_string_buffer(seccomp.packed(seccomp.program(machine)))
    program = _Program(len(seccomp.program(machine)), ctypes.addressof(code))
    prctl(SECCOMP, _MODE_FILTER, ctypes.addressof(program))
