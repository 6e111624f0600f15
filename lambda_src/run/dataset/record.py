"""A record, and the error of a dataset that holds none that can be used."""

from typing import Any

Record = dict[str, Any]


class DatasetError(ValueError):
    """A dataset that Bedrock or the grader could not use; lists the findings."""
