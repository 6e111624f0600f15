"""What a preflight has found, whole in S3 and small in the run's record."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ..audit import Audit
from ..dataset import DatasetReport, FileReport, Severity
from ..probe import Probe
from ..sources import PinnedFile
from .data import Data

PREFIX: Final = "preflight/"
"""What a preflight writes, below the runs bucket: one folder per run."""
SCHEMA_VERSION: Final = 1

_LONGEST_NOTE: Final = 500  # characters; what a grader failed with may be any text


@dataclass(slots=True)
class Found:
    """What is known so far; None for what has not been looked at.

    Attributes:
        notes: What speaks against the run and does not forbid it, one sentence each.
    """

    data: Data | None = None
    dataset: DatasetReport | None = None
    audit: Audit | None = None
    probe: Probe | None = None
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Everything."""
        return {
            "dataset": None if self.dataset is None else self.dataset.to_json(),
            "audit": None if self.audit is None else self.audit.to_json(),
            "probe": None if self.probe is None else self.probe.to_json(),
            "notes": self.notes,
        }

    def audited(self) -> dict[str, Any]:
        """The grader audit as it travels with a run; empty where there was none."""
        return {} if self.audit is None else self.audit.summary()

    def summary(self) -> dict[str, Any]:
        """As much of the rest as travels with a run."""
        return {
            "dataset": None if self.dataset is None else _summary(self.dataset, self.data),
            "probe": None if self.probe is None else self.probe.summary(),
            "notes": [textwrap.shorten(note, _LONGEST_NOTE, placeholder=" ...") for note in self.notes],
        }


class Folder:
    """Where one preflight writes in the runs bucket.

    Attributes:
        uri: Of the report.
    """

    def __init__(self, s3: Any, bucket: str, run: str) -> None:
        """Remember where to write; nothing is written yet.

        Args:
            run: The run's name.
        """
        self._s3, self._bucket = s3, bucket
        self._key = f"{PREFIX}{run}/"
        self._rollouts: IO[bytes] | None = None
        self.uri = self._uri("report.json")

    def keep(self, rollout: Mapping[str, Any]) -> None:
        """Take one rollout of the probe; they are on disk until they are written."""
        if self._rollouts is None:
            self._rollouts = TemporaryFile()  # noqa: SIM115 - closed when it has been written
        self._rollouts.write(json.dumps(rollout).encode() + b"\n")

    def write(self, run: Mapping[str, Any], found: Found, refused: str | None) -> str | None:
        """Write the rollouts, if there are any, and the report; what hindered that, as one sentence, or None.

        Args:
            refused: Why nothing is started; None where the run may start.
        """
        try:
            rollouts = self._write_rollouts()
            report = {
                "schemaVersion": SCHEMA_VERSION,
                **{name: run[name] for name in ("project", "stage", "digest", "attempt")},
                "passed": refused is None,
                "refused": refused,
                **found.to_json(),
                "rollouts": rollouts,
            }
            self._put("report.json", json.dumps(report, indent=2).encode(), "application/json")
        except (BotoCoreError, ClientError) as error:
            return f"The report could not be written to {self.uri}: {error}"
        return None

    def _write_rollouts(self) -> str | None:
        if self._rollouts is None:
            return None
        self._rollouts.seek(0)
        with self._rollouts as content:
            self._put("rollouts.jsonl", content, "application/jsonl")
        return self._uri("rollouts.jsonl")

    def _put(self, name: str, body: Any, kind: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=f"{self._key}{name}", Body=body, ContentType=kind)

    def _uri(self, name: str) -> str:
        return f"s3://{self._bucket}/{self._key}{name}"


def _summary(dataset: DatasetReport, data: Data | None) -> dict[str, Any]:
    pinned: Mapping[str, PinnedFile] = {} if data is None else data.pinned
    counts = dataset.findings.counts.items()
    return {
        "files": {file.part: _file(file, pinned.get(file.part)) for file in dataset.files},
        "promptTokens": _figures(dataset),
        "warnings": {rule: number for (severity, rule), number in counts if severity is Severity.WARNING},
    }


def _file(file: FileReport, pinned: PinnedFile | None) -> dict[str, Any]:
    source = {} if pinned is None else {"source": pinned.uri}
    return {"records": file.count, "sha256": file.sha256, **source}


def _figures(dataset: DatasetReport) -> dict[str, Any] | None:
    lengths = dataset.content.lengths.get("train")
    if lengths is None:
        return None
    return {name: value for name, value in lengths.prompt.to_json().items() if name != "histogram"}
