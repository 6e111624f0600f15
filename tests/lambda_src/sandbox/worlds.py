"""Where the sandbox runs: as root, as an ordinary user, and as in AWS Lambda, where an outer filter forbids ``prctl``.

Each world is a process of its own with a secret in its environment, so that an attack on its parent hits no test.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

ROOT = Path(__file__).resolve().parents[3]
SECRET = "s3cr3t-of-the-parent"  # noqa: S105 - not one
NOBODY = 65534

_SERVER = """
import json, sys
sys.path.insert(0, sys.argv[1])
from lambda_src.sandbox.inside import libc, seccomp
if sys.argv[2] == "lambda":
    denied = {"x86_64": (157, 317, 101, 161), "aarch64": (167, 277, 117, 51)}  # prctl, seccomp, ptrace, chroot
    import os
    machine = os.uname().machine
    numbers = denied[machine]
    checks = [(0x15, len(numbers) - i, 0, number) for i, number in enumerate(numbers)]
    code = [(0x20, 0, 0, 0), *checks, (0x06, 0, 0, seccomp.ALLOW), (0x06, 0, 0, seccomp.DENY)]
    seccomp.program = lambda _: code
    libc.prctl(libc.NO_NEW_PRIVS, 1)
    libc.install_filter()
from lambda_src.sandbox import template
from lambda_src.sandbox.runner import run
if sys.argv[2] == "lambda":
    template._ANSWER_SECONDS = 1.0  # a stopped template is waited for
    template._LAMBDA_ROOT = template._ROOT
for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
"""


class World:
    """A sandbox in a process of its own."""

    def __init__(self, command: Sequence[str], folder: str, **options: Any) -> None:
        self._command = command
        self._folder = folder
        self._options = options
        self._process = self._started()

    def run(self, *items: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The results of some items; empty if an item has ended the sandbox."""
        answer = self.ask({"items": items})
        return list(answer["results"]) if answer else []

    def ask(self, request: Any) -> dict[str, Any] | None:
        """The whole answer; None if the request has ended the sandbox, of which there is a new one then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if line:
            return dict(json.loads(line))
        self.close()
        self._process = self._started()
        self.ask({"items": []})
        return None

    @property
    def pid(self) -> int:
        return self._process.pid

    def descendants(self) -> list[int]:
        """Every process below the sandbox's, zombies included."""
        parents = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
        found = [self._process.pid]
        for process in found:
            found += [child for child, parent in parents.items() if parent == process]
        return found[1:]

    def processes(self) -> list[int]:
        """The sandbox's and whatever was copied from its templates, whoever their parent is by now."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self._folder.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()  # it ends then, and its templates with it
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _started(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **self._options
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def world(kind: str) -> Iterator[World]:
    """A sandbox of this kind: ``root``, ``user`` or ``lambda``; skips the test where there can be none."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(ROOT / "lambda_src" / "sandbox", Path(folder, "lambda_src", "sandbox"))
        is_root = os.getuid() == 0
        if kind == "root" and not is_root:
            pytest.skip("these tests are not run by root")
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_root and kind != "root" else {}
        command = [_python(as_nobody), "-c", _SERVER, folder, kind]
        environment = {"AWS_SECRET_ACCESS_KEY": SECRET, "PATH": os.defpath}
        with World(command, folder, env=environment, cwd="/", start_new_session=True, **as_nobody) as made:
            yield made


def _python(options: Mapping[str, Any]) -> str:
    """A Python that the user of these options may run: a virtual environment in root's home is none."""
    for python in (sys.executable, *map(str, sorted(Path("/usr/bin").glob("python3"))), "/usr/local/bin/python3"):
        check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(check, cwd="/", check=False, stderr=subprocess.DEVNULL, **options).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python 3.11 that an ordinary user may run")
