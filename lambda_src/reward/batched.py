"""Reward functions that ask another process or service: they take a batch, because asking one by one is slow."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from .rollout import RecordError, TransientError

_MARK: Final = "takes_batch"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a batched reward function says of one rollout.

    Attributes:
        value: In [0, 1].
        reason: Why, in words; kept in the grader's log.
        metrics: Further numbers for Bedrock's ``metrics_list``, by name; they are never paid.
    """

    value: float
    reason: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When the invocation that grades a batch is cut off.

    Attributes:
        at: On the clock of ``time.monotonic``, in seconds.
    """

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    @property
    def remaining(self) -> float:
        """Seconds left; negative when it has passed."""
        return self.at - time.monotonic()

    def require(self, seconds: float, what: str) -> None:
        """Make sure that there is time for something.

        Raises:
            TransientError: There is less; in a fresh invocation there may be more.
        """
        if self.remaining < seconds:
            raise TransientError(f"{what}: {max(self.remaining, 0):.1f} s are left; expected at least {seconds:.1f} s")


NEVER: Final = Deadline(float("inf"))

BatchFunction = Callable[..., Sequence[Judgement | RecordError]]
"""Called as ``function(rollouts, deadline, **options)``; answers for each rollout, in order."""

_F = TypeVar("_F", bound=Callable[..., Any])


def batched(function: _F) -> _F:
    """Mark a reward function as one that takes ``(rollouts, deadline, *, options)`` and answers for each rollout.

    A ``RecordError`` in the answer costs that rollout alone the lowest score.

    >>> @batched
    ... def agreed(rollouts, deadline):
    ...     return [Judgement(1.0) for _ in rollouts]
    >>> takes_batch(agreed)
    True
    """
    setattr(function, _MARK, True)
    return function


def takes_batch(function: Callable[..., Any]) -> bool:
    """Whether a reward function is called with a whole batch."""
    return getattr(function, _MARK, False) is True
