"""Where a report's numbers come from: a deployed stack, or files that were copied from one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lambda_src.reward.rollout_row import Row
from lambda_src.run.run_name import RUN_DIGITS
from rft.reporting.choice import Kind, choose
from rft.rollouts import files
from rft.runs import LIVE_FILE, RECORD_FILE, Record, RunError, Stack, read_record
from rft.views.curves import steps_of

_ROWS: Final = 4000
"""Rollouts among which the few that are shown are chosen."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A run that a report is written of.

    Attributes:
        kinds: Rollouts to be read.
        note: What rollouts these are, or why there are none.
    """

    record: Record
    kinds: Sequence[Kind] = ()
    note: str = "None were looked for."


def of_stack(stack: Stack, record: Record) -> Reported:
    """A run of a stack, with its rollouts; that they cannot be read is no reason for no report."""
    try:
        rows = files.read(stack, str(record.get("digest"))[:RUN_DIGITS], limit=_ROWS)
    except RunError as error:
        return Reported(record, note=f"The rollouts could not be read: {error}")
    return of_rows(record, rows)


def of_path(path: Path) -> Reported:
    """A run from its record file, or from a folder with it and the rollout files anywhere below.

    Raises:
        RunError: There is no such file, or it holds something else.
    """
    if not path.is_dir():
        note = "A record alone holds none; for a folder with the record and the rollout files they are shown."
        return Reported(read_record(path), note=note)
    return of_rows(record_at(path), files.read_folder(path, limit=_ROWS))


def record_at(path: Path) -> Record:
    """The record that a file or a folder holds.

    Raises:
        RunError: It holds none.
    """
    if not path.is_dir():
        return read_record(path)
    names = (RECORD_FILE, LIVE_FILE)
    return read_record(next((path / name for name in names if (path / name).exists()), path / RECORD_FILE))


def of_rows(record: Record, rows: Sequence[Row]) -> Reported:
    """A run with those of the rollouts that are worth reading."""
    own = [row for row in rows if _is_of(row, record)]
    kinds = choose(own, steps_of(record))
    return Reported(record, kinds, _note(own, kinds, is_sample=len(rows) >= _ROWS))


def _is_of(row: Row, record: Mapping[str, Any]) -> bool:
    """Whether a rollout belongs to the run and not to another one of the same inputs."""
    times = record.get("times") or {}
    started, ended = times.get("started") or "", times.get("ended") or "9"
    return bool(started[:19] <= row.time[:19] <= ended[:19])


def _note(rows: Sequence[Row], kinds: Sequence[Kind], *, is_sample: bool) -> str:
    if not rows:
        return "None are kept: this run's grader has written none, or they have expired."
    whole = f"{len(rows):,} rollouts{', taken evenly over the run' if is_sample else ''}"
    if not kinds:
        return f"{whole}, without texts: the project keeps numbers only (rollouts.keep)."
    return f"Chosen among {whole}. Rewards first; open one to read it."
