"""What has changed between two looks, a line each: for logs, and where there is no terminal."""

from collections.abc import Iterator

from rft.alarms import RAISED
from rft.verdicts import TITLES
from rft.views.live_terminal import numbers, progress
from rft.views.terminal import safe
from rft.watching.look import Look


def changes(before: Look | None, now: Look) -> list[str]:
    """The lines; without an earlier look, everything that is worth a line."""
    return [*_progress(before, now), *_findings(before, now), *_alarms(before, now), *_complaints(before, now)]


def _progress(before: Look | None, now: Look) -> Iterator[str]:
    if before is None or (before.phase, before.step) != (now.phase, now.step):
        yield "; ".join(filter(None, (progress(now), numbers(now))))
    if now.has_verdict and not (before and before.has_verdict):
        verdict = now.record.get("verdict")
        yield f"{TITLES.get(str(verdict), verdict)}: {safe(now.record.get('verdictReason'))}"


def _findings(before: Look | None, now: Look) -> Iterator[str]:
    known = {finding.get("name") for finding in before.findings if finding.get("alarm")} if before else set()
    for finding in now.findings:
        if finding.get("alarm") and finding.get("name") not in known:
            severity = f" ({finding['severity']})" if finding.get("severity") else ""
            said = f"{finding.get('name')}{severity} at step {finding.get('step')}: {finding.get('evidence')}"
            yield safe(f"DETECTOR {said} {finding.get('advice') or ''}".rstrip())


def _alarms(before: Look | None, now: Look) -> Iterator[str]:
    known = {alarm.name: alarm.state for alarm in before.alarms} if before else {}
    for alarm in now.alarms:
        if alarm.state != known.get(alarm.name, alarm.state if alarm.state != RAISED else None):
            yield safe(f"alarm {alarm.name} is {alarm.state}")


def _complaints(before: Look | None, now: Look) -> Iterator[str]:
    known = before.complaints if before else ()
    yield from (safe(complaint) for complaint in now.complaints if complaint not in known)
    notes = (before.record.get("notes") or []) if before else []
    yield from (safe(f"note: {note}") for note in now.record.get("notes") or [] if note not in notes)
