"""What CloudWatch hands to a function that is an alarm's action.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ...reward import metrics
from ..detectors import WATCHED
from ..detectors.finding import About
from ..run_name import RUN_DIGITS

_ALIAS: Final = re.compile(rf":run-([0-9a-f]{{{RUN_DIGITS}}})$")


class EventError(ValueError):
    """What came is no event of an alarm."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm that has changed its state.

    Attributes:
        name: ``<project>-<stage>-EntropyCollapse``.
        region: Where it is.
        state: The new one: ``ALARM``, ``OK`` or ``INSUFFICIENT_DATA``.
        reason: CloudWatch's own, with the numbers.
        description: Severity, what has happened and the unit, as the template has it.
        about: The detector whose value it watches; None where it watches something else.
        run: First 12 digits of the digest that it watches.
    """

    name: str
    region: str
    state: str
    reason: str
    description: str
    about: About | None
    run: str

    @property
    def is_on(self) -> bool:
        return self.state == "ALARM"

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Alarm":
        """Read the event.

        Raises:
            EventError: It lacks what every event of a run's alarm has.
        """
        try:
            data = event["alarmData"]
            watched = list(_watched(data["configuration"]["metrics"]))
            return cls(
                name=str(data["alarmName"]),
                region=str(event["region"]),
                state=str(data["state"]["value"]),
                reason=str(data["state"].get("reason", "")),
                description=str(data["configuration"].get("description", "")),
                about=next(filter(None, map(_about, watched)), None),
                run=next(filter(None, map(_run, watched))),
            )
        except (LookupError, TypeError, AttributeError) as error:
            raise EventError(f"no event of an alarm: {error!r} is missing; found {sorted(event)}") from error
        except StopIteration:
            name = data["alarmName"]
            raise EventError(f"alarm {name}: none of its metrics names a run; expected the dimension Run") from None


def _watched(queries: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The metrics that an alarm looks at; expressions over them have none of their own."""
    for query in queries:
        if "metricStat" in query:
            yield query["metricStat"]["metric"]


def _about(metric: Mapping[str, Any]) -> About | None:
    if metric.get("dimensions", {}).get(metrics.SOURCE) != metrics.DETECTOR_SOURCE:
        return None
    return next((about for about in WATCHED if about.metric == metric["name"]), None)


def _run(metric: Mapping[str, Any]) -> str | None:
    """The run that a metric is about; Lambda's own name the grader's alias in its place."""
    dimensions = metric.get("dimensions", {})
    alias = _ALIAS.search(str(dimensions.get("Resource", "")))
    return alias[1] if alias else dimensions.get(metrics.RUN)
