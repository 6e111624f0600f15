"""What a rehearsal shows while it works: numbered stages, and under each what is being waited for."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.text import Text

_EVERY_SECONDS = 5.0  # between two lines where there is no terminal


class Progress:
    """Stages with elapsed seconds: a live line on a terminal, a new line every few seconds elsewhere."""

    def __init__(self, console: Console, *, stages: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._stages = stages
        self._clock = clock
        self._start = clock()
        self._stage = 0
        self._shown_at = self._start
        self._status: Status | None = None
        self._text = ""

    @property
    def elapsed_seconds(self) -> float:
        return self._clock() - self._start

    def stage(self, title: str) -> None:
        """Begin the next stage."""
        self._stage += 1
        self.line(f"[{self._stage}/{self._stages}] {self.elapsed_seconds:5.1f} s  {title}")
        self._shown_at = self._clock()
        self._text = ""

    def now(self, text: str) -> None:
        """Say what is being waited for; call it as often as you like."""
        if self._console.is_terminal:
            self._live(text)
        elif text != self._text and self._clock() - self._shown_at >= _EVERY_SECONDS:
            self.line(f"      {self.elapsed_seconds:5.1f} s  {text}")
            self._text, self._shown_at = text, self._clock()

    def line(self, text: str) -> None:
        """Say something that stays."""
        self.quiet()
        self._console.print(Text(text), soft_wrap=True)

    def quiet(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _live(self, text: str) -> None:
        shown = Text(f"{self.elapsed_seconds:5.1f} s  {text}", no_wrap=True, overflow="ellipsis")
        if self._status is None:
            self._status = Status(shown, console=self._console)
            self._status.start()
        self._status.update(shown)


def step_line(phase: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """One line on a job: its phase and, once it trains, its newest numbers.

    >>> step_line("training", [{"step": 2, "total": 60, "trainingReward": 0.5, "policyEntropy": 0.61}])
    'training: step 2 of 60, reward 0.50, entropy 0.61 nats'
    """
    if not rows:
        return phase
    newest = rows[-1]
    evaluated = [row for row in rows if row.get("validationReward") is not None]
    numbers = {
        "reward {:.2f}": newest.get("trainingReward"),
        "validation reward {:.2f}": evaluated[-1]["validationReward"] if evaluated else None,
        "length {:.1f} tokens": newest.get("trainingEpisodeLength"),
        "entropy {:.2f} nats": newest.get("policyEntropy"),
    }
    shown = [form.format(value) for form, value in numbers.items() if value is not None]
    return ", ".join([f"{phase}: step {newest['step']} of {newest['total']}", *shown])
