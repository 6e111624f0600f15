"""The filter's program, run by an interpreter of its own: for a machine other than this one there is no kernel here."""

import re
from pathlib import Path

import pytest

from lambda_src.sandbox.inside.seccomp import ALLOW, DENY, KILL, MACHINES, Instruction, packed, program

_HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
# fmt: off
DANGEROUS = {
    "open", "openat", "openat2", "creat", "socket", "connect", "bind", "sendto", "sendmsg", "recvmsg",
    "socketpair", "pipe", "pipe2", "dup", "dup2", "dup3", "fcntl", "ioctl", "fork", "vfork", "clone", "clone3",
    "execve", "execveat", "kill", "tkill", "tgkill", "rt_sigqueueinfo", "pidfd_open", "pidfd_send_signal",
    "ptrace", "process_vm_readv", "process_vm_writev", "setrlimit", "prlimit64", "prctl", "seccomp", "unshare",
    "setns", "mount", "chroot", "pivot_root", "bpf", "io_uring_setup", "userfaultfd", "memfd_create",
    "perf_event_open", "keyctl", "shmget", "msgget", "semget", "unlink", "unlinkat", "mkdir", "mkdirat",
    "rename", "renameat2", "chmod", "fchmodat", "setuid", "setgid", "setsid", "personality",
}
# fmt: on


def _verdict(instructions: list[Instruction], *, audit: int, number: int) -> int:
    at, loaded = 0, 0
    while True:
        code, if_true, if_false, operand = instructions[at]
        at += 1
        if code == 0x20:
            loaded = {0: number, 4: audit}[operand]
        elif code == 0x15:
            at += if_true if loaded == operand else if_false
        else:
            assert code == 0x06
            return operand


def _numbers(machine: str) -> dict[str, int]:
    """The kernel's own list."""
    header = _HEADERS[machine]
    if not header.is_file():
        pytest.skip(f"no {header} on this machine")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text(encoding="utf-8"))
    return {name: int(number) for name, number in found}


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_listed_is_allowed_and_nothing_else(machine: str) -> None:
    audit, calls = MACHINES[machine].audit, set(MACHINES[machine].calls.values())
    instructions = program(MACHINES[machine])

    allowed = {n for n in range(1024) if _verdict(instructions, audit=audit, number=n) == ALLOW}
    others = {_verdict(instructions, audit=audit, number=n) for n in range(1024) if n not in allowed}

    assert allowed == calls
    assert others == {DENY}


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_through_another_abi_do_not_pass(machine: str) -> None:
    instructions, audit = program(MACHINES[machine]), MACHINES[machine].audit
    other_audits = [0x40000003, 0x40000028, 0, *(m.audit for m in MACHINES.values() if m.audit != audit)]

    assert {_verdict(instructions, audit=other, number=0) for other in other_audits} == {KILL}
    x32 = 0x40000000
    assert {_verdict(instructions, audit=audit, number=x32 | n) for n in range(1024)} == {DENY}


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_the_kernel_s(machine: str) -> None:
    known = _numbers(machine)

    assert {name: known.get(name) for name in MACHINES[machine].calls} == MACHINES[machine].calls


@pytest.mark.parametrize("machine", MACHINES)
def test_nothing_dangerous_is_listed(machine: str) -> None:
    assert not MACHINES[machine].calls.keys() & DANGEROUS


def test_both_machines_are_left_the_same() -> None:
    only_on_x86 = {"time"}

    assert MACHINES["x86_64"].calls.keys() - MACHINES["aarch64"].calls.keys() == only_on_x86
    assert MACHINES["aarch64"].calls.keys() <= MACHINES["x86_64"].calls.keys()


def test_an_instruction_takes_eight_bytes() -> None:
    instructions = program(MACHINES["aarch64"])

    assert len(packed(instructions)) == 8 * len(instructions)
