"""The records, read as a stream: those that the deploy has uploaded, or those that the project pins in S3."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...reward.rubric import Rubric
from ..dataset import DatasetReport, Source, examine
from ..sources import PinnedFile, open_source

_PARTS: Final = ("train", "validation")  # what Bedrock reads; a test file is for afterwards


@dataclass(frozen=True, slots=True)
class Data:
    """The files of a run.

    Attributes:
        uris: Where Bedrock will read them, by part.
        pinned: Where they are copied from, for parts that the deploy does not upload.
    """

    uris: Mapping[str, str]
    pinned: Mapping[str, PinnedFile]
    s3: Any

    @classmethod
    def of(cls, run: Mapping[str, Any], s3: Any) -> "Data":
        """The files that a run names.

        Raises:
            DatasetError: A pinned file has no S3 URI.
        """
        uris = {part: run["dataset"][part] for part in _PARTS if run["dataset"].get(part) is not None}
        pins = {part: pin for part, pin in run.get("pinned", {}).items() if part in uris}
        return cls(uris, {part: PinnedFile(s3, **pin) for part, pin in pins.items()}, s3)

    def examined(self, run: Mapping[str, Any], rubric: Rubric) -> DatasetReport:
        """Everything that is to be said of the records.

        Raises:
            DatasetError: A file cannot be read, or has other content than is pinned.
        """
        return examine(
            [Source(part, self._name(part), self._lines(part)) for part in self.uris],
            rubric=rubric,
            hyper_parameters=run["hyperParameters"],
            references=run.get("references", "required") == "required",
        )

    def settle(self) -> None:
        """Copy what is pinned to where Bedrock will read it.

        Raises:
            DatasetError: A file has changed meanwhile, or cannot be copied.
        """
        for part, file in self.pinned.items():
            file.copy_to(self.uris[part])

    def settled(self, part: str) -> Iterator[bytes]:
        """The lines that Bedrock will read."""
        return open_source(self.uris[part], lambda: self.s3)

    def _lines(self, part: str) -> Iterable[bytes]:
        return self.pinned[part] if part in self.pinned else self.settled(part)

    def _name(self, part: str) -> str:
        return self.pinned[part].uri if part in self.pinned else self.uris[part].rsplit("/", 1)[-1]
