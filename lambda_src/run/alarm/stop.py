"""Stopping the job of a run whose detector the project stops on.

The run's own file has shown the detector to be on before it comes to this, and a job carries its run's name: no run
that came later is hit.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from .. import customization_jobs as jobs
from .evidence import key

NOTE: Final = "stop.json"
"""Why a run was stopped, and by which alarm; its record repeats it."""


def note(alarm: str, finding: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The note, as JSON."""
    name, step = finding["name"], finding["step"]
    since = "" if step is None else f" at step {step}"
    return {
        "detector": name,
        "alarm": alarm,
        "reason": f"{name} went off{since}, and the project stops on it (alarms.stopOn)",
        "evidence": finding["evidence"],
        "time": now.isoformat(timespec="seconds"),
    }


def stop(s3: Any, bedrock: Any, bucket: str, run: str, why: Mapping[str, Any]) -> str | None:
    """Leave the note, then stop the job; repeating it does no more. The status that has made it needless, else None.

    Raises:
        botocore.exceptions.ClientError: The note could not be left, or the job not be stopped.
    """
    job = jobs.find(bedrock, run)
    if job is None or job.status != jobs.IN_PROGRESS:
        return "gone" if job is None else job.status
    try:
        s3.put_object(
            Bucket=bucket,
            Key=key(run, NOTE),
            Body=json.dumps(why, indent=2).encode(),
            ContentType="application/json",
            IfNoneMatch="*",  # the first alarm has stopped it, whatever comes after
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "PreconditionFailed":
            raise
    jobs.stop(bedrock, job)
    return None
