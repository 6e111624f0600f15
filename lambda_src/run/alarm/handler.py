"""The action of every alarm of a run: tell people, and stop the job where the project says so.

An event may come more than once, and late: a message may then be repeated, a job is stopped once, and only where the
run's own file shows that the detector is on. An event that cannot be dealt with raises: Lambda tries it twice more,
then hands it to the topic as it is.

Permissions: those of ``infra/alarm_action.py``. Environment: ``RFT_PROJECT``, ``RFT_STAGE``, ``RUNS_BUCKET``,
``TOPIC_ARN``, ``DASHBOARD``; ``THRESHOLDS``, by detector, and ``STOP_ON``, names of detectors, both in JSON.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from ..clients import client
from ..run_name import name_prefix
from .event import Alarm
from .evidence import Known, Wanted, find
from .stop import note, stop
from .words import Place, in_words


class UnconfirmedError(RuntimeError):
    """A job is to be stopped, and nothing but the alarm's own state says so."""


def on_alarm(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Deal with one alarm; everything but the state ALARM is none of its business.

    Raises:
        EventError: It is no event of an alarm.
        UnconfirmedError: The run's own file does not show yet that the detector is on.
        botocore.exceptions.ClientError: Nothing could be read or told, or the job not be stopped; try again.
    """
    alarm = Alarm.from_event(event)
    if not alarm.is_on:
        return {"told": False}
    place = Place(os.environ["RFT_PROJECT"], os.environ["RFT_STAGE"], os.environ["DASHBOARD"])
    prefix = name_prefix(place.project, place.stage, alarm.run)
    run = find(client("s3"), os.environ["RUNS_BUCKET"], prefix, _wanted(alarm))
    try:
        done = _act(alarm, run)
    except ClientError as error:
        _tell(alarm, run, place, f"It could NOT be stopped, and goes on: {error}")
        raise
    _tell(alarm, run, place, done)
    return {"told": True, "run": run.name if run else None, "job": done}


def _wanted(alarm: Alarm) -> Wanted | None:
    if alarm.about is None:
        return None
    return Wanted(alarm.about.name, json.loads(os.environ["THRESHOLDS"])[alarm.about.name])


def _act(alarm: Alarm, run: Known | None) -> str:
    """Stop the job if that is wanted; what has become of it, in one sentence."""
    if alarm.about is None or alarm.about.name not in json.loads(os.environ["STOP_ON"]):
        return "It goes on if it has not ended; this alarm stops nothing (alarms.stopOn says which ones do)."
    if run is None or run.is_over:
        return "There is none to stop: the run has ended, or has not begun."
    if run.finding is None:
        raise UnconfirmedError(
            f"alarm {alarm.name} is to stop the job of run {run.name}, whose live.json does not show that "
            f"{alarm.about.name} is on; nothing was stopped, expected its finding there"
        )
    why = note(alarm.name, run.finding, datetime.now(UTC))
    needless = stop(client("s3"), client("bedrock"), os.environ["RUNS_BUCKET"], run.name, why)
    if needless is not None:
        return f"It needs no stop: its status is {needless}."
    return f"It was stopped: {why['reason']}."


def _tell(alarm: Alarm, run: Known | None, place: Place, done: str) -> None:
    publication = in_words(alarm, run, place, done).publication()
    client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], **publication)
