import subprocess
import sys
from pathlib import Path

import pytest

from infra.packages import PackageError, package_files


def test_a_package_s_files_run_on_their_own(tmp_path: Path) -> None:
    for name, file in package_files("jmespath"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())

    code = "import jmespath; print(jmespath.search('a.b', {'a': {'b': 3}}))"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True
    )

    assert done.stdout.split() == [b"3"]


def test_a_module_is_one_file() -> None:
    assert [name for name, _ in package_files("six")] == ["six.py"]


def test_tests_and_caches_stay_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("__init__.py", "tests/test_a.py", "__pycache__/a.pyc", "data/a.json"):
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).touch()
    monkeypatch.syspath_prepend(str(tmp_path))

    assert {name for name, _ in package_files("pack")} == {"pack/__init__.py", "pack/data/a.json"}


def test_what_was_compiled_for_this_machine_is_refused() -> None:
    with pytest.raises(PackageError, match=r"numpy holds .*compiled for this machine; expected Python alone"):
        list(package_files("numpy"))


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(PackageError, match="no_such_package is not installed"):
        list(package_files("no_such_package"))
