"""How well the detectors do on runs of which it is known what is wrong: ``python -m benchmarks.labelled_runs``.

Makes the runs that ``build/labelled_runs`` lacks (ten minutes for all of them, on two cores) and prints what
``docs/detector-accuracy.md`` shows.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence

from benchmarks.labelled_runs import hacking, pictures, report
from benchmarks.labelled_runs.figure import draw
from benchmarks.labelled_runs.runs import Run, labelled, write
from benchmarks.labelled_runs.scenarios import Half, planned
from benchmarks.labelled_runs.store import FOLDER, made

_TOLD = 12  # runs between two signs of life


def main() -> int:
    """Make, label, score, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.labelled_runs", description=__doc__)
    parser.add_argument("--half", choices=[*Half, "both"], default="test", help="score these runs (default: test)")
    parser.add_argument("--draw", action="store_true", help="draw the pictures of the documentation")
    arguments = parser.parse_args()
    runs = _labelled()
    write(runs, FOLDER / "runs.jsonl")
    chosen = [run for run in runs if arguments.half in ("both", run.half)]
    fitted = [run for run in runs if run.half is Half.FIT]
    print("\n".join(report.lines(chosen, fitted=fitted)))
    if arguments.draw:
        draw(chosen, hacking.best_curve(fitted), pictures.IMAGES.parent / "detector-accuracy.png")
        pictures.draw(runs)
    return 0


def _labelled() -> list[Run]:
    waiting, started, found = list(planned()), time.monotonic(), []
    for number, (plan, run) in enumerate(made(waiting, os.cpu_count() or 1), start=1):
        found.append(labelled(plan, run))
        if not number % _TOLD or number == len(waiting):
            print(f"{number} of {len(waiting)} runs, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return _in_order(found)


def _in_order(runs: Sequence[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (run.scenario, run.seed))


if __name__ == "__main__":
    sys.exit(main())
