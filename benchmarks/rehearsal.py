"""What a rehearsal costs and whether it repeats itself: ``python -m benchmarks.rehearsal``.

Runs the command behind ``make rehearse`` twice and prints, for each, wall time, time in training and peak memory of
all its processes together, and whether both gave the same curves. Goals on 2 cores: 120 s, of which 60 s training;
3 GiB; equal curves.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rehearsal.environment import free_port

ROOT = Path(__file__).parents[1]
SAMPLE_SECONDS = 0.25
MIB = 1024  # kB


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One rehearsal; ``peak`` is in MiB, proportional set size, which counts shared pages once."""

    seconds: float
    peak: float
    record: dict[str, Any]

    @property
    def training_seconds(self) -> float:
        times = self.record["times"]
        started, ended = (datetime.fromisoformat(times[key]) for key in ("trainingStarted", "trainingEnded"))
        return (ended - started).total_seconds()

    @property
    def validation(self) -> list[float]:
        """Validation rewards in the order of their steps."""
        return [step["validationReward"] for step in self.record["curves"] if step["validationReward"] is not None]


def main() -> None:
    """Run two rehearsals and print what they took."""
    runs = [_rehearse() for _ in range(2)]
    for run in runs:
        print(
            f"make rehearse: {run.seconds:.0f} s, of which {run.training_seconds:.0f} s training; peak memory "
            f"{run.peak:.0f} MiB; validation reward {run.validation[0]:.2f} -> {run.validation[-1]:.2f}; "
            f"verdict {run.record['verdict']}"
        )
    same = runs[0].record["curves"] == runs[1].record["curves"]
    print(f"two rehearsals, the same curves: {'yes' if same else 'NO'}")


def _rehearse() -> Rehearsal:
    started, peak = time.perf_counter(), 0.0
    command = [sys.executable, "-m", "rehearsal", "run", "--project", "gsm8k-style", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        while process.poll() is None:
            peak = max(peak, sum(map(_proportional_set, _family(process.pid))))
            time.sleep(SAMPLE_SECONDS)
        output = process.stdout.read() if process.stdout else ""
    seconds = time.perf_counter() - started
    found = re.search(r"^Report: (\S+)", output, re.MULTILINE)
    if found is None:
        raise SystemExit(f"the rehearsal left no report:\n{output}")
    record = json.loads((ROOT / found[1]).with_name("record.json").read_text(encoding="utf-8"))
    return Rehearsal(seconds, peak / MIB, record)


def _family(pid: int) -> Iterator[int]:
    """A process and all below it, as far as they are still there."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _proportional_set(pid: int) -> float:
    """Memory of one process in kB; 0 once it has ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    main()
