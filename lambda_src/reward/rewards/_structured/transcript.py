"""What an agent's response consists of: calls of tools, what it says to have observed, and a final answer.

    <tool_call>{"name": "search", "arguments": {"to": "Oslo"}}</tool_call>
    <observation>...</observation>
    <final>Booked for 9:00.</final>

Observations in a response are the model's own words. They are left out, whatever they hold, calls and answers included.
The text around the sections is left out, too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from . import calls as _calls
from .calls import CallError, ToolCall

_TAG: Final = re.compile(r"(</?(?:tool_call|observation|final)>)")
_MOST_STEPS: Final = 128  # of one response

Step = ToolCall | None
"""A call; None for what was to be one and is malformed."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """An agent's response.

    Attributes:
        steps: In order; a section with several calls is several steps.
        final: The final answer; None unless there is exactly one, at the end: guesses are not to be listed.
        is_overlong: There are more steps than are read.
    """

    steps: tuple[Step, ...] = ()
    final: str | None = None
    is_overlong: bool = False

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The steps that are calls."""
        return tuple(step for step in self.steps if step is not None)


@lru_cache(maxsize=64)  # several reward functions ask for each response
def read(text: str) -> Transcript:
    """The transcript in a response.

    >>> transcript = read('<tool_call>{"name": "now", "arguments": {}}</tool_call><final>It is noon.</final>')
    >>> transcript.calls, transcript.final
    ((ToolCall(name='now', arguments={}),), 'It is noon.')
    """
    steps: list[Step] = []
    finals: list[str] = []
    for kind, content in _sections(text):
        if kind == "tool_call":
            steps += [None] if finals else _steps(content)  # whoever has answered is done
        elif kind == "final":
            finals.append(content.strip())
        if len(steps) > _MOST_STEPS:
            return Transcript(is_overlong=True)
    return Transcript(tuple(steps), finals[0] if len(finals) == 1 else None)


def _sections(text: str) -> list[tuple[str, str]]:
    """Kind and content of each section; one that does not end runs to the end of the text."""
    sections: list[tuple[str, list[str]]] = []
    is_open = False
    for piece in _TAG.split(text):
        if not is_open and piece in _OPENING:
            sections.append((piece[1:-1], []))
            is_open = True
        elif is_open and piece == f"</{sections[-1][0]}>":
            is_open = False
        elif is_open:
            sections[-1][1].append(piece)
    return [(kind, "".join(content)) for kind, content in sections]


_OPENING: Final = ("<tool_call>", "<observation>", "<final>")


def _steps(content: str) -> list[Step]:
    try:
        return list(_calls.read(content))
    except CallError:
        return [None]
