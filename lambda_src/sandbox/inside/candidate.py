"""The process of model-written code: it is asked for one call or one run at a time and answers with JSON.

Nothing here defends anything: the code that it serves shares this process and may change every object in it. All it
wins is to answer what it likes, without knowing which answers are right.
"""

import builtins
import io
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from types import CodeType, ModuleType
from typing import Any, Final

from .wire import Wire

MOST_OUTPUT: Final = 65536
"""Characters of one result, or bytes that one run prints."""

_MOST_TAIL: Final = 2000  # characters
_MOST_MESSAGE: Final = 300  # characters
_FRAMES: Final = 3  # of a traceback, the innermost
_FILE: Final = "response.py"
_MODULE: Final = "response"

Answer = dict[str, Any]
"""``{"value": ...}``, ``{"error": name of the exception, "message": text}`` or ``{"stopped": why}``."""


def serve(wire: Wire) -> None:
    """Answer requests until the other end closes."""
    server = _Server()
    while True:
        try:
            request = wire.receive()
        except EOFError:
            return
        wire.send(server.answer(request))


class _Server:
    """One response and what it has printed outside of runs."""

    def __init__(self) -> None:
        self._code: CodeType | None = None
        self._module = ModuleType(_MODULE)
        self._tail = _Tail()
        sys.stdout = sys.stderr = self._tail
        sys.stdin = io.StringIO()
        vars(builtins).update(exit=sys.exit, quit=sys.exit)  # the module that defines them is not loaded

    def answer(self, request: Mapping[str, Any]) -> Answer:
        match request:
            case {"compile": source}:
                return self._attempt(lambda: self._compile(source))
            case {"define": True}:
                return self._attempt(self._define)
            case {"call": name, "args": args, "kwargs": kwargs}:
                return self._attempt(lambda: self._call(name, args, kwargs))
            case {"stdin": text}:
                return self._attempt(lambda: self._run(text))
        return {"value": self._tail.text}

    def _compile(self, source: str) -> None:
        self._code = compile(source, _FILE, "exec", dont_inherit=True)

    def _define(self) -> None:
        sys.modules[_MODULE] = self._module  # dataclasses look for the module of a class
        self._execute(self._module)

    def _call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if name not in vars(self._module):
            raise NameError(f"name {name!r} is not defined")
        return vars(self._module)[name](*args, **kwargs)

    def _run(self, text: str) -> str:
        main = sys.modules["__main__"] = ModuleType("__main__")
        printed = _Printed()
        sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8")
        sys.stdout = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
        try:
            self._execute(main)
        except SystemExit as end:
            if end.code not in (None, 0):
                raise
        finally:
            sys.stdout = self._tail
        return printed.getvalue().decode(errors="replace")

    def _execute(self, module: ModuleType) -> None:
        if self._code is not None:
            exec(self._code, vars(module))  # noqa: S102 - the purpose of this process

    def _attempt(self, function: Callable[[], Any]) -> Answer:
        try:
            value = function()
        except _OutputTooLarge:
            return {"stopped": "output"}
        except MemoryError:
            return {"stopped": "memory"}
        except BaseException as error:
            return {"error": type(error).__name__, "message": self._told(error)}
        return _encoded(value)

    def _told(self, error: BaseException) -> str:
        """The last line of a traceback, the end of which goes to the tail."""
        try:
            frames = error.__traceback__
            while frames and frames.tb_frame.f_code.co_filename != _FILE:
                frames = frames.tb_next
            lines = traceback.format_exception(type(error), error, frames, limit=-_FRAMES)
            self._tail.write("".join(lines))
            return lines[-1].strip()[:_MOST_MESSAGE]
        except BaseException:  # an exception's own methods are the response's code, too
            return ""


def _encoded(value: Any) -> Answer:
    try:
        text = json.dumps(value, allow_nan=False)
        return {"stopped": "output"} if len(text) > MOST_OUTPUT else {"value": json.loads(text)}
    except MemoryError:
        return {"stopped": "memory"}
    except BaseException:  # a container's own methods are the response's code, too
        return {"stopped": "not-json"}


class _Tail(io.TextIOBase):
    """A stream that remembers the last characters written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text = (self.text + text)[-_MOST_TAIL:]
        return len(text)


class _OutputTooLarge(BaseException):
    """A run printed too much; not an ``Exception``, so that programs do not catch it by accident."""


class _Printed(io.BytesIO):
    def write(self, data: Any) -> int:
        if self.tell() + len(data) > MOST_OUTPUT:
            raise _OutputTooLarge
        return super().write(data)

    def close(self) -> None:
        """Stay readable: a stream around this one closes it when it goes."""
