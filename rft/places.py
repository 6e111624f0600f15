"""Places to write to, looked at before anything that takes minutes or money: a wrong path is told at once."""

import os
from pathlib import Path


class PlaceError(ValueError):
    """A place that cannot be written to: which, why, and what is expected."""


def require_file(place: Path | None) -> None:
    """Make sure that a file can be written there, as far as that can be seen; None is no place and fine.

    Raises:
        PlaceError: It cannot.
    """
    if place is None:
        return
    folder = place.resolve().parent
    if not folder.is_dir():
        raise PlaceError(f"{place}: no such folder; expected a file in a folder that exists")
    if place.is_dir():
        raise PlaceError(f"{place}: is a folder; expected a file")
    _require_writable(place, folder)


def require_folder(place: Path | None) -> None:
    """Make sure that a folder is there or can be made; None is no place and fine.

    Raises:
        PlaceError: It cannot.
    """
    if place is None:
        return
    found = next(folder for folder in (place.resolve(), *place.resolve().parents) if os.path.lexists(folder))
    if not found.is_dir():
        raise PlaceError(f"{place}: {found} is no folder; expected a folder, or a place to make one")
    _require_writable(place, found)


def _require_writable(place: Path, folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PlaceError(f"{place}: {folder} cannot be written to; expected a folder that can")
