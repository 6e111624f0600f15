"""Runs of one kind: what was done to them, and what that is expected to lead to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.labelled_runs.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A fault, or none, in several settings.

    Attributes:
        about: What was done, in words.
        expects: Detectors that are to go off; none for a healthy run.
        allowed: Detectors that may go off, too, each with the reason.
        settings: One for each run; its place is the run's seed.
    """

    name: str
    about: str
    settings: Sequence[Setting]
    expects: Sequence[str] = ()
    allowed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_healthy(self) -> bool:
        return not self.expects

    def runs(self) -> Iterator[tuple[int, Setting]]:
        """Seed and setting of every run."""
        yield from enumerate(self.settings, start=1)


def vary(base: Setting, **changes: Sequence[Any]) -> tuple[Setting, ...]:
    """A setting for each value; lists of several fields go side by side.

    >>> [setting.learning_rate for setting in vary(Setting(), learning_rate=(1e-4, 2e-4))]
    [0.0001, 0.0002]
    """
    names, values = list(changes), list(zip(*changes.values(), strict=True))
    return tuple(replace(base, **dict(zip(names, each, strict=True))) for each in values)
