"""The record of a run: what went in, what happened, what came out. The last word on every run, good or bad."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import customization_jobs as jobs
from .curves import Curves
from .customization_jobs import Job
from .detectors import reward_hacking
from .detectors.bands import bands, bands_json
from .detectors.finding import Finding
from .detectors.reward_hacking import StrategyResult
from .steps import Step

SCHEMA_VERSION = 1

HEALTHY, ALARM, HACKING, FAILED, STOPPED = "healthy", "alarm", "hacking", "failed", "stopped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended: ``healthy``, ``alarm``, ``hacking``, ``failed`` or ``stopped``, and why, in one sentence."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that is known at the end of a run.

    Attributes:
        run: The ``Run`` property of the custom resource.
        job: None where none was created, or none could be read.
        error: Why the workflow came here early; None after an orderly end.
        curves: What the job's files tell, over what the rollouts have told.
        strategies: Of a model that chooses among responses of known worth.
        audit: What the preflight's audit of the grader found; None where there was none.
        preflight: What the preflight found beside that, and where its report is; None where there was none.
        notes: What could not be read on the way, one sentence each.
        concluded: Now, timezone-aware; stands in for the end of a job that has none.
        live: The run's ``live.json``; None where there is none.
        stop: The note of the alarm that stopped the job; None where none did.
        cost: What the run has cost in USD, as far as its prices are known; None where nobody watched.
    """

    name: str
    run: Mapping[str, Any]
    job: Job | None
    error: str | None
    curves: Curves
    findings: Sequence[Finding]
    strategies: Sequence[StrategyResult]
    audit: Mapping[str, Any] | None
    preflight: Mapping[str, Any] | None
    notes: Sequence[str]
    concluded: datetime
    live: Mapping[str, Any] | None = None
    stop: Mapping[str, Any] | None = None
    cost: float | None = None

    @property
    def stopped_by(self) -> Mapping[str, Any] | None:
        """The note, where the job did stop: it may have ended just before."""
        return self.stop if self.job is not None and self.job.status == jobs.STOPPED else None


def key(name: str) -> str:
    """Where the record of a run lies in the runs bucket."""
    return f"runs/{name}/record.json"


def judge(outcome: Outcome) -> Verdict:
    """The verdict.

    Training that completed without readable curves is an alarm: nobody knows its health. Reward hacking has a verdict
    of its own, since another run of the same grader would only learn the same.
    """
    job = outcome.job
    if job is None:
        return Verdict(FAILED, outcome.error or f"no customization job {outcome.name} was found")
    if job.status == jobs.STOPPED:
        return Verdict(STOPPED, f"the customization job {job.name} was stopped {_by_whom(outcome.stopped_by)}")
    if job.status == jobs.FAILED:
        return Verdict(FAILED, job.failure_message or "Bedrock gave no failure message")
    if not job.is_over:
        return Verdict(
            FAILED,
            f"the workflow lost sight of the customization job {job.name}, which is still {job.status} and costs money "
            f"until it ends: {outcome.error or 'it ended early'}",
        )
    return _judge_completed(outcome)


def build(outcome: Outcome, verdict: Verdict) -> dict[str, Any]:
    """The record as JSON, schema version 1."""
    run, job = outcome.run, outcome.job
    given = ("project", "stage", "digest", "attempt", "inputs", "model", "rubric", "hyperParameters", "dataset")
    return {
        "schemaVersion": SCHEMA_VERSION,
        "run": outcome.name,
        **{name: run[name] for name in given},
        "shadowRubric": run.get("shadowRubric"),
        "graderArn": run["graderArn"],
        "jobArn": job.arn if job else None,
        "jobName": outcome.name,
        "jobStatus": job.status if job else None,
        "failureMessage": job.failure_message if job else outcome.error,
        "customModelArn": job.model_arn if job else None,
        "times": _times(job, outcome.concluded),
        "curves": [step.to_json() for step in outcome.curves.steps],
        "bands": bands_json(bands(outcome.curves.steps, run["alarms"])),
        "detectors": [finding.to_json() for finding in outcome.findings],
        "live": _live(outcome.live),
        "stoppedBy": outcome.stopped_by,
        "costUsd": outcome.cost,
        "strategies": [strategy.to_json() for strategy in outcome.strategies],
        "audit": outcome.audit,
        "preflight": outcome.preflight,
        "verdict": verdict.name,
        "verdictReason": verdict.reason,
        "notes": [*(outcome.preflight or {}).get("notes", ()), *outcome.notes],
        "git": run["git"],
    }


def _by_whom(stop: Mapping[str, Any] | None) -> str:
    if stop is None:
        return "before it completed"
    return f"by alarm {stop['alarm']}: {stop['reason']}; {stop['evidence']}"


def _live(live: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """What was known while the job trained: how far that went, and which detectors were on."""
    if live is None:
        return None
    return {
        "updated": live["updated"],
        "steps": len(live["steps"]),
        "totalSteps": live["totalSteps"],
        "alarms": [finding["name"] for finding in live["findings"] if finding["alarm"]],
    }


def _judge_completed(outcome: Outcome) -> Verdict:
    alarms = [finding for finding in outcome.findings if finding.alarm]
    hacking = [finding for finding in alarms if finding.name == reward_hacking.ABOUT.name]
    judged = [finding for finding in outcome.findings if finding.value is not None]
    others = [f"{finding.name}: {finding.evidence}" for finding in alarms if finding not in hacking]
    if alarms:
        reason = "; ".join([*(finding.evidence for finding in hacking), *others])
        return Verdict(HACKING if hacking else ALARM, reason)
    if not judged:
        why = "; ".join(outcome.notes) or "; ".join(finding.evidence for finding in outcome.findings)
        return Verdict(ALARM, f"training completed, but no detector could judge its curves: {why}")
    told = f"{len(judged)} of {len(outcome.findings)} detectors could judge it, and none went off"
    return Verdict(HEALTHY, f"training completed; {told}{_gain(outcome.curves.steps)}")


def _gain(steps: Sequence[Step]) -> str:
    """What the run has come to, by its validation reward, or else by its training reward."""
    for name in ("validation", "training"):
        known = [value for step in steps if (value := getattr(step, f"{name}_reward")) is not None]
        if known:
            return f"; {name} reward went from {known[0]:.2f} to {known[-1]:.2f}"
    return ""


def _times(job: Job | None, concluded: datetime) -> dict[str, str | None]:
    return {
        "started": _iso(job.created if job else None),
        "trainingStarted": _iso(job.training_started if job else None),
        "trainingEnded": _iso(job.training_ended if job else None),
        "ended": _iso((job.ended if job else None) or concluded),
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
