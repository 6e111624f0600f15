"""One look at a run that goes on: what its rollouts have come to since the look before."""

from collections import Counter as Counted
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import fmean
from typing import Any, Final

from ...reward.rollout_row import Row
from .. import customization_jobs as jobs
from ..audit.job import Job as Size
from ..customization_jobs import Job
from ..detectors import detect_all
from ..detectors.bands import Band, bands
from ..detectors.finding import Finding
from ..detectors.grader_latency import TIMEOUT_SECONDS
from ..run_name import RUN_DIGITS
from ..steps import Step
from . import rollouts
from .cost import Cost, Usage, judged
from .counting import WHOLE, Counter, Full, kept
from .prompts import Prompts
from .rollouts import Batch
from .shadow import Shadow
from .signals import summarise
from .state import Cursor, Known, document

GRACE_SECONDS: Final = 900
"""How late a batch may appear, or come again: as long as three tries of the grader take."""

SHADOW_SECONDS: Final = TIMEOUT_SECONDS + 30.0
"""What must be left of a look's time to ask the shadow grader about a step."""

_CHUNK: Final = 64  # batches between two looks at the clock
_READING_SECONDS: Final = 60.0  # that must be left to read as many
_FAULTS: Final = 10  # that are told
_SAMPLES: Final = "trainingSamplePerPrompt"
_SIZES: Final = ("batchSize", _SAMPLES)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look has found.

    Attributes:
        live: The new ``live.json``.
        fresh: Steps that have become full; at the end of the job the last one, too, if it is half full.
        validated: Steps that get no more validation rewards.
        progress: Share of the steps that is done; None where nobody knows how many there are.
        behind: Whether there is more to read at once.
    """

    live: Mapping[str, Any]
    fresh: Sequence[Step]
    validated: Sequence[Step]
    findings: Sequence[Finding]
    bands: Mapping[str, Band]
    progress: float | None
    cost: float
    behind: bool


@dataclass(slots=True)
class Look:
    """Reads on where the look before has ended.

    Attributes:
        seconds_left: Of the time that a look may take.
    """

    s3: Any
    bucket: str
    run: Mapping[str, Any]
    name: str
    job: Job
    shadow: Shadow | None
    seconds_left: Callable[[], float]
    steps: list[Step] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    prompts: Prompts = field(default_factory=Prompts)

    def __call__(self, live: Mapping[str, Any] | None) -> Seen:
        """Look.

        Args:
            live: The ``live.json`` so far; None at the first look.

        Raises:
            SourceError: The dataset cannot be read.
            botocore.exceptions.ClientError: The rollouts cannot be read.
        """
        started = int(self.job.created.timestamp() * 1000)
        known = Known((), Cursor(started)) if live is None else Known.from_json(live)
        self.steps, self.faults = list(known.steps), list(known.cursor.faults)
        self.usage = known.cursor.usage
        self.prompts = Prompts.read(self.s3, self.run["dataset"])
        size = Size.of(self.run["hyperParameters"], records=self.prompts.records)
        counter = Counter(size.batch_size * size.samples, self.prompts.validation, dict(known.cursor.taken))
        left = self._read(counter, known.cursor.since)
        self.usage += Usage(calls=counter.calls, milliseconds=counter.milliseconds)
        cursor = self._cursor(counter, started)
        if self.steps and counter.validation:
            self.steps[-1] = _validated(self.steps[-1], counter.validation)
        if self.job.is_over and not left:
            self._close(counter)
        return self._seen(known, cursor, size, left)

    def _read(self, counter: Counter, since: int) -> int:
        """Count all batches, as far as there is time; how many are left."""
        found = rollouts.find(self.s3, self.bucket, self.run["digest"][:RUN_DIGITS], since=since)
        keys = [key for key in found if counter.taken.get(rollouts.name_of(key)) != WHOLE]
        for start in range(0, len(keys), _CHUNK):
            if self.seconds_left() < _READING_SECONDS:
                return len(keys) - start
            for batch in rollouts.read(self.s3, self.bucket, keys[start : start + _CHUNK]):
                self._count(counter, batch)
        return 0

    def _count(self, counter: Counter, batch: Batch) -> None:
        self._tell(batch.fault)
        for full in counter.add(batch):
            if self.steps and full.validation:
                self.steps[-1] = _validated(self.steps[-1], full.validation)
            self._add(full)

    def _add(self, full: Full) -> None:
        """Add a step; what was validated before the first one belongs to the first one."""
        validation = full.validation if not self.steps else ()
        limit = self.run["hyperParameters"].get("inferenceMaxTokens")
        step = summarise(len(self.steps) + 1, full.training, validation, max_tokens=limit)
        if any(row.prompt_id not in self.prompts.training for row in full.training):
            self._tell("some rollouts answer prompts that the dataset lacks: whether they validate cannot be told")
        if not _in_groups(full.training, self.run["hyperParameters"].get(_SAMPLES)):
            self._tell(f"some prompts of a step have fewer or more than {_SAMPLES} responses: steps may be counted off")
        characters = sum(row.characters + self.prompts.characters for row in full.training)
        self.usage += Usage(characters=characters)
        self.usage += judged(row.metrics for row in (*full.training, *full.validation))
        if self.shadow is not None:
            step = self._shadowed(self.shadow, step, full.training)
        self.steps.append(step)

    def _shadowed(self, shadow: Shadow, step: Step, rows: Sequence[Row]) -> Step:
        if self.seconds_left() < SHADOW_SECONDS:
            self._tell(f"there was no time to ask the shadow grader about step {step.step}")
            return step
        shadowed, fault = shadow.judge(step, rows, self.prompts)
        self.usage += shadow.used
        self._tell(fault)
        return shadowed

    def _close(self, counter: Counter) -> None:
        """The last step, which nothing will fill any more; of a few rollouts it would tell little."""
        if counter.training and (not self.steps or len(counter.training) * 2 >= counter.size):
            self._add(Full(counter.training, counter.validation))

    def _cursor(self, counter: Counter, started: int) -> Cursor:
        seen = [*counter.taken, *counter.open]
        since = max((rollouts.milliseconds(name) for name in seen), default=started) - GRACE_SECONDS * 1000
        since = max(min([since, *map(rollouts.milliseconds, counter.open)]), started)
        return Cursor(
            since=since,
            taken=kept(counter.taken, since=f"{since:013d}"),
            complete=len(self.steps),
            usage=self.usage,
            faults=tuple(self.faults),
        )

    def _seen(self, known: Known, cursor: Cursor, size: Size, left: int) -> Seen:
        cost = Cost.of(self.run, self.job, cursor.usage, datetime.now(UTC))
        findings, healthy = detect_all(self.steps, self.run["alarms"]), bands(self.steps, self.run["alarms"])
        old, ended = len(known.steps), self.job.is_over and not left
        total = len(self.steps) if ended and self.job.status == jobs.COMPLETED else max(size.steps, len(self.steps))
        live = document(
            self.run,
            self.name,
            status=self.job.status,
            steps=self.steps,
            findings=findings,
            bands=healthy,
            rollouts_per_step=size.batch_size * size.samples,
            total_steps=total or None,
            cost=cost.usd,
            notes=[*self._notes(left), *cost.unknown, *self.faults],
            cursor=cursor,
        )
        return Seen(
            live=live,
            fresh=self.steps[old:],
            validated=self.steps[max(old - 1, 0) : len(self.steps) if ended else max(len(self.steps) - 1, 0)],
            findings=findings,
            bands=healthy,
            progress=len(self.steps) / total if total else None,
            cost=cost.usd,
            behind=left > 0,
        )

    def _notes(self, left: int) -> Iterator[str]:
        given = self.run["hyperParameters"]
        if assumed := [name for name in _SIZES if given.get(name) is None]:
            yield (
                f"{' and '.join(assumed)} {'is' if len(assumed) == 1 else 'are'} left to the service, which does not "
                "say what it takes: steps are counted by an assumption"
            )
        if self.run.get("rollouts", {}).get("keep") == 0:
            yield "rollouts.keep is 0: nothing is known of the rollouts"
        if left:
            yield f"{left} batches of rollouts have not been read yet"

    def _tell(self, fault: str) -> None:
        if fault and fault not in self.faults:
            self.faults = [*self.faults, fault][-_FAULTS:]


def _validated(step: Step, rows: Sequence[Row]) -> Step:
    return replace(step, validation_reward=fmean(row.reward for row in rows))


def _in_groups(rows: Sequence[Row], samples: int | None) -> bool:
    """Whether each prompt has as many responses as it should have, or a multiple of them; True where nobody knows."""
    return samples is None or not any(many % samples for many in Counted(row.prompt_id for row in rows).values())
