"""CloudWatch metric math on one period: arithmetic, comparisons, IF, FILL and functions over lists of metrics.

The subset is what has one meaning per period; functions over time (RATE, RUNNING_SUM, ANOMALY_DETECTION_BAND, SUM of
one series, SEARCH) are refused by name. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any


class UnsupportedExpressionError(ValueError):
    """The expression is valid on AWS, perhaps, but not here."""


_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_OF_ONE: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_OF_LISTS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVG": lambda values: sum(values) / len(values),
    "MIN": min,
    "MAX": max,
}
_SPELLINGS = ((r"\^", "**"), (r"&&|\bAND\b", " and "), (r"\|\||\bOR\b", " or "))


def evaluate(expression: str, values: Mapping[str, float | None]) -> float | None:
    """Return the value of one period; None if a metric it needs has no datapoint there.

    Raises:
        UnsupportedExpressionError: A function or construct outside the subset, or an unknown metric.

    >>> evaluate("IF(errors > 0, 100 * errors / total, 0)", {"errors": 1.0, "total": 4.0})
    25.0
    """
    try:
        return _value(_parse(expression).body, values)
    except ZeroDivisionError:
        return None  # CloudWatch has no datapoint there either


def names(expression: str) -> set[str]:
    """Return the ids an expression refers to."""
    tree = _parse(expression)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def _parse(expression: str) -> ast.Expression:
    text = expression
    for pattern, spelling in _SPELLINGS:
        text = re.sub(pattern, spelling, text)
    try:
        return ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        raise UnsupportedExpressionError(f"cannot read {expression!r}: {error.msg}") from None


def _value(node: ast.AST, values: Mapping[str, float | None]) -> float | None:  # noqa: PLR0911 - one per construct
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _apply(operator.neg, operand, values=values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _apply(_OPERATORS[type(op)], left, right, values=values)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _apply(_OPERATORS[type(op)], left, right, values=values)
        case ast.BoolOp(op=op, values=parts):
            return _apply(_all_of if isinstance(op, ast.And) else _any_of, *parts, values=values)
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            return _call(function, arguments, values)
    raise UnsupportedExpressionError(f"{ast.unparse(node)!r} is not supported by the embedded AWS")


def _all_of(*values: float) -> bool:
    """Metric math's AND."""
    return all(values)


def _any_of(*values: float) -> bool:
    """Metric math's OR."""
    return any(values)


def _call(function: str, arguments: list[ast.expr], values: Mapping[str, float | None]) -> float | None:
    match function, arguments:
        case "IF", [condition, then, otherwise]:
            chosen = _value(condition, values)
            return None if chosen is None else _value(then if chosen else otherwise, values)
        case "FILL", [metric, ast.Constant(value=int() | float())]:
            found = _value(metric, values)
            return found if found is not None else _value(arguments[1], values)
        case name, [metric] if name in _OF_ONE:
            return _apply(_OF_ONE[name], metric, values=values)
        case name, [metrics] if name in _OF_LISTS:
            present = [value for value in _list(metrics, values) if value is not None]
            return float(_OF_LISTS[name](present)) if present else None
    raise UnsupportedExpressionError(f"{function}() in this form is not supported by the embedded AWS")


def _list(node: ast.expr, values: Mapping[str, float | None]) -> list[float | None]:
    match node:
        case ast.List(elts=elements):
            return [_value(element, values) for element in elements]
        case ast.Call(func=ast.Name(id="METRICS"), args=[]):
            return list(values.values())
    raise UnsupportedExpressionError(f"{ast.unparse(node)!r}: only lists of metrics are supported by the embedded AWS")


def _apply(function: Callable[..., Any], *operands: ast.expr, values: Mapping[str, float | None]) -> float | None:
    numbers = [_value(operand, values) for operand in operands]
    return None if None in numbers else float(function(*numbers))
