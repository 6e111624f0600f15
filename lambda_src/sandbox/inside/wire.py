"""JSON lines through the one file descriptor that a locked-down process has."""

import json
import os
from typing import Any

_CHUNK = 65536  # bytes


class Wire:
    """Messages from and to the process outside."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unread = b""

    def receive(self) -> Any:
        """Return the next message.

        Raises:
            EOFError: There is nobody any more who could send one.
        """
        while b"\n" not in self._unread:
            chunk = os.read(self._descriptor, _CHUNK)
            if not chunk:
                raise EOFError
            self._unread += chunk
        line, _, self._unread = self._unread.partition(b"\n")
        return json.loads(line)

    def send(self, message: object) -> None:
        """Send a message.

        Raises:
            TypeError: It is not made of JSON values.
            ValueError: It holds a number that JSON has not, or refers to itself.
        """
        line = json.dumps(message, allow_nan=False).encode() + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]
