"""Libraries that a rubric's reward functions need beside Python's own: only these go into its grader's code."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from lambda_src.reward.rubric import Rubric

from .packages import package_files

BY_FAMILY: Final[Mapping[str, Sequence[str]]] = {
    "agent": ("fastjsonschema",),
    "code": ("pyflakes",),
    "extraction": ("fastjsonschema",),
    "tools": ("fastjsonschema",),
}
BY_FUNCTION: Final[Mapping[str, Sequence[str]]] = {
    # 35 MB: not for graders that compare numbers
    "maths.equivalent": ("antlr4", "latex2sympy2_extended", "math_verify", "mpmath", "sympy"),
}
"""Names of packages as they are imported."""


def library_files(packages: Sequence[str]) -> dict[str, Path]:
    """Files of packages and of their metadata, in which some look for each other's versions.

    Raises:
        PackageError: One is not installed or not Python alone.
    """
    files = {name: file for package in packages for name, file in package_files(package)}
    for package in packages:
        for distribution in map(metadata.distribution, set(_distributions()[package])):
            (entry,) = (e for e in distribution.files or () if e.name == "METADATA")
            files[str(entry)] = Path(str(entry.locate()))
    return files


@cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def libraries(rubric: Sequence[Mapping[str, Any]]) -> list[str]:
    """The packages that a rubric needs, in order.

    >>> libraries([{"function": "maths.final_answer", "weight": 1}])
    []
    """
    calls = [call for criterion in Rubric.from_config(rubric).criteria for call in criterion.calls]
    needed = {
        package for call in calls for package in (*BY_FAMILY.get(call.family, ()), *BY_FUNCTION.get(call.name, ()))
    }
    return sorted(needed)
