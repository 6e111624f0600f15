"""What is known of a run that goes on: its ``live.json``, read as a record."""

from collections.abc import Mapping
from typing import Any, Final

LIVE: Final = "live"
"""Verdict on a run that goes on."""

_SAME: Final = ("schemaVersion", "run", "project", "stage", "digest", "jobStatus", "costUsd", "bands", "notes")


def is_live(content: Mapping[str, Any]) -> bool:
    """Whether this is a ``live.json`` and not a record, which has a verdict.

    >>> is_live({"steps": [], "updated": "2026-11-23T10:02:11Z"})
    True
    """
    return "verdict" not in content and "steps" in content


def as_record(live: Mapping[str, Any]) -> dict[str, Any]:
    """A ``live.json`` in the form of a record: what is not known yet is missing, and the verdict says that it goes on.

    >>> as_record({"run": "r", "steps": [{"step": 3}], "totalSteps": 60, "updated": "2026-11-23"})["verdictReason"]
    'step 3 of 60, as of 2026-11-23; no alarm so far'
    """
    steps, findings = live.get("steps") or [], live.get("findings") or []
    names = ", ".join(str(finding.get("name")) for finding in findings if finding.get("alarm"))
    alarms = f"alarms: {names}" if names else ""
    done, total = (steps[-1]["step"] if steps else 0), live.get("totalSteps")
    place = f"step {done} of {total}" if total else f"step {done}"
    return {
        **{name: live[name] for name in _SAME if name in live},
        "verdict": LIVE,
        "verdictReason": f"{place}, as of {live.get('updated')}; {alarms or 'no alarm so far'}",
        "curves": steps,
        "detectors": findings,
        "live": {"updated": live.get("updated"), "steps": done, "totalSteps": total},
    }
