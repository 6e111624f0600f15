import subprocess
from pathlib import Path

import pytest

from infra.revision import Revision


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-qm", "a"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)  # noqa: S607 - the git of the machine
    return tmp_path


def test_a_committed_folder_is_clean(repository: Path) -> None:
    revision = Revision.of(repository)

    assert revision.dirty is False
    assert revision.commit is not None
    assert len(revision.commit) == len("0123456789" * 4)


def test_an_edited_folder_is_dirty(repository: Path) -> None:
    (repository / "a.txt").write_text("b", encoding="utf-8")

    assert Revision.of(repository).dirty is True


def test_a_folder_outside_git_has_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert Revision.of(tmp_path) == Revision(None, None)
