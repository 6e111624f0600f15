"""Files in S3 and what the project file says of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from lambda_src.run.dataset import DatasetReport, FileReport, Finding, Severity
from rft.checking.sources import DataPlace


def compare(report: DatasetReport, every: Sequence[DataPlace]) -> None:
    """Add an error for each file that is not the pinned one."""
    for place in every:
        file = report[place.part]
        file.findings.extend(_differences(place, file))


def pins(report: DatasetReport, every: Sequence[DataPlace]) -> dict[str, Any] | None:
    """The project file's ``dataset`` as it ought to be; None where nothing lies in S3."""
    files = [(place, report[place.part]) for place in every if place.is_in_s3]
    return {
        place.part: {"uri": place.location, "sha256": file.sha256, "records": file.count} for place, file in files
    } or None


def snippet(found: Mapping[str, Any]) -> str:
    """The same in YAML, to be pasted.

    >>> print(snippet({"train": {"uri": "s3://b/k", "sha256": "ab", "records": 200}}))
    dataset:
      train:
        uri: s3://b/k
        sha256: ab
        records: 200
    """
    return yaml.safe_dump({"dataset": dict(found)}, sort_keys=False, width=1000).rstrip()


def _differences(place: DataPlace, file: FileReport) -> Iterator[Finding]:
    if place.pin is None:
        return
    pairs = (("sha256", place.pin.sha256, file.sha256), ("records", place.pin.records, file.count))
    for name, pinned, found in pairs:
        if pinned is not None and pinned != found:
            problem, expected = f"is {found}", f"{pinned}, as dataset.{place.part}.{name} of the project file says"
            yield Finding("differs-from-pin", Severity.ERROR, place.name, problem, expected, field=name)
