"""What a run has cost so far, as far as its prices are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ...reward.rewards.judge import INPUT_TOKENS, OUTPUT_TOKENS
from ..customization_jobs import Job

_SECONDS_PER_HOUR: Final = 3600
_MILLION: Final = 1_000_000
_CHARACTERS_PER_TOKEN: Final = 4


@dataclass(frozen=True, slots=True)
class Usage:
    """What has been used.

    Attributes:
        calls: Of the grader and its shadow.
        milliseconds: That these took.
        characters: Of all prompts and responses that were trained on.
        judge_input: Tokens that judges have read; ``judge_output``: that they have written.
    """

    calls: int = 0
    milliseconds: float = 0.0
    characters: float = 0.0
    judge_input: float = 0.0
    judge_output: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def to_json(self) -> dict[str, float]:
        return {name: getattr(self, name) for name in self.__slots__}


def judged(numbers: Iterable[Mapping[str, float]]) -> Usage:
    """What judges have used, by the numbers beside each reward.

    >>> judged([{"judgeInputTokens": 300, "judgeOutputTokens": 20}, {}]).judge_input
    300.0
    """
    read, written = 0.0, 0.0
    for each in numbers:
        read += each.get(INPUT_TOKENS, 0.0)
        written += each.get(OUTPUT_TOKENS, 0.0)
    return Usage(judge_input=read, judge_output=written)


@dataclass(frozen=True, slots=True)
class Cost:
    """List prices without taxes, free tiers and discounts.

    Attributes:
        usd: What is known.
        unknown: What is missing in it, one sentence each.
    """

    usd: float
    unknown: tuple[str, ...] = ()

    @classmethod
    def of(cls, run: Mapping[str, Any], job: Job, usage: Usage, now: datetime) -> "Cost":
        """Add it up.

        Args:
            run: Its ``prices`` are in USD: ``trainingHour``, ``trainingTokens``, ``judgeInput`` and ``judgeOutput``
                by the million, ``gradingSecond``, ``gradingCall``; nothing of a local model costs anything.
            now: Timezone-aware; stands in for the end of a training that goes on.
        """
        if run["model"].startswith("local."):
            return cls(0.0)
        prices = run.get("prices", {})
        parts = {
            "training": _training(prices, job, usage, now),
            "the grader's Lambda": _grader(prices, usage),
            "judges": _judges(prices, usage),
        }
        missing = ", ".join(name for name, usd in parts.items() if usd is None)
        unknown = (f"the cost lacks what has no known price: {missing}",) if missing else ()
        return cls(sum(usd for usd in parts.values() if usd is not None), unknown)


def _training(prices: Mapping[str, float], job: Job, usage: Usage, now: datetime) -> float | None:
    hour, tokens = prices.get("trainingHour"), prices.get("trainingTokens")
    if hour is None and tokens is None:
        return None
    start = job.training_started or job.created
    end = (job.training_ended or job.ended if job.is_over else None) or now
    hours = max((end - start).total_seconds(), 0.0) / _SECONDS_PER_HOUR
    millions = usage.characters / _CHARACTERS_PER_TOKEN / _MILLION
    return hours * (hour or 0.0) + millions * (tokens or 0.0)


def _grader(prices: Mapping[str, float], usage: Usage) -> float | None:
    if "gradingSecond" not in prices or "gradingCall" not in prices:
        return None
    return usage.milliseconds / 1000 * prices["gradingSecond"] + usage.calls * prices["gradingCall"]


def _judges(prices: Mapping[str, float], usage: Usage) -> float | None:
    if not usage.judge_input:
        return 0.0
    if "judgeInput" not in prices or "judgeOutput" not in prices:
        return None
    return (usage.judge_input * prices["judgeInput"] + usage.judge_output * prices["judgeOutput"]) / _MILLION
