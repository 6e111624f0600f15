"""Changes to a solution's source: the same program in other words, and one that is wrong for sure."""

import ast
from typing import Final

_NEARLY: Final = "_nearly"
_OFF_BY_ONE: Final = """

def _slightly_off(result):
    if isinstance(result, bool):
        return not result
    if isinstance(result, (int, float)):
        return result + 1
    return result[1:] if isinstance(result, (list, str, tuple)) and result else None


def {function}(*args, **kwargs):
    return _slightly_off(_nearly(*args, **kwargs))
"""


def defined(source: str) -> str | None:
    """The function that a solution defines last; None for a program."""
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return names[-1] if names else None


def renamed(source: str) -> str:
    r"""The program with other names for the variables of its functions, arguments excepted.

    >>> print(renamed("def f(n):\n    total = n\n    return total"), end="")
    def f(n):
        total_value = n
        return total_value
    """
    tree = ast.parse(source)
    if any(isinstance(node, ast.ClassDef | ast.Global | ast.Nonlocal) for node in ast.walk(tree)):
        return source
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        local = {node.id for node in names if isinstance(node.ctx, ast.Store)} - arguments
        for node in names:
            if node.id in local:
                node.id += "_value"
    return ast.unparse(tree) + "\n"


def off_by_one(source: str, function: str | None) -> str:
    r"""The program with every result slightly off; what raises an exception still does.

    >>> print(off_by_one("print(6 * 7)\n", None), end="")
    print(6 * 7)
    print(1)
    """
    if function is None:
        return f"{source.rstrip()}\nprint(1)\n"
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            node.name = _NEARLY
        elif isinstance(node, ast.Name) and node.id == function:
            node.id = _NEARLY
    return ast.unparse(tree) + "\n" + _OFF_BY_ONE.format(function=function)
