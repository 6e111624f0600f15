"""``live.json``: what is known of a run while it goes on, and where the next look begins."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from ..alarm.evidence import LIVE, key
from ..detectors.bands import Band, bands_json
from ..detectors.finding import Finding
from ..steps import Step
from .cost import Usage

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next look begins.

    Attributes:
        since: The oldest batch that it looks at, in ms since 1970.
        taken: What steps hold of the batches from then on; see ``Counter.taken``.
        complete: Steps that are full; a last one may be there that is not.
        usage: What these steps have used.
        faults: What has gone wrong so far, one sentence each.
    """

    since: int
    taken: Mapping[str, int] = field(default_factory=dict)
    complete: int = 0
    usage: Usage = field(default_factory=Usage)
    faults: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, cursor: Mapping[str, Any]) -> "Cursor":
        """Read that of a ``live.json``."""
        return cls(**dict(cursor) | {"usage": Usage(**cursor["usage"]), "faults": tuple(cursor["faults"])})

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"usage": self.usage.to_json()}


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier looks have left: the full steps."""

    steps: tuple[Step, ...]
    cursor: Cursor

    @classmethod
    def from_json(cls, live: Mapping[str, Any]) -> "Known":
        """Read a ``live.json``."""
        cursor = Cursor.from_json(live["cursor"])
        return cls(tuple(map(Step.from_json, live["steps"][: cursor.complete])), cursor)


def read(s3: Any, bucket: str, run: str, file: str = LIVE) -> dict[str, Any] | None:
    """A file of a run; None where there is none.

    Raises:
        botocore.exceptions.ClientError: It cannot be read.
    """
    path = key(run, file)
    # asking for a file that is not there would be denied: no role may list the whole bucket
    found = s3.list_objects_v2(Bucket=bucket, Prefix=path, MaxKeys=1).get("Contents", [])
    if not any(entry["Key"] == path for entry in found):
        return None
    content: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=path)["Body"].read())
    return content


def write(s3: Any, bucket: str, live: Mapping[str, Any]) -> None:
    """Replace the ``live.json`` of the run that it is about."""
    body = json.dumps(live).encode()
    s3.put_object(Bucket=bucket, Key=key(live["run"], LIVE), Body=body, ContentType="application/json")


def document(
    run: Mapping[str, Any],
    name: str,
    *,
    status: str,
    steps: Sequence[Step],
    findings: Sequence[Finding],
    bands: Mapping[str, Band],
    rollouts_per_step: int,
    total_steps: int | None,
    cost: float,
    notes: Sequence[str],
    cursor: Cursor,
) -> dict[str, Any]:
    """A ``live.json``, schema version 1."""
    return {
        "schemaVersion": SCHEMA_VERSION,
        "run": name,
        **{part: run[part] for part in ("project", "stage", "digest")},
        "jobStatus": status,
        "updated": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "rolloutsPerStep": rollouts_per_step,
        "totalSteps": total_steps,
        "steps": [step.to_json() for step in steps],
        "findings": [finding.to_json() for finding in findings],
        "bands": bands_json(bands),
        "costUsd": cost,
        "notes": list(notes),
        "cursor": cursor.to_json(),
    }
