"""The system calls that are left to model-written code: a seccomp filter as a list of what is allowed.

Everything that is not listed fails with EPERM, so that ``open`` or ``fork`` is an exception in the program and not its
end. A call made through another ABI than the machine's own (32-bit code on x86_64) kills the process: the numbers mean
other calls there. The x32 ABI needs no rule, its numbers are in no list.

Filter language: https://www.kernel.org/doc/html/v6.12/userspace-api/seccomp_filter.html
Numbers: ``arch/x86/entry/syscalls/syscall_64.tbl`` and ``include/uapi/asm-generic/unistd.h`` of the Linux kernel.
"""

import struct
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Machine:
    """How a processor's programs talk to the kernel.

    Attributes:
        audit: ``AUDIT_ARCH_*`` of ``linux/audit.h``.
        calls: Numbers of the allowed system calls, by name; those that are made most come first.
    """

    audit: int
    calls: dict[str, int]


MACHINES: Final = {
    "x86_64": Machine(
        0xC000003E,
        {
            "read": 0,
            "write": 1,
            "brk": 12,
            "mmap": 9,
            "munmap": 11,
            "mremap": 25,
            "madvise": 28,
            "futex": 202,
            "clock_gettime": 228,
            "mprotect": 10,
            "rt_sigaction": 13,
            "rt_sigprocmask": 14,
            "rt_sigreturn": 15,
            "sigaltstack": 131,
            "restart_syscall": 219,
            "getrandom": 318,
            "getpid": 39,
            "gettid": 186,
            "time": 201,
            "gettimeofday": 96,
            "clock_getres": 229,
            "clock_nanosleep": 230,
            "nanosleep": 35,
            "getrusage": 98,
            "times": 100,
            "sched_yield": 24,
            "close": 3,
            "exit": 60,
            "exit_group": 231,
        },
    ),
    "aarch64": Machine(
        0xC00000B7,
        {
            "read": 63,
            "write": 64,
            "brk": 214,
            "mmap": 222,
            "munmap": 215,
            "mremap": 216,
            "madvise": 233,
            "futex": 98,
            "clock_gettime": 113,
            "mprotect": 226,
            "rt_sigaction": 134,
            "rt_sigprocmask": 135,
            "rt_sigreturn": 139,
            "sigaltstack": 132,
            "restart_syscall": 128,
            "getrandom": 278,
            "getpid": 172,
            "gettid": 178,
            "gettimeofday": 169,
            "clock_getres": 114,
            "clock_nanosleep": 115,
            "nanosleep": 101,
            "getrusage": 165,
            "times": 153,
            "sched_yield": 124,
            "close": 57,
            "exit": 93,
            "exit_group": 94,
        },
    ),
}
"""Memory, time, signal handlers of one's own, random numbers, and the one pipe that is open."""

KILL: Final = 0x80000000
DENY: Final = 0x00050000 | 1  # the lower half is the error number: EPERM
ALLOW: Final = 0x7FFF0000

_LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_IF_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K
_NUMBER_AT: Final = 0  # bytes into struct seccomp_data
_AUDIT_AT: Final = 4

Instruction = tuple[int, int, int, int]
"""Code, how far to jump if true, how far if false, and operand."""


def program(machine: Machine) -> list[Instruction]:
    """The filter of one kind of machine."""
    calls = list(machine.calls.values())
    checks = [(_JUMP_IF_EQUAL, len(calls) - i, 0, number) for i, number in enumerate(calls)]
    return [
        (_LOAD, 0, 0, _AUDIT_AT),
        (_JUMP_IF_EQUAL, 1, 0, machine.audit),
        (_RETURN, 0, 0, KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *checks,
        (_RETURN, 0, 0, DENY),
        (_RETURN, 0, 0, ALLOW),
    ]


def packed(instructions: list[Instruction]) -> bytes:
    """The instructions as the kernel's ``struct sock_filter`` array."""
    return b"".join(struct.pack("HBBI", *instruction) for instruction in instructions)
