"""Lambda code put together at synth from chosen files: no Docker, no pip, no network."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from aws_cdk import aws_lambda as lambda_


@contextmanager
def staged(files: Mapping[str, Path | str]) -> Iterator[lambda_.AssetCode]:
    """Code that holds exactly these files; use it inside the ``with`` block.

    The asset's hash covers names and contents only, so equal files give an equal asset on every machine.

    Args:
        files: Path inside the asset -> a file to copy, or the text itself.
    """
    with TemporaryDirectory(prefix="rft-asset-") as folder:
        for name, source in files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, Path):
                shutil.copyfile(source, target)
            else:
                target.write_text(source, encoding="utf-8")
            target.chmod(0o644)
        yield lambda_.Code.from_asset(folder)


def python_files(root: Path, *packages: str) -> dict[str, Path]:
    """The Python files of some packages below ``root``, by their path relative to it."""
    files = (file for package in packages for file in (root / package).rglob("*.py"))
    return {file.relative_to(root).as_posix(): file for file in files if "__pycache__" not in file.parts}
