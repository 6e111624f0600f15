"""The folder of a probe: ``probe.json``, ``rollouts.jsonl``, and ``settings.json``, which says whether to resume it."""

import json
import os
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

from lambda_src.run.probe import Probe, Settings

_COMPARED: Final = ("model", "temperature", "maxTokens", "reasoningEffort", "reward")


class ResumeError(ValueError):
    """An earlier probe that cannot be gone on with, and why."""


class ProbeFolder:
    """Where a probe writes.

    Rollouts go to a file beside ``rollouts.jsonl``, a line at a time, and take its place in the end. So an earlier
    probe's are there until then, and those of one that is killed can be gone on with.
    """

    def __init__(self, folder: Path, settings: Settings, rubric: Sequence[Mapping[str, Any]]) -> None:
        """Remember where to write; nothing is written before the first rollout.

        Args:
            rubric: What grades; rewards of another one are worth nothing.
        """
        self._settings = _described(settings, rubric)
        self._folder = folder
        self._partial = folder / "rollouts.jsonl.partial"
        self._file: IO[str] | None = None
        self.rollouts = folder / "rollouts.jsonl"
        self.probe = folder / "probe.json"

    def known(self) -> list[Mapping[str, Any]]:
        """What the earlier probe has found out; a line that was cut off is left out.

        Raises:
            ResumeError: There is none, or it had other settings.
        """
        source = self._partial if self._partial.exists() else self.rollouts
        try:
            earlier = json.loads(self._settings_file.read_bytes())
            lines = source.read_bytes().splitlines()
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise ResumeError(f"{self._folder}: no probe to resume ({why}); run it without --resume") from None
        for name in _COMPARED:
            if earlier.get(name) != self._settings[name]:
                raise ResumeError(
                    f"{self._folder}: {name} of the earlier probe is {earlier.get(name)!r}; expected "
                    f"{self._settings[name]!r}: run it without --resume"
                )
        return [rollout for line in lines if (rollout := _read(line)) is not None]

    def keep(self, rollout: Mapping[str, Any]) -> None:
        """Take one rollout; it is on disk when this returns."""
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace(self._settings_file, json.dumps(self._settings, indent=2) + "\n")
            self._file = self._partial.open("w", encoding="utf-8")
        self._file.write(json.dumps(rollout) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Let the rollouts take their place, if there are any."""
        if self._file is not None:
            self._file.close()
            self._partial.replace(self.rollouts)
            self._file = None

    def finish(self, found: Probe) -> None:
        """Write the result."""
        self._folder.mkdir(parents=True, exist_ok=True)
        replace(self.probe, json.dumps(found.to_json(), indent=2) + "\n")

    @property
    def _settings_file(self) -> Path:
        return self._folder / "settings.json"


def replace(file: Path, content: str) -> None:
    """Write all or nothing: a reader never meets half a file."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_text(content, encoding="utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


def _described(settings: Settings, rubric: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "model": settings.model,
        "temperature": settings.temperature,
        "maxTokens": settings.max_tokens,
        "reasoningEffort": settings.reasoning_effort,
        "reward": sha256(json.dumps(rubric, sort_keys=True).encode()).hexdigest(),
    }


def _read(line: bytes) -> Mapping[str, Any] | None:
    try:
        rollout = json.loads(line)
    except ValueError:
        return None
    return rollout if isinstance(rollout, dict) else None
