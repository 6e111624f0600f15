"""Which commit of the project a stack is made of."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit; ``dirty`` where the files differ from it. Both are None outside a git repository."""

    commit: str | None = None
    dirty: bool | None = None

    @classmethod
    def of(cls, folder: Path) -> "Revision":
        """The commit checked out in ``folder``."""
        commit = _git(folder, "rev-parse", "HEAD")
        changes = _git(folder, "status", "--porcelain")
        return cls(commit, None if changes is None else bool(changes))


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
