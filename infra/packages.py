"""Files of Python packages that are installed where the synth runs, for Lambda code and layers."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_NOT_NEEDED: Final = frozenset({"__pycache__", "tests", "test", "benchmarks", "examples"})
_NATIVE: Final = (".so", ".pyd", ".dylib")


class PackageError(ValueError):
    """A package cannot be put into a Lambda function's code."""


def package_files(name: str) -> Iterator[tuple[str, Path]]:
    """Files of a package or module, by their path below ``site-packages``; tests and examples are left out.

    Raises:
        PackageError: It is not installed, or it holds code that was compiled for this machine.
    """
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise PackageError(f"{name} is not installed; Lambda code is made of the packages of this environment")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        yield origin.name, origin
        return
    for file in sorted(origin.parent.rglob("*")):
        inside = file.relative_to(origin.parent)
        if not file.is_file() or _NOT_NEEDED.intersection(inside.parts):
            continue
        if file.suffix in _NATIVE:
            raise PackageError(f"{name} holds {inside}, compiled for this machine; expected Python alone")
        yield (Path(name) / inside).as_posix(), file
