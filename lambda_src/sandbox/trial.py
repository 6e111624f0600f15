"""One item, from its code to its outcomes.

Code and tests run in processes of their own; this module passes calls and results between the two. An outcome is
``{"value": ...}`` (of a test that passed: true), ``{"error": name of the exception, "message": text}`` or
``{"stopped": why}`` with ``timeout``, ``memory``, ``output``, ``not-json`` or ``died``.
"""

import math
import time
from collections.abc import Mapping
from typing import Any, Final

from .copy_process import Copy, StoppedError
from .request import MOST_SECONDS, Item
from .template import Template

MOST_OUTPUT: Final = 262_144
"""Bytes of all outcomes of one item."""

_GRACE_SECONDS: Final = 1.0
"""For tests to say that a call was stopped."""
_TAIL_SECONDS: Final = 0.2
_MOST_TAIL: Final = 2000  # characters
_MOST_MESSAGE: Final = 300  # characters

Outcome = dict[str, Any]
Result = dict[str, Any]


def attempt(item: Item, template: Template) -> Result:
    """Run one item.

    Returns:
        ``outcomes`` (one per case), ``cases`` (what tests are called, if there are tests), ``cpu_seconds``, ``stderr``
        (the end of what the code printed there, tracebacks included); or ``invalid``: why the tests are at fault.

    Raises:
        SandboxError: The template has died.
    """
    candidate = _Candidate(item, template)
    try:
        if item.tests is None:
            found: Result = {"outcomes": [candidate.answer(ask, item.seconds_per_case) for ask in item.asks]}
        else:
            found = _examined(item.tests, candidate, _started(template, "examiner", item))
        return found | {"stderr": candidate.end(), "cpu_seconds": candidate.cpu_seconds}
    finally:
        candidate.end()


class _Candidate:
    """The code of an item, in a process that is replaced when a case has stopped it.

    Attributes:
        cpu_seconds: What its processes have used, as the kernel counts it.
        until: When the item's time is over, on the clock of ``time.monotonic``.
    """

    def __init__(self, item: Item, template: Template) -> None:
        self.cpu_seconds = 0.0
        self.until = time.monotonic() + MOST_SECONDS
        self._item = item
        self._template = template
        self._copy: Copy | None = None
        self._broken: Outcome | None = None
        self._output = 0

    @property
    def seconds_per_case(self) -> float:
        return self._item.seconds_per_case

    def answer(self, ask: Mapping[str, Any], seconds: float) -> Outcome:
        """The outcome of one call or run."""
        outcome = self._broken or self._outcome(ask, seconds)
        return outcome if self._output <= MOST_OUTPUT else {"stopped": "output"}

    def end(self) -> str:
        """Kill the process; returns the end of what it has printed."""
        if self._copy is None:
            return ""
        try:
            tail = str(self._copy.ask({"stderr": True}, _TAIL_SECONDS).get("value", ""))
        except StoppedError:
            tail = ""
        self._kill(self._copy)
        return tail[-_MOST_TAIL:]

    def _outcome(self, ask: Mapping[str, Any], seconds: float) -> Outcome:
        seconds = min(seconds, self.until - time.monotonic())
        if seconds <= 0:
            return {"stopped": "timeout"}
        if self._copy is None:
            self._copy = _started(self._template, "candidate", self._item)
            self._broken = self._load(self._copy)
        return self._broken or self._asked(self._copy, ask, seconds)

    def _load(self, copy: Copy) -> Outcome | None:
        """Make the code ready; what keeps it from that is the outcome of every case."""
        steps: list[Mapping[str, Any]] = [{"compile": self._item.code}]
        if self._item.defines:
            steps.append({"define": True})
        for step in steps:
            outcome = self._asked(copy, step, min(self._item.seconds_per_case, self.until - time.monotonic()))
            if "value" not in outcome:
                return outcome
        return None

    def _asked(self, copy: Copy, question: Mapping[str, Any], seconds: float) -> Outcome:
        try:
            answer = _checked(copy.ask(question, seconds))
            self._output += copy.received
            return answer
        except StoppedError as stopped:
            self._kill(copy)
            return {"stopped": str(stopped)}

    def _kill(self, copy: Copy) -> None:
        self._copy = None
        self.cpu_seconds += copy.end()


def _examined(tests: str, candidate: _Candidate, examiner: Copy) -> Result:
    outcomes: list[Outcome] = []
    cases: list[str] = []
    try:
        head = examiner.ask({"tests": tests}, MOST_SECONDS)
        if "invalid" in head:
            return {"invalid": head["invalid"]}
        cases = head["cases"]
        while len(outcomes) < len(cases):
            outcomes.append(_case(candidate, examiner))
    except StoppedError as stopped:
        if not cases:
            return {"invalid": f"they were stopped before their first case: {stopped}"}
        outcomes += [{"stopped": str(stopped)}] * (len(cases) - len(outcomes))
    finally:
        examiner.end()
    return {"outcomes": outcomes, "cases": cases}


def _case(candidate: _Candidate, examiner: Copy) -> Outcome:
    """The outcome of the next case; meanwhile, its calls go to the candidate."""
    until = min(time.monotonic() + candidate.seconds_per_case, candidate.until)
    while True:
        message = examiner.receive(until - time.monotonic() + _GRACE_SECONDS)
        if "outcome" in message:
            return dict(message["outcome"])
        answer = candidate.answer(message, until - time.monotonic())
        examiner.send(answer, _GRACE_SECONDS)


def _started(template: Template, role: str, item: Item) -> Copy:
    # the clock ends a copy before its processor time does, unless this process has ended
    return template.start(role, memory_mb=item.memory_mb, cpu_seconds=math.ceil(MOST_SECONDS) + 1)


def _checked(message: dict[str, Any]) -> Outcome:
    """The message of a process that may say anything."""
    match message:
        case {"value": _, **rest} if not rest:
            return message
        case {"error": str(name), "message": str(text), **rest} if not rest:
            return {"error": name[:_MOST_MESSAGE], "message": text[:_MOST_MESSAGE]}
        case {"stopped": "memory" | "output" | "not-json", **rest} if not rest:
            return message
    raise StoppedError("died")
