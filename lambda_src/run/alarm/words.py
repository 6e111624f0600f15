"""An alarm in words: what happened, by which numbers, why that may be, what to do, and where to look."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..detectors.finding import About
from ..notification import Notification
from .event import Alarm
from .evidence import Known


@dataclass(frozen=True, slots=True)
class Place:
    """Whose alarm it is, and where people look.

    Attributes:
        dashboard: Name of the CloudWatch dashboard.
    """

    project: str
    stage: str
    dashboard: str

    @property
    def watch(self) -> str:
        return f"rft watch {self.project} --stage {self.stage}"

    def link(self, region: str) -> str:
        return (
            f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
            f"#dashboards/dashboard/{self.dashboard}"
        )


def in_words(alarm: Alarm, run: Known | None, place: Place, done: str) -> Notification:
    """The message.

    Args:
        run: That the alarm belongs to; None where none has left anything yet.
        done: What has become of the job, in one sentence.
    """
    about, title = alarm.about, alarm.name.rsplit("-", 1)[-1]
    what = f"{about.name}, {about.severity}" if about else title
    name = run.name if run else f"{place.project}-{place.stage}-{alarm.run}"
    advice = (about.advice,) if about else ()
    return Notification(
        subject=f"Bedrock RFT: {place.project} {place.stage}, run {alarm.run}: {what}",
        text="\n".join(_lines(alarm, run, name, place, done)),
        next_steps=(*advice, f"Watch it: `{place.watch}`", f"See it: {place.link(alarm.region)}"),
        run=name,
        event="alarm",
        context={
            "project": place.project,
            "stage": place.stage,
            "run": name,
            "alarm": alarm.name,
            **({"detector": about.name, "severity": str(about.severity)} if about else {}),
        },
    )


def _lines(alarm: Alarm, run: Known | None, name: str, place: Place, done: str) -> Iterator[str]:
    about, finding = alarm.about, run.finding if run else None
    yield f"What happened: {about.what if about else alarm.description}"
    yield f"Evidence: {_evidence(finding, about)}" if about and finding else f"Evidence: {alarm.reason}"
    if about:
        yield f"Likely cause: {about.cause}"
        yield f"What to do: {about.advice}"
    yield f"The job: {done}"
    yield ""
    yield f"Run: {name}" + (f", {run.steps} steps known" if run else "")
    yield f"Watch: {place.watch}"
    yield f"Dashboard: {place.link(alarm.region)}"
    yield f"Alarm: {alarm.name}"


def _evidence(finding: Mapping[str, Any], about: About) -> str:
    since = "" if finding["step"] is None else f" (step {finding['step']})"
    return f"{finding['evidence']}{since}; value {finding['value']:.3g}, {about.unit}"
