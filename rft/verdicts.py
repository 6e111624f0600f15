"""Verdicts on a run, as people and shells are told."""

from typing import Final

from lambda_src.run import record
from rft import exit_status
from rft.live_run import LIVE
from rft.runs import Record

TITLES: Final = {
    record.HEALTHY: "Healthy",
    record.ALARM: "Finished with alarms",
    record.HACKING: "Reward hacking",
    record.FAILED: "Failed",
    record.STOPPED: "Stopped",
    LIVE: "Live",
}

_STATUSES: Final = {
    record.HEALTHY: exit_status.HEALTHY,
    record.ALARM: exit_status.ALARMS,
    record.HACKING: exit_status.ALARMS,
    record.STOPPED: exit_status.STOPPED,
}


def status_of(found: Record) -> int:
    """Exit status for a run's verdict; for a live run, for what its detectors say so far.

    >>> status_of({"verdict": "alarm"}), status_of({"verdict": "stopped"})
    (3, 4)
    """
    if found["verdict"] == LIVE:
        alarms = any(finding.get("alarm") for finding in found.get("detectors") or ())
        return exit_status.ALARMS if alarms else exit_status.HEALTHY
    return _STATUSES.get(found["verdict"], exit_status.FAILED)
