"""How a detector does on labelled runs: what it finds, how late, and what it invents."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from statistics import median
from typing import Any, Final

from benchmarks.labelled_runs.measures import share
from benchmarks.labelled_runs.runs import Run
from lambda_src.run.detectors import DETECTORS
from lambda_src.run.detectors.finding import Detector
from lambda_src.run.steps import Step

FirstAlarm = Callable[[Sequence[Step]], int | None]
"""From the steps of a run to the first at which an alarm is on; None where it never is."""

_AFTER_THE_JOB: Final = (
    "training_episode_length",
    "validation_episode_length",
    "policy_entropy",
    "gradient_norm",
)


@dataclass(slots=True)
class Tally:
    """What came of a detector.

    Attributes:
        delays: Steps from the label's first to the alarm's, of the faults that were found.
        missed: Names of the runs whose fault was not found.
        invented: Names of the runs without the fault in which it went off.
    """

    delays: list[int] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)

    @property
    def found(self) -> int:
        return len(self.delays)

    @property
    def faults(self) -> int:
        return self.found + len(self.missed)

    @property
    def recall(self) -> float:
        return share(self.found, self.faults)

    @property
    def precision(self) -> float:
        return share(self.found, self.found + len(self.invented))

    @property
    def delay(self) -> float | None:
        """Median, in steps."""
        return median(self.delays) if self.delays else None


def tally(name: str, first_alarm: FirstAlarm, runs: Sequence[Run]) -> Tally:
    """One detector on runs; an alarm that is neither right nor wrong counts as neither."""
    result = Tally()
    for run in runs:
        step, onset = first_alarm(run.steps), run.labels.get(name)
        if onset is not None:
            if step is None:
                result.missed.append(run.name)
            else:
                result.delays.append(step - onset)
        elif step is not None and name not in run.allowed:
            result.invented.append(run.name)
    return result


def tallies(runs: Sequence[Run]) -> dict[str, Tally]:
    """Every detector, with its default threshold."""
    return {detector.about.name: tally(detector.about.name, alarm_of(detector), runs) for detector in DETECTORS}


def alarm_of(detector: Detector) -> FirstAlarm:
    """When a detector goes off first."""

    def first_alarm(steps: Sequence[Step]) -> int | None:
        scores = detector.measure(steps)
        return next((score.step for score in scores if score.value >= detector.about.threshold), None)

    return first_alarm


def false_alarms(runs: Sequence[Run]) -> Iterator[tuple[str, str]]:
    """Alarms in healthy runs: run and detector; those that are allowed are left out."""
    for run in runs:
        if run.is_healthy:
            for detector in DETECTORS:
                name = detector.about.name
                if name not in run.allowed and alarm_of(detector)(run.steps) is not None:
                    yield run.name, name


def live(run: Run) -> Run:
    """A run as it is known while it trains, where the job's files tell nothing yet."""
    return _without(run, _AFTER_THE_JOB)


def bare(run: Run) -> Run:
    """A run as the job's files alone tell it."""
    known = {"step", "epoch", "training_reward", "validation_reward", *_AFTER_THE_JOB}
    return _without(run, [field.name for field in fields(Step) if field.name not in known])


def _without(run: Run, names: Iterable[str]) -> Run:
    unknown: dict[str, Any] = dict.fromkeys(names)
    return replace(run, steps=[replace(step, **unknown) for step in run.steps])
