"""What a run came to, in a handful of numbers."""

from collections.abc import Mapping
from datetime import datetime
from statistics import fmean
from typing import Any, Final

from rft.live_run import LIVE
from rft.views.curves import rows
from rft.views.figures import is_number, section_of
from rft.views.markup import ABSENT

_EDGE: Final = 3  # steps that the noisy curves are averaged over at either end of the run

HINT: Final = (
    f"Start → end. Validation: first and last evaluation; others: mean of the first and of the last {_EDGE} steps."
)


def key_numbers(record: Mapping[str, Any]) -> dict[str, str]:
    """What a run came to, by name, ready to be shown."""
    return {name: text for name, (text, _) in figures(record).items()}


def figures(record: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    """The same, each with the number by which runs are compared."""
    steps = [row for row in record.get("curves") or [] if row["step"] > 0]  # 0 is the untrained model
    return {
        "validation reward": _from_to(record, "validationReward", 1, "{:.2f}"),
        "training reward": _from_to(record, "trainingReward", _EDGE, "{:.2f}"),
        **_length(record),
        **_entropy(record),
        "training steps": (str(len(steps)), len(steps)) if steps else (ABSENT, None),
        **({} if record.get("verdict") == LIVE else _times(section_of(record, "times"))),
        **_cost(record),
    }


def _length(record: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    if rows(record, "responseLength")[0] and not rows(record, "trainingEpisodeLength")[0]:
        return {"response length, characters": _from_to(record, "responseLength", _EDGE, "{:.0f}")}
    return {"response length, tokens": _from_to(record, "trainingEpisodeLength", _EDGE, "{:.1f}")}


def _entropy(record: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    if rows(record, "answerDiversity")[0] and not rows(record, "policyEntropy")[0]:
        return {"answer diversity": _from_to(record, "answerDiversity", _EDGE, "{:.2f}")}
    return {"policy entropy, nats": _from_to(record, "policyEntropy", _EDGE, "{:.2f}")}


def _cost(record: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    cost = record.get("costUsd")
    return {"cost": (dollars(cost), cost)} if is_number(cost) else {}


def dollars(cost: float) -> str:
    """An amount.

    >>> dollars(1234.5)
    '$1,234.50'
    """
    return f"${cost:,.2f}"


def _times(times: Mapping[str, Any]) -> dict[str, tuple[str, float | None]]:
    return {
        "time in training": _time(times.get("trainingStarted"), times.get("trainingEnded")),
        "time in all": _time(times.get("started"), times.get("ended")),
    }


def _from_to(record: Mapping[str, Any], key: str, edge: int, form: str) -> tuple[str, float | None]:
    _, values = rows(record, key)
    if not values:
        return ABSENT, None
    start, end = fmean(values[:edge]), fmean(values[-edge:])
    return f"{form.format(start)} → {form.format(end)}", end


def _time(start: object, end: object) -> tuple[str, float | None]:
    try:
        seconds = (datetime.fromisoformat(str(end)) - datetime.fromisoformat(str(start))).total_seconds()
    except (ValueError, TypeError):
        return ABSENT, None
    return duration(seconds), seconds


def duration(seconds: float) -> str:
    """A span of time.

    >>> duration(58), duration(125), duration(7260)
    ('58 s', '2 min 05 s', '2 h 01 min')
    """
    hours, rest = divmod(round(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
