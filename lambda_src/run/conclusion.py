"""What is known of a run when it has ended: its job, the job's files, what watching has left, who stopped it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from . import artifacts
from . import customization_jobs as jobs
from .alarm.evidence import LIVE
from .alarm.stop import NOTE
from .artifacts import Artifacts
from .curves import Curves
from .detectors import detect_all, reward_hacking, unsound_grader
from .live import state as live_state
from .live.cost import Cost
from .live.state import Known
from .record import Outcome
from .steps import Step, merge


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a run.

    Attributes:
        told: Steps as the job's own files tell them; the outcome's have what the rollouts told, too.
    """

    outcome: Outcome
    told: Sequence[Step]


def end_of(state: Mapping[str, Any], s3: Any, bedrock: Any, bucket: str) -> Ended:
    """Read all there is; what cannot be read is a note, never an error.

    Args:
        state: Of the run's state machine.
        bucket: Of runs.
    """
    run, name, notes = state["run"], state["runName"], []
    try:
        job = jobs.find(bedrock, name)
    except ClientError as unreadable:
        job = None
        notes.append(f"the customization job could not be read: {unreadable}")
    files = artifacts.read(s3, job) if job is not None and job.is_over else Artifacts(Curves((), ()), (), ())
    if "unwatched" in state:
        notes.append(f"the last look at the rollouts failed: {_described(state['unwatched'])}")
    live, stop = (_left(s3, bucket, name, file, notes) for file in (LIVE, NOTE))
    steps = merge(_by_number(files.curves.steps), _by_number(map(Step.from_json, live["steps"] if live else ())))
    findings = detect_all(steps, run["alarms"]) if steps else []
    if files.strategies:
        findings += [reward_hacking.detect(files.strategies), unsound_grader.detect(files.strategies)]
    outcome = Outcome(
        name=name,
        run=run,
        job=job,
        error=_described(state["error"]) if "error" in state else None,
        curves=Curves(tuple(steps), files.curves.notes),
        findings=findings,
        strategies=files.strategies,
        audit=state.get("audit"),
        preflight=state.get("preflight"),
        notes=[*notes, *files.notes, *(live["cursor"]["faults"] if live else ())],
        concluded=datetime.now(UTC),
        live=live,
        stop=stop,
    )
    return Ended(_priced(outcome), files.curves.steps)


def _left(s3: Any, bucket: str, name: str, file: str, notes: list[str]) -> dict[str, Any] | None:
    try:
        content = live_state.read(s3, bucket, name, file)
        if content is not None and file == LIVE:
            Known.from_json(content)
    except (ClientError, LookupError, TypeError, ValueError) as unreadable:
        notes.append(f"{file} could not be read: {type(unreadable).__name__}: {unreadable}")
        return None
    return content


def _by_number(steps: Iterable[Step]) -> dict[int, Step]:
    return {step.step: step for step in steps}


def _priced(outcome: Outcome) -> Outcome:
    """The outcome with its cost; without a look at its rollouts too little of that is known."""
    if outcome.job is None or outcome.live is None:
        return outcome
    usage = Known.from_json(outcome.live).cursor.usage
    cost = Cost.of(outcome.run, outcome.job, usage, outcome.concluded)
    return replace(outcome, cost=cost.usd, notes=[*outcome.notes, *cost.unknown])


def _described(error: Mapping[str, Any]) -> str:
    """A state's error in plain words; Lambda's causes are JSON."""
    cause = str(error.get("Cause", ""))
    with suppress(ValueError, LookupError, TypeError):
        cause = json.loads(cause)["errorMessage"]
    return cause or str(error.get("Error", "unknown error"))
