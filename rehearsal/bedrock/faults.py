"""Errors that tests ask for: the next calls of an operation fail as told."""

import threading
from collections.abc import Mapping
from typing import Any

from rehearsal.bedrock.errors import ApiError

_MEMBERS = {"operation": str, "error": str, "message": str, "times": int}


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[dict[str, Any]] = []

    def add(self, fault: Mapping[str, Any]) -> None:
        """Let the next ``times`` calls of ``operation`` fail with ``error``.

        Raises:
            ApiError: A member is missing, unknown or of another type.
        """
        if not isinstance(fault, Mapping) or fault.keys() != _MEMBERS.keys():
            raise ApiError("ValidationException", f"a fault has the members {sorted(_MEMBERS)}")
        for name, kind in _MEMBERS.items():
            if not isinstance(fault[name], kind):
                raise ApiError("ValidationException", f"{name} of a fault is of type {kind.__name__}")
        with self._lock:
            self._pending.append(dict(fault))

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()

    def check(self, operation: str) -> None:
        """Called before each operation.

        Raises:
            ApiError: This call is one of those that shall fail.
        """
        with self._lock:
            fault = next((f for f in self._pending if f["operation"] == operation and f["times"] > 0), None)
            if fault is None:
                return
            fault["times"] -= 1
        raise ApiError(fault["error"], fault["message"])
