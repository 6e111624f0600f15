"""A cleaned copy of the training file, beside the file and never in its place."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.text import Text

from lambda_src.run.dataset import Action, Change, repair
from lambda_src.run.sources import open_source
from rft.checking.sources import DataPlace, s3_client
from rft.views.markup import cell, section, table, text
from rft.views.terminal import safe

_STYLES = {Action.MENDED: "green", Action.LEFT_OUT: "yellow", Action.STILL_WRONG: "bold red"}


def cleaned(place: DataPlace, copy: Path, region: str | None, *, references: bool) -> dict[str, Any]:
    """Write the copy, and tell what it differs in.

    Args:
        region: Of the bucket, where the file is in S3.
        references: Whether a record without ``reference_answer`` is wrong.

    Raises:
        DatasetError: The file cannot be read, or the copy is there already or cannot be written.
    """
    with _on_disk(place, region) as source:
        changes = repair(source, copy, references=references)
    return {"source": place.name, "copy": str(copy), "changes": [_to_json(change) for change in changes]}


def show(console: Console, repaired: Mapping[str, Any]) -> None:
    """Print what the copy differs in."""
    lines = [
        Padding(Text(safe(change["message"]), _STYLES[Action(change["action"])]), (0, 0, 0, 2), expand=False)
        for change in repaired["changes"]
    ]
    console.print(Text(f"Cleaned copy of {safe(repaired['source'])}: {safe(repaired['copy'])}"))
    console.print(Group(*lines) if lines else Padding(Text("nothing to mend: it is the same"), (0, 0, 0, 2)))
    console.print(Text("What follows is about the copy.\n"))


def sections(repaired: Mapping[str, Any]) -> str:
    """What the copy differs in, as a section of a page."""
    changes: Sequence[Mapping[str, Any]] = repaired.get("changes") or ()
    body = "".join(f"<tr>{cell(change.get('message'))}</tr>\n" for change in changes)
    what = (
        f"{text(repaired.get('copy'))} is the copy of {text(repaired.get('source'))}; what follows is about the copy."
    )
    return section("Cleaned copy", f"<p>{what}</p>" + (table(("changes",), body) if body else "<p>nothing to mend</p>"))


def _to_json(change: Change) -> dict[str, Any]:
    return change.to_json() | {"message": change.message}


@contextmanager
def _on_disk(place: DataPlace, region: str | None) -> Iterator[Path]:
    if not place.is_in_s3:
        yield Path(place.location)
        return
    with TemporaryDirectory() as folder:
        file = Path(folder) / PurePosixPath(place.location).name
        with file.open("wb") as content:
            content.writelines(open_source(place.location, lambda: s3_client(region)))
        yield file
