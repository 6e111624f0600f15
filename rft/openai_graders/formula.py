"""``calculate_output``: the formula of a multi grader, as what a rubric can express.

A rubric pays a weighted mean, a smallest value, and both behind gates. So a formula is taken if it is a weighted sum of
graders and of ``min(...)`` of graders, times string checks. It is read with ``ast`` and never evaluated.
"""

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final

from .definition import GraderError

Atom = tuple[str, ...]
"""One grader, or several of which the smallest value counts."""
Sum = tuple[dict[Atom, float], float]
"""Coefficients of graders, and a constant."""

_TAKEN: Final = (
    "expected a weighted sum of graders and of min(...) of graders, which may be multiplied by string_check graders "
    "and clipped by max(0, ...) and min(1, ...); anything else has to become a reward function of its own, see "
    "docs/import-grader.md"
)
_CLIP_ARGUMENTS: Final = 2
_NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Formula:
    """``product of gates * (sum of coefficient * atom + constant)``."""

    terms: Mapping[Atom, float]
    constant: float = 0.0
    gates: tuple[str, ...] = ()
    is_clipped: bool = False


def parse(text: str, names: Set[str], binary: Set[str], where: str) -> Formula:
    """Read a formula.

    Args:
        names: Of the graders.
        binary: Those of them that give 0 or 1 and nothing else.

    Raises:
        GraderError: It is no formula, or none that a rubric can express; names the part.

    >>> parse("ok * (0.5 * a + b / 2)", {"ok", "a", "b"}, {"ok"}, "$")
    Formula(terms={('a',): 0.5, ('b',): 0.5}, constant=0.0, gates=('ok',), is_clipped=False)
    """
    try:
        node = ast.parse(text.strip(), mode="eval").body
        return _read(node, binary, _Reader(names, where))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, GraderError):
            raise
        raise GraderError(where, f"{text[:80]!r} is no formula ({error}); {_TAKEN}") from None


def _read(node: ast.expr, binary: Set[str], reader: "_Reader") -> Formula:
    inner, is_clipped = reader.unclipped(node)
    gates, rest = _split(list(_factors(inner)), binary, reader)
    only: Sum = {(gates[-1],): 1.0} if gates else {}, 0.0
    terms, constant = reader.sum_of(rest) if rest else only
    if not terms:
        raise reader.refused(node, "depends on no grader")
    if gates and constant:
        raise reader.refused(inner, "pays a constant besides its graders")
    return Formula(terms, constant, tuple(gates), is_clipped)


def _factors(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield from _factors(node.left)
        yield from _factors(node.right)
    else:
        yield node


def _split(factors: list[ast.expr], binary: Set[str], reader: "_Reader") -> tuple[list[str], ast.expr | None]:
    """Factors that open or close, and what is left of the product."""
    is_product = sum(not _is_number(factor) for factor in factors) > 1
    gates = [f.id for f in factors if is_product and isinstance(f, ast.Name) and f.id in binary]
    rest = [f for f in factors if not (isinstance(f, ast.Name) and f.id in gates)]
    if sum(not _is_number(factor) for factor in rest) > 1:
        varying = [ast.unparse(factor) for factor in rest if not _is_number(factor)]
        raise reader.refused(rest[0], f"is multiplied by {varying[1]}, and neither is 0 or 1")
    product: ast.expr | None = None
    for factor in rest:
        product = factor if product is None else ast.BinOp(product, ast.Mult(), factor)
    return gates, product


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and _is_number(node.operand))


class _Reader:
    """What parts of a formula are."""

    def __init__(self, names: Set[str], where: str) -> None:
        self._names, self._where = names, where

    def refused(self, node: ast.expr, why: str) -> GraderError:
        return GraderError(self._where, f"{ast.unparse(node)!r} {why}; {_TAKEN}")

    def unclipped(self, node: ast.expr) -> tuple[ast.expr, bool]:
        """The formula within ``max(0, ...)`` and ``min(1, ...)``."""
        bound = {"max": 0.0, "min": 1.0}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == _CLIP_ARGUMENTS:
            numbers = [arg for arg in node.args if _is_number(arg)]
            if len(numbers) == 1 and node.func.id in bound and self._number(numbers[0]) == bound[node.func.id]:
                inner = next(arg for arg in node.args if arg is not numbers[0])
                return self.unclipped(inner)[0], True
        return node, False

    def sum_of(self, node: ast.expr) -> Sum:
        """Coefficients and constant of a sum."""
        if _is_number(node):
            return {}, self._number(node)
        if isinstance(node, ast.Name):
            return {self._atom(node, node.id): 1.0}, 0.0
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            return _scaled(self.sum_of(node.operand), -1.0 if isinstance(node.op, ast.USub) else 1.0)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "min":
            return {self._smallest(node): 1.0}, 0.0
        raise self.refused(node, "has no equivalent in a rubric")

    def _operation(self, node: ast.BinOp) -> Sum:
        if not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            raise self.refused(node, "has no equivalent in a rubric")
        one, other = self.sum_of(node.left), self.sum_of(node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            return _added(one, _scaled(other, -1.0) if isinstance(node.op, ast.Sub) else other)
        return self._product(node, one, other)

    def _product(self, node: ast.BinOp, one: Sum, other: Sum) -> Sum:
        if isinstance(node.op, ast.Div):
            if other[0] or not other[1]:
                raise self.refused(node, "divides by something else than a number above or below 0")
            return _scaled(one, 1 / other[1])
        if one[0] and other[0]:
            raise self.refused(node, "multiplies graders within a sum")
        return _scaled(other, one[1]) if not one[0] else _scaled(one, other[1])

    def _smallest(self, node: ast.Call) -> Atom:
        names = [arg.id for arg in node.args if isinstance(arg, ast.Name)]
        if node.keywords or len(names) < len(node.args) or len(set(names)) < _CLIP_ARGUMENTS:
            raise self.refused(node, "takes the smallest of other things than two graders or more")
        return tuple(name for each in names for name in self._atom(node, each))

    def _atom(self, node: ast.expr, name: str) -> Atom:
        if name not in self._names:
            raise GraderError(
                self._where,
                f"{name!r} in {ast.unparse(node)!r} is no grader; expected {', '.join(sorted(self._names))}",
            )
        return (name,)

    def _number(self, node: ast.expr) -> float:
        sign = 1.0
        while isinstance(node, ast.UnaryOp):
            sign = -sign if isinstance(node.op, ast.USub) else sign
            node = node.operand
        value = node.value if isinstance(node, ast.Constant) else None
        if type(value) not in (int, float):
            raise self.refused(node, "is no number")
        return sign * float(value)  # type: ignore[arg-type]  # a number by now


def _scaled(sum_: Sum, factor: float) -> Sum:
    terms, constant = sum_
    return {atom: factor * coefficient for atom, coefficient in terms.items()}, factor * constant


def _added(one: Sum, other: Sum) -> Sum:
    terms = {atom: one[0].get(atom, 0.0) + other[0].get(atom, 0.0) for atom in (*one[0], *other[0])}
    return {atom: coefficient for atom, coefficient in terms.items() if abs(coefficient) > _NEAR}, one[1] + other[1]
