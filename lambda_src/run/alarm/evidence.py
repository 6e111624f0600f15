"""What a run has left in the runs bucket that an alarm can be held against.

The alarm knows a digest, and several runs may have had it, one after the other: the one that it belongs to is the
newest in whose own file the detector is on. CloudWatch's state alone does not tell them apart.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .. import record

LIVE: Final = "live.json"
"""What is known of a run while it goes on; gives way to its record."""
RECORD: Final = "record.json"

_FILE: Final = re.compile(rf"(?P<folder>.*/)(?P<run>[^/]+)/(?P<file>{re.escape(LIVE)}|{re.escape(RECORD)})")


@dataclass(frozen=True, slots=True)
class Known:
    """A run, as far as it has left anything.

    Attributes:
        is_over: Whether it has a record.
        finding: What the detector found, where that reaches the alarm's threshold; None where it does not.
        steps: Training steps that are known.
    """

    name: str
    is_over: bool
    finding: Mapping[str, Any] | None
    steps: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A detector that is on: its value is the alarm's threshold at least.

    The threshold is the one that CloudWatch has now: a deploy may have changed it since the run began.
    """

    detector: str
    threshold: float

    def among(self, findings: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
        """The detector's finding, if it is on.

        >>> Wanted("truncation", 0.3).among([{"name": "truncation", "value": 0.2}])
        """
        named = (found for found in findings if found["name"] == self.detector and found["value"] is not None)
        return next((found for found in named if found["value"] >= self.threshold), None)


def find(s3: Any, bucket: str, prefix: str, wanted: Wanted | None) -> Known | None:
    """The run that an alarm belongs to: the newest in which the detector is on, else the newest; None for none.

    Args:
        prefix: What the names of all runs of the digest begin with.
        wanted: None for an alarm on something else.
    """
    runs = [_known(s3, bucket, name, files, wanted) for name, files in _files(s3, bucket, prefix)]
    return next((run for run in runs if run.finding is not None), runs[0] if runs else None)


def key(run: str, file: str) -> str:
    """Where a file of a run lies, beside its record."""
    return record.key(run).removesuffix(RECORD) + file


def _files(s3: Any, bucket: str, prefix: str) -> Iterator[tuple[str, set[str]]]:
    """Runs and which of the files they have, what was written last first."""
    files: defaultdict[str, dict[str, datetime]] = defaultdict(dict)
    # asking for a file that is not there would be denied, not answered: a role may list one prefix only
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key(prefix, "").removesuffix("/"))
    for page in pages:
        for entry in page.get("Contents", []):
            if match := _FILE.fullmatch(entry["Key"]):
                files[match["run"]][match["file"]] = entry["LastModified"]
    for name in sorted(files, key=lambda run: max(files[run].values()), reverse=True):
        yield name, set(files[name])


def _known(s3: Any, bucket: str, name: str, files: set[str], wanted: Wanted | None) -> Known:
    is_over = RECORD in files
    path = key(name, RECORD if is_over else LIVE)
    known = json.loads(s3.get_object(Bucket=bucket, Key=path)["Body"].read())
    findings = known.get("detectors" if is_over else "findings", [])
    finding = None if wanted is None else wanted.among(findings)
    return Known(name, is_over, finding, len(known.get("curves" if is_over else "steps", [])))
