import os
from pathlib import Path

import pytest

from rft.places import PlaceError, require_file, require_folder


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    Path("file").touch()


@pytest.mark.parametrize("place", [None, Path("new.json"), Path("file"), Path("there/new.json")])
def test_a_file_may_be_new_or_replaced(place: Path | None) -> None:
    require_file(place)


@pytest.mark.parametrize("place", [None, Path("there"), Path("new"), Path("new/and/deeper")])
def test_a_folder_may_be_made_with_those_around_it(place: Path | None) -> None:
    require_folder(place)


@pytest.mark.parametrize(
    ("require", "place", "message"),
    [
        pytest.param(
            require_file, "no/x.json", "no/x.json: no such folder; expected a file in a folder", id="no folder"
        ),
        pytest.param(require_file, "there", "there: is a folder; expected a file", id="folder for a file"),
        pytest.param(require_folder, "file", "file is no folder; expected a folder", id="file for a folder"),
        pytest.param(require_folder, "file/below", "file is no folder; expected a folder", id="below a file"),
    ],
)
def test_a_wrong_place_is_told(require: type, place: str, message: str) -> None:
    with pytest.raises(PlaceError, match=message):
        require(Path(place))


def test_a_folder_that_may_not_be_written_to_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere

    with pytest.raises(PlaceError, match=r"there/x: .*there cannot be written to"):
        require_file(Path("there/x"))
