"""CloudWatch alarms of a stack as they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from rft.runs import Stack

_TYPES: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_AT_ONCE: Final = 100
"""Names that one call takes."""

RAISED: Final = "ALARM"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A CloudWatch alarm as it stands."""

    name: str
    state: str
    metric: str | None
    """None for a composite alarm and for metric math."""


def names(stack: Stack) -> list[str]:
    """The alarms that a stack has."""
    return sorted(name for type_ in _TYPES for name in stack.resources(type_))


def states(cloudwatch: Any, wanted: Iterable[str]) -> list[Alarm]:
    """The alarms of these names, in the order of their names."""
    known = sorted(wanted)
    found = [
        alarm
        for start in range(0, len(known), _AT_ONCE)
        for alarm in _some(cloudwatch, known[start : start + _AT_ONCE])
    ]
    return sorted(found, key=lambda alarm: alarm.name)


def _some(cloudwatch: Any, wanted: list[str]) -> list[Alarm]:
    found = cloudwatch.describe_alarms(
        AlarmNames=wanted, AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=_AT_ONCE
    )
    described = [*found.get("MetricAlarms", []), *found.get("CompositeAlarms", [])]
    return [Alarm(alarm["AlarmName"], alarm["StateValue"], alarm.get("MetricName")) for alarm in described]
