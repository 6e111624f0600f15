"""What is printed: tables of the detectors, of fixed thresholds, of hacking, and of the stand-in for entropy."""

from collections.abc import Iterator, Sequence

from benchmarks.labelled_runs import hacking, stand_in
from benchmarks.labelled_runs.baselines import BASELINES
from benchmarks.labelled_runs.detection import Tally, bare, false_alarms, live, tallies, tally
from benchmarks.labelled_runs.measures import Interval, wilson
from benchmarks.labelled_runs.runs import Run

_ROW = "{:<34} {:>6} {:>7} {:>18} {:>8} {:>18} {:>6}"


def lines(runs: Sequence[Run], *, fitted: Sequence[Run]) -> Iterator[str]:
    """All of it.

    Args:
        fitted: Runs by which the best of the run's own curves may be chosen.
    """
    healthy = sum(run.is_healthy for run in runs)
    yield f"{len(runs)} runs, {healthy} of them healthy"
    for title, seen in (
        ("live and after the job", runs),
        ("live alone", [live(run) for run in runs]),
        ("the job's files alone", [bare(run) for run in runs]),
    ):
        yield from ("", f"Detectors, {title}")
        yield from _detectors(tallies(seen), healthy, list(false_alarms(seen)))
    yield from ("", "Fixed thresholds, after the job")
    yield _ROW.format("rule", "faults", "recall", "", "precision", "", "delay")
    for name, (rule, first_alarm) in BASELINES.items():
        yield _row(f"{rule} ({name})"[:34], tally(name, first_alarm, runs))
    yield from ("", *_hacking(runs, fitted))
    yield from ("", *_stand_in(runs))


def _detectors(found: dict[str, Tally], healthy: int, invented: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield _ROW.format("detector", "faults", "recall", "", "precision", "", "delay")
    for name, each in found.items():
        yield _row(name, each)
    yield _row("all", _together(list(found.values())))
    runs = len({run for run, _ in invented})
    yield f"false alarms: {len(invented)} in {runs} of {healthy} healthy runs {[*invented]}"
    for name, each in found.items():
        if each.missed or each.invented:
            yield f"  {name}: missed in {each.missed}, invented in {each.invented}"


def _row(name: str, found: Tally) -> str:
    alarms = found.found + len(found.invented)
    delay = "" if found.delay is None else f"{found.delay:.0f}"
    recall, precision = wilson(found.found, found.faults), wilson(found.found, alarms)
    return _ROW.format(
        name,
        found.faults,
        f"{found.recall:.3f}",
        _shown(recall),
        f"{found.precision:.3f}",
        _shown(precision),
        delay,
    )


def _together(each: Sequence[Tally]) -> Tally:
    return Tally(
        [delay for one in each for delay in one.delays],
        [run for one in each for run in one.missed],
        [run for one in each for run in one.invented],
    )


def _hacking(runs: Sequence[Run], fitted: Sequence[Run]) -> Iterator[str]:
    shadow = hacking.separate("shadow divergence", hacking.BY_SHADOW, runs)
    yield f"Hacking: {len(shadow.positive)} gamed runs, {len(shadow.negative)} others; area under the curve"
    yield f"  {shadow.name:<34} {shadow.area:.3f} {_shown(shadow.interval)}"
    chosen = {name: hacking.separate(name, by, fitted).area for name, by in hacking.BY_CURVES.items()}
    for name in sorted(chosen, key=lambda name: -chosen[name]):
        each = hacking.separate(name, hacking.BY_CURVES[name], runs)
        yield f"  {name:<34} {each.area:.3f} {_shown(each.interval)}  (on the half for fitting {chosen[name]:.3f})"


def _stand_in(runs: Sequence[Run]) -> Iterator[str]:
    found = stand_in.track(runs)
    low, middle, high = found.quartiles
    yield (
        f"Diversity for entropy, {found.runs} runs: rank correlation over the steps of a run {middle:.2f} "
        f"({low:.2f} to {high:.2f}; {found.unknown} runs without a change), of the falls of runs {found.falls:.2f}"
    )


def _shown(interval: Interval) -> str:
    return f"({interval[0]:.3f} to {interval[1]:.3f})"
