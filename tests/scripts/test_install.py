"""The installer does nothing twice, and says in one line what is missing."""

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts import install

Part = tuple[Callable[[], None], Sequence[str], Path]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    (tmp_path / ".tools").mkdir()
    (tmp_path / "pins.txt").write_text("a==1\n", encoding="utf-8")
    return tmp_path


def _part(root: Path, calls: list[str]) -> Part:
    def run() -> None:
        calls.append("installed")
        (root / "product").touch()

    return run, ("pins.txt",), root / "product"


def test_a_part_that_is_current_is_left_alone(root: Path) -> None:
    calls: list[str] = []
    part = _part(root, calls)

    changed = [install._bring_up_to_date("part", part) for _ in range(2)]

    assert changed == [True, False]
    assert calls == ["installed"]


def test_other_pins_install_anew(root: Path) -> None:
    calls: list[str] = []
    part = _part(root, calls)
    install._bring_up_to_date("part", part)
    (root / "pins.txt").write_text("a==2\n", encoding="utf-8")

    assert install._bring_up_to_date("part", part)


def test_an_interrupted_installation_is_done_again(root: Path) -> None:
    def interrupted() -> None:
        (root / "product").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install._bring_up_to_date("part", (interrupted, ("pins.txt",), root / "product"))
    calls: list[str] = []

    assert install._bring_up_to_date("part", _part(root, calls))


def test_a_full_disk_is_named_before_anything_is_downloaded(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(total=1, used=1, free=1024**3))

    with pytest.raises(install.InstallError, match=r"no disk: 1\.0 GiB free"):
        install._bring_up_to_date("part", _part(root, []))


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))

    with pytest.raises(install.InstallError, match=r"Python 3\.11 or newer is needed"):
        install._require_machine()


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        pytest.param(
            "WARNING: Retrying after NewConnectionError\nERROR: No matching distribution", "no network", id="pip"
        ),
        pytest.param("npm error code ENOTFOUND\nnpm error network", "no network", id="npm"),
        pytest.param("OSError: [Errno 28] No space left on device", "no disk", id="disk"),
        pytest.param("building\nERROR: wheel is broken\nmore", "ERROR: wheel is broken", id="anything else"),
    ],
)
def test_the_reason_of_a_failed_command_is_one_line(log: str, reason: str) -> None:
    assert install._reason(log).startswith(reason)
    assert "\n" not in install._reason(log)
