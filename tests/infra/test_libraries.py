"""The grader's code holds the libraries that its rubric needs, and no others."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra.libraries import BY_FAMILY, BY_FUNCTION, libraries, library_files
from infra.packages import package_files
from tests.infra.synthesis import ROOT

REWARDS = ROOT / "lambda_src" / "reward" / "rewards"
FAMILIES = sorted(file.stem for file in REWARDS.glob("[a-z]*.py"))
IN_THE_RUNTIME = {"boto3", "botocore"}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_library_that_a_family_imports_is_staged_for_it(family: str) -> None:
    staged = {
        *BY_FAMILY.get(family, ()),
        *(p for name in BY_FUNCTION if name.startswith(f"{family}.") for p in BY_FUNCTION[name]),
    }

    assert _imported(REWARDS / f"{family}.py") - IN_THE_RUNTIME <= staged


@pytest.mark.parametrize(
    "package", sorted({p for table in (BY_FAMILY, BY_FUNCTION) for packages in table.values() for p in packages})
)
def test_every_library_is_python_alone(package: str) -> None:
    assert any(name.endswith(".py") for name, _ in package_files(package))


def test_a_rubric_that_compares_numbers_needs_no_symbolic_maths() -> None:
    assert libraries([{"function": "maths.final_answer", "weight": 1}]) == []
    assert "sympy" in libraries([{"function": "maths.equivalent", "weight": 1}])


def _imported(file: Path, seen: frozenset[Path] = frozenset()) -> set[str]:
    """Packages outside the standard library that a module and the private ones behind it import, at whatever time."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.ImportFrom):
            private = {target for target in _targets(file, node) if target.is_file() and REWARDS in target.parents}
            found |= {p for target in private - seen - {file} for p in _imported(target, seen | {file})}
    return {name for name in found if name not in sys.stdlib_module_names and name in _distributions()}


def _targets(file: Path, node: ast.ImportFrom) -> set[Path]:
    package = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    return {package.with_suffix(".py"), *(package / f"{alias.name}.py" for alias in node.names)}


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


def test_symbolic_maths_runs_on_what_is_staged_alone(tmp_path: Path) -> None:
    """Its packages look for each other's metadata."""
    for name, file in library_files(BY_FUNCTION["maths.equivalent"]).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
        compiled = Path("__pycache__", f"{file.stem}.{sys.implementation.cache_tag}.pyc")
        if (file.parent / compiled).is_file():  # spares Python half of the time
            (target.parent / compiled).parent.mkdir(exist_ok=True)
            shutil.copy2(file.parent / compiled, target.parent / compiled)
    code = (
        "from lambda_src.reward.rewards.maths import equivalent\n"
        "from lambda_src.reward.rollout import Rollout\n"
        r"print(equivalent(Rollout('a', '\\boxed{(x+1)^2}', reference='\\boxed{x^2+2x+1}')))"
    )
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}

    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", code], env=environment, capture_output=True, text=True, check=False
    )

    assert done.stdout.split() == ["1.0"], done.stderr
