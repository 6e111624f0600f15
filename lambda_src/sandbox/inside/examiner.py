"""The process of a record's own tests: it calls the response's functions through the process outside.

Tests and response never share a process. A name that the tests use and neither bind nor import becomes a proxy: its
calls travel as JSON, and so do the results. The cases are, in this order, the top-level statements that are neither
imports, definitions nor assignments (``assert add(2, 3) == 5``, a loop of asserts, ``check(add)``), and the functions
called ``test_*``.
"""

import ast
import builtins
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from .wire import Wire

_MOST_MESSAGE: Final = 300  # characters
_FILE: Final = "tests"

_Imports = ast.Import | ast.ImportFrom
_Functions = ast.FunctionDef | ast.AsyncFunctionDef
_Definitions = _Functions | ast.ClassDef
_Assignments = ast.Assign | ast.AnnAssign | ast.AugAssign

Outcome = dict[str, Any]


class CandidateError(Exception):
    """The response raised an exception of its own making, or one that cannot be raised again from its name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class _StoppedError(BaseException):
    """The response was stopped; not an ``Exception``, so that tests do not catch it by accident."""


class _InvalidTestsError(Exception):
    """The tests are at fault, whatever the response is."""


def examine(wire: Wire) -> None:
    """Take the tests, say how many cases they have, and send one outcome for each."""
    try:
        examination = _Examination(wire, wire.receive()["tests"])
    except (SyntaxError, ValueError, RecursionError, MemoryError, _InvalidTestsError) as error:
        wire.send({"invalid": f"{type(error).__name__}: {error}"})
        return
    wire.send({"cases": examination.labels})
    for outcome in examination.outcomes():
        wire.send({"outcome": outcome})


class _Examination:
    """The tests of one record."""

    def __init__(self, wire: Wire, source: str) -> None:
        self._tree = ast.parse(source, _FILE)
        self._functions = [
            statement.name
            for statement in self._tree.body
            if isinstance(statement, _Functions) and statement.name.startswith("test_")
        ]
        self.labels = [f"line {statement.lineno}" for statement in self._tree.body if _is_case(statement)]
        self.labels += self._functions
        if not self.labels:
            raise _InvalidTestsError("no case; expected an assert or a function called test_*")
        proxies = {name: _proxy(wire, name) for name in _unbound(self._tree)}
        self._names: dict[str, Any] = {"__name__": _FILE, "raises": raises, **proxies}
        self._import()

    def _import(self) -> None:
        try:
            for statement in self._tree.body:
                if isinstance(statement, _Imports):
                    self._execute(statement)
        except ImportError as error:
            raise _InvalidTestsError(f"{error}; expected modules that the sandbox has") from None

    def outcomes(self) -> Iterator[Outcome]:
        """Run the cases in order; after a failed assignment or definition all that follow fail as it did."""
        broken: Outcome | None = None
        for statement in self._tree.body:
            if _is_case(statement):
                yield broken or _attempt(partial(self._execute, statement))
            elif broken is None:
                outcome = _attempt(partial(self._execute, statement))
                broken = None if "value" in outcome else outcome
        for name in self._functions:
            yield broken or _attempt(self._names[name])

    def _execute(self, statement: ast.stmt) -> None:
        exec(compile(ast.Module([statement], []), _FILE, "exec", dont_inherit=True), self._names)  # noqa: S102 - the purpose of this process


def raises(name: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Whether the call raises the exception of this name, its own and not a base class's.

    Raises:
        AssertionError: It does not.
    """
    try:
        value = function(*args, **kwargs)
    except Exception as error:
        found = error.name if isinstance(error, CandidateError) else type(error).__name__
        if found == name:
            return True
        raise AssertionError(f"raised {found}; expected {name}") from None
    raise AssertionError(f"returned {value!r}; expected {name}")


def _proxy(wire: Wire, name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        wire.send({"call": name, "args": args, "kwargs": kwargs})
        answer = wire.receive()
        if "value" in answer:
            return answer["value"]
        raise _StoppedError(answer["stopped"]) if "stopped" in answer else _as_exception(answer)

    return call


def _as_exception(answer: dict[str, Any]) -> Exception:
    known = getattr(builtins, answer["error"], None)
    message = answer.get("message", "")
    if isinstance(known, type) and issubclass(known, Exception):
        try:
            return known(message)
        except TypeError:  # it wants more than a message
            pass
    return CandidateError(answer["error"], message)


def _attempt(case: Callable[[], Any]) -> Outcome:
    try:
        case()
    except _StoppedError as stopped:
        return {"stopped": str(stopped)}
    except BaseException as error:
        name = error.name if isinstance(error, CandidateError) else type(error).__name__
        return {"error": name, "message": str(error)[:_MOST_MESSAGE]}
    return {"value": True}


def _is_case(statement: ast.stmt) -> bool:
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return not is_constant and not isinstance(statement, _Imports | _Definitions | _Assignments | ast.Pass)


def _unbound(tree: ast.Module) -> set[str]:
    """Names that are used and bound nowhere in the tests: those of the response."""
    used: set[str] = set()
    bound = {"raises", *dir(builtins)}
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                used.add(name)
            case ast.Name(id=name) | ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.alias(name=name, asname=alias):
                bound.add(alias or name.partition(".")[0])
    return used - bound
