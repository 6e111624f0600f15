"""``rft dashboard``: the stack's CloudWatch dashboard as a picture, from the API alone.

The body's format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from infra.config import ConfigError
from rft import runs
from rft.metric_data import Span
from rft.views import widgets

PICTURE = "dashboard.png"

_BEFORE_AND_AFTER = 0.05  # of the run's time, left free at either end
_WITHOUT_RUN = timedelta(hours=3)


def write_dashboard(cloudwatch: runs.Client, name: str, span: Span, path: Path) -> Path:
    """Draw a dashboard as it stands.

    Raises:
        RunError: There is no such dashboard.
    """
    try:
        body = json.loads(cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"])
        path.parent.mkdir(parents=True, exist_ok=True)
        widgets.draw(body.get("widgets", []), widgets.Source(cloudwatch, span), path)
    except (BotoCoreError, ClientError) as error:
        raise runs.RunError(f"dashboard {name}: {error}") from None
    return path


def span_of(record: Mapping[str, Any]) -> Span:
    """The time of a run with a margin; the last three hours where the record does not tell."""
    times = record.get("times") or {}
    try:
        start, end = (datetime.fromisoformat(times[key]) for key in ("started", "ended"))
    except (KeyError, TypeError, ValueError):
        now = datetime.now(UTC)
        return Span(now - _WITHOUT_RUN, now)
    margin = max((end - start) * _BEFORE_AND_AFTER, timedelta(seconds=5))
    return Span(start - margin, end + margin)


def dashboard(
    project: Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")],
    stage: Annotated[str, typer.Option(help="The stage whose dashboard is drawn.")],
    out: Annotated[Path | None, typer.Option(help="The PNG; without it, below reports/.")] = None,
) -> None:
    """Draw the CloudWatch dashboard over the time of the newest run, or of the last three hours."""
    try:
        stack = runs.Stack.of(project, stage)
        name = stack.output(runs.DASHBOARD)
        path = out or Path("reports") / stack.name / PICTURE
        span = span_of(_latest_record(stack))
        typer.echo(write_dashboard(stack.client("cloudwatch"), name, span, path))
    except (ConfigError, runs.RunError) as error:
        typer.echo(f"rft dashboard: {error}", err=True)
        raise typer.Exit(1) from None


def _latest_record(stack: runs.Stack) -> runs.Record:
    try:
        return stack.latest_record()
    except runs.RunError:
        return {}  # a dashboard is worth a look before the first run has ended
