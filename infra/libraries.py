"""Libraries that a rubric's reward functions need beside Python's own: only these go into its grader's code."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lambda_src.reward.rubric import Rubric

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
