"""What a run's record keeps of its dataset, in the form of the whole report, which is what is shown."""

from collections.abc import Mapping
from typing import Any

from rft.views.figures import section_of


def as_report(summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """The summary as ``DatasetReport.to_json`` has it, as far as it goes; a whole report stays as it is.

    >>> as_report({"files": {"train": {"records": 200}}, "warnings": {"crlf": 1}})["files"]
    [{'part': 'train', 'name': 'train', 'records': 200}]
    """
    if "content" in summary:
        return summary
    files = section_of(summary, "files")
    prompt = section_of(summary, "promptTokens")
    return {
        "files": [{"part": part, "name": file.get("source") or part, **file} for part, file in files.items()],
        "content": {
            "lengths": {"train": {"prompt": prompt}} if prompt else {},
            "findings": {"counts": section_of(summary, "warnings")},
        },
    }
