"""Reward functions in a process that can be killed.

A library that hangs, a pattern that backtracks for hours or a text that eats all memory must cost one rollout and not
the batch. ``signal.alarm`` cannot promise that: it needs the main thread, and C code does not hear it. So a child
process, started once and kept, applies the function; this process waits for each answer, and ends the child when one
takes too long or when it dies. It starts with the rubric and without this process's credentials.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any, Final

from .batched import NEVER, Deadline
from .rollout import Rollout, TransientError
from .rubric import Rubric, Values

SECONDS_PER_ROLLOUT: Final = 2.0
"""Limit for one rollout; the slowest bundled function, symbolic equality, takes up to half a second."""

_START_SECONDS: Final = 30.0  # for Python and the rubric's modules, on a starved machine
_WINDOW: Final = 32  # rollouts under way: few enough that a full pipe never blocks both ends
_SECRETS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


class Guard:
    """Applies a rubric's functions for single rollouts in a child process; one batch at a time.

    Attributes:
        killed: How many children were ended because of a rollout.
    """

    def __init__(
        self, entries: Sequence[Mapping[str, Any]], *, seconds: float = SECONDS_PER_ROLLOUT, start: bool = True
    ) -> None:
        """Start the child, which imports while this process goes on.

        Args:
            entries: The rubric, as project files write it.
            seconds: Limit for one rollout.
            start: Whether to start now and not with the first batch.
        """
        self._entries = json.dumps(list(entries))
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child: _Child | None = _Child(self._entries) if start else None
        self.killed = 0

    def __call__(self, _: object, rollouts: Sequence[Rollout], *, deadline: Deadline = NEVER) -> list[Values]:
        """What ``Rubric.evaluate`` says of every rollout, in order; the rubric that evaluates is the child's own.

        Raises:
            TransientError: A reward function asks for another try, time is short, or no child can be started.
        """
        with self._lock:
            known: list[Values] = []
            while len(known) < len(rollouts):
                known += self._until_killed(rollouts[len(known) :], deadline)
            return known

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _until_killed(self, rollouts: Sequence[Rollout], deadline: Deadline) -> list[Values]:
        """Answers for the rollouts up to and including the one that costs the child its life."""
        if self._child is None:
            self._child = _Child(self._entries)
        child, sent = self._child, 0
        known: list[Values] = []
        try:
            child.await_ready()
            for i, rollout in enumerate(rollouts):
                while sent < min(i + _WINDOW, len(rollouts)):
                    child.send(rollouts[sent])
                    sent += 1
                deadline.require(self._seconds, f"rollout {rollout.id}")
                answer = child.answer(self._seconds)
                if isinstance(answer, str):
                    self._kill()
                    return [*known, Values(error=f"rollout {rollout.id}: {answer}", failed="time-or-memory")]
                known.append(answer)
        except TransientError:
            self._kill()
            raise
        return known

    def _kill(self) -> None:
        self.close()
        self.killed += 1


class _Child:
    """The process and the two ends of its pipes."""

    def __init__(self, entries: str) -> None:
        (read, tell), (hear, write) = os.pipe(), os.pipe()
        environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
        self._process = subprocess.Popen(  # noqa: S603 - this module itself
            [sys.executable, "-P", "-m", "lambda_src.reward.guard", str(hear), str(tell)],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=(hear, tell),
        )
        os.close(hear)
        os.close(tell)
        self._in, self._out = Connection(read, writable=False), Connection(write, readable=False)
        self._is_ready = False
        self.send(entries)

    def await_ready(self) -> None:
        """Wait until the child has its rubric.

        Raises:
            TransientError: It does not start.
        """
        if not self._is_ready and self.answer(_START_SECONDS) is not True:
            raise TransientError(f"the process of the reward functions did not start within {_START_SECONDS:.0f} s")
        self._is_ready = True

    def send(self, value: object) -> None:
        try:
            self._out.send(value)
        except BrokenPipeError:
            return  # it has died; waiting for the answer says so

    def answer(self, seconds: float) -> Any:
        """The next answer; a text says why there is none.

        Raises:
            TransientError: A reward function asks for another try.
        """
        try:
            if not self._in.poll(seconds):
                return f"grading took more than {seconds:g} s; expected reward functions to answer within that"
            answer = self._in.recv()
        except (EOFError, ConnectionResetError):
            return f"grading ended its process (status {self._process.wait()}); out of memory, perhaps"
        if isinstance(answer, TransientError):
            raise answer
        return answer

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._in.close()
        self._out.close()


def _serve(read: int, write: int) -> None:
    """The child: rollouts in, values out, until the other end closes."""
    hear, tell = Connection(read, writable=False), Connection(write, readable=False)
    rubric = Rubric.from_config(json.loads(hear.recv()))
    rubric.preload()
    tell.send(True)
    while True:
        try:
            rollout = hear.recv()
        except EOFError:
            return
        try:
            tell.send(rubric.evaluate(rollout))
        except TransientError as again:
            tell.send(again)


if __name__ == "__main__":
    _serve(*map(int, sys.argv[1:]))
