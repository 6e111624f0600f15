from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_s3_assets as s3_assets

from infra.staging import python_files, staged


def _hash(files: dict[str, Path | str]) -> str:
    return s3_assets.Asset(Stack(App(), "Stack"), "Asset", path=staged(files).path).asset_hash


def test_equal_files_give_an_equal_asset(tmp_path: Path) -> None:
    source = tmp_path / "a.py"
    source.write_text("x = 1\n", encoding="utf-8")

    assert _hash({"a.py": source}) == _hash({"a.py": "x = 1\n"})


@pytest.mark.parametrize("files", [{"a.py": "x = 2\n"}, {"b.py": "x = 1\n"}], ids=["other text", "other name"])
def test_other_files_give_another_asset(files: dict[str, Path | str]) -> None:
    assert _hash(files) != _hash({"a.py": "x = 1\n"})


def test_equal_files_are_put_together_once() -> None:
    assert staged({"a.py": "x = 1\n"}).path == staged({"a.py": "x = 1\n"}).path


def test_only_python_files_are_packed(tmp_path: Path) -> None:
    for name in ("p/a.py", "p/__pycache__/a.py", "p/notes.txt", "q/b.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert python_files(tmp_path, "p") == {"p/a.py": tmp_path / "p" / "a.py"}
