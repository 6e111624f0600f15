"""A python grader as a family of reward functions: its own code in one module, and one function that calls it."""

import ast
import sys
from collections.abc import Iterator
from string import Template
from typing import Final

from .definition import MARK, GraderError, PythonCode

_PARAMETERS: Final = 2
_SOURCE: Final = Template("""\
# $mark: a grader's own code, as it came.
# ruff: noqa
# mypy: ignore-errors
""")
_FAMILY: Final = Template('''\
"""$mark: the python grader ``$family``.

Its code is in ``_${family}_grader`` and is trusted as the project's own. Values from $low to $high are mapped to 0 to
1, what lies outside is clipped, and an error in the code is one of the grader: it is counted, and costs its response
the lowest score.
"""

from typing import Any

from ..rollout import Rollout
from ..scaling import scaled
from ._${family}_grader import grade
from ._structured import json as _json  # noqa: I001 - wherever the family's name stands in the alphabet


def score(rollout: Rollout) -> float:
    """What the imported ``grade(sample, item)`` gives, mapped to 0 to 1."""
    return scaled(float(grade(_sample(rollout), _item(rollout))), $low, $high)


def parsed(rollout: Rollout) -> bool:
    """Whether the response says anything."""
    return bool(rollout.response)


def _sample(rollout: Rollout) -> dict[str, Any]:
    found = _json.find(rollout.response)
    message = {"role": "assistant", "content": rollout.response}
    return {
        "output_text": rollout.response,
        "output_json": found.value if found.is_alone else None,
        "output_tools": [],
        "choices": [{"index": 0, "message": message}],
    }


def _item(rollout: Rollout) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": rollout.prompt}], **rollout.fields}
''')


def modules(grader: PythonCode, family: str, bounds: tuple[float, float], where: str) -> dict[str, str]:
    """Content of both modules by file name.

    Args:
        bounds: Lowest and highest value of the grader.

    Raises:
        GraderError: The code cannot run in a grader.
    """
    _check(grader.source, f"{where}.source")
    low, high = bounds
    return {
        f"_{family}_grader.py": f"{_SOURCE.substitute(mark=MARK)}\n{grader.source.strip()}\n",
        f"{family}.py": _FAMILY.substitute(mark=MARK, family=family, low=repr(float(low)), high=repr(float(high))),
    }


def notes(bounds: tuple[float, float]) -> Iterator[str]:
    """What the reward function does otherwise than the grader."""
    yield (
        f"values from {bounds[0]:g} to {bounds[1]:g} are mapped to 0 to 1 (--range says another range); an error in "
        "the code is counted as one of the grader, where the definition's service gives 0"
    )
    yield "sample holds output_text, output_json and choices, no tool calls and no audio; item.messages is the prompt"
    yield "the code may take 2 s for one response, and is killed then; the definition's service gives it 120 s"


def _check(source: str, where: str) -> None:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise GraderError(where, f"{error}; expected Python code") from None
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "grade"]
    if not functions or len(functions[-1].args.args) != _PARAMETERS:
        raise GraderError(where, "no function grade(sample, item) at its outermost level; expected one")
    foreign = sorted({name for name in _imported(tree) if name not in sys.stdlib_module_names})
    if foreign:
        raise GraderError(
            where,
            f"imports {', '.join(foreign)}, which a grader's Lambda does not hold; expected Python's own library "
            "(and text_similarity in place of rapidfuzz or rouge_score)",
        )


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else str(node.module).partition(".")[0]
