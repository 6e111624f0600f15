"""Lambda code put together at synth from chosen files: no Docker, no pip, no network."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_lambda as lambda_


def staged(files: Mapping[str, Path | str]) -> lambda_.AssetCode:
    """Code that holds exactly these files.

    The asset's hash covers names and contents only, so equal files give an equal asset on every machine. Within a
    process, equal files are one folder, which the CDK looks at once, however many stacks use it.

    Args:
        files: Path inside the asset -> a file to copy, or the text itself.
    """
    contents = {name: f.read_bytes() if isinstance(f, Path) else f.encode() for name, f in sorted(files.items())}
    state = hashlib.sha256()
    for name, content in contents.items():
        state.update(f"{name}\0{len(content)}\0".encode() + content)
    folder = Path(_workshop().name, state.hexdigest())
    if not folder.exists():
        _write(folder, contents)
    return lambda_.Code.from_asset(str(folder))


@cache
def _workshop() -> "TemporaryDirectory[str]":
    """Where assets are put together; it goes with this process."""
    return TemporaryDirectory(prefix="rft-assets-")


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o644)


def python_files(root: Path, *packages: str) -> dict[str, Path]:
    """The Python files of some packages below ``root``, by their path relative to it."""
    files = (file for package in packages for file in (root / package).rglob("*.py"))
    return {file.relative_to(root).as_posix(): file for file in files if "__pycache__" not in file.parts}


def judge_rubrics(root: Path) -> dict[str, Path]:
    """The rubrics that judges are given, by their path relative to ``root``."""
    return {file.relative_to(root).as_posix(): file for file in (root / "lambda_src/reward/rubrics").glob("*.toml")}
