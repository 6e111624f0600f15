"""Conversation with one locked-down process: JSON lines, within a time, up to a size."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any, Final

_MOST_MESSAGE: Final = 262_144  # bytes; more than the longest honest answer, escapes included
_CHUNK: Final = 65536  # bytes
_DEEPEST: Final = 100  # lists and objects inside each other
_SHORTEST: Final = 0.001  # s; 0 would mean not to wait at all


class StoppedError(Exception):
    """A copy gave no answer; the text is ``timeout``, ``output`` or ``died``."""


class Copy:
    """A locked-down process and our end of its socket.

    Attributes:
        received: Bytes of its last message.
    """

    def __init__(self, connection: socket.socket, kill: Callable[[], float]) -> None:
        """Talk to it.

        Args:
            connection: To the process; closed when it ends.
            kill: Ends it and returns the seconds of processor time that it has used.
        """
        self.received = 0
        self._connection = connection
        self._kill = kill
        self._unread = b""

    def ask(self, question: object, seconds: float) -> dict[str, Any]:
        """Send a question and wait for its answer.

        Raises:
            StoppedError: None came in time, or none that can be understood.
        """
        self.send(question, seconds)
        return self.receive(seconds)

    def send(self, question: object, seconds: float) -> None:
        """Send without waiting for an answer.

        Raises:
            StoppedError: It is not taken in time.
        """
        self._connection.settimeout(max(seconds, _SHORTEST))
        try:
            self._connection.sendall(json.dumps(question).encode() + b"\n")
        except TimeoutError:
            raise StoppedError("timeout") from None
        except OSError:
            raise StoppedError("died") from None

    def receive(self, seconds: float) -> dict[str, Any]:
        """Wait for the next message.

        Raises:
            StoppedError: None came in time, or none that can be understood.
        """
        until = time.monotonic() + seconds
        while b"\n" not in self._unread:
            self._unread += self._chunk(until)
            if len(self._unread) > _MOST_MESSAGE:
                raise StoppedError("output")
        line, _, self._unread = self._unread.partition(b"\n")
        self.received = len(line)
        return _object(line)

    def end(self) -> float:
        """Kill it; returns the seconds of processor time that it has used."""
        self._connection.close()
        return self._kill()

    def _chunk(self, until: float) -> bytes:
        self._connection.settimeout(max(until - time.monotonic(), _SHORTEST))
        try:
            chunk = self._connection.recv(_CHUNK)
        except TimeoutError:
            raise StoppedError("timeout") from None
        except OSError:
            chunk = b""
        if not chunk:
            raise StoppedError("died")
        return chunk


def _object(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise StoppedError("died") from None
    if not isinstance(message, dict):
        raise StoppedError("died")
    if _is_deeper(message, _DEEPEST):  # whoever passes it on would run into Python's limit
        raise StoppedError("output")
    return message


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in inner)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
