"""Ids, unique within a file and among the files of a dataset.

Bedrock calls the id optional and does not say that it must be unique; the SageMaker page on the same format says that
it is there for tracking and deduplication (https://docs.aws.amazon.com/sagemaker/latest/dg/nova-hp-rft-nova2.html), and
the grader is to answer by it.
"""

from collections.abc import Iterator, Sequence

from ..finding import Finding, Place
from .wording import short


class Ids:
    """The ids of one file, each with the line it was first seen on.

    Args:
        name: How findings call the file.
        others: Those of the files that came before.
    """

    def __init__(self, name: str, others: Sequence["Ids"] = ()) -> None:
        self._name = name
        self._others = tuple(others)
        self._lines: dict[str, int] = {}

    def take(self, identity: str, line: int) -> bool:
        """Note an id; true where it has been seen already, here or in a file before."""
        seen = self._lines.setdefault(identity, line) != line
        for other in self._others:
            seen |= identity in other._lines
        return seen

    def findings(self, identity: str, place: Place) -> Iterator[Finding]:
        """What is to be said of an id that has been seen already.

        An error within a file: an answer or a measurement cannot be told from the other's. A warning between two files,
        which Bedrock reads apart.
        """
        first = self._lines[identity]
        if first != place.line:
            found = f"is {short(identity)}, as in line {first:,}"
            yield place.error("id-repeated", found, expected="unique ids", field="id")
        for other in self._others:
            if identity in other._lines:
                found = f"is {short(identity)}, as in {other._name} line {other._lines[identity]:,}"
                yield place.warning("id-in-two-files", found, expected="ids unique in all files", field="id")
