"""One rehearsal: the local AWS, the real CDK, a whole run, its alarms, its report."""

import json
import shlex
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from infra.config import LOCAL, ProjectConfig
from lambda_src.run import record as records
from lambda_src.run.executions import Execution
from rehearsal import watch
from rehearsal.deployment import Cdk
from rehearsal.environment import ACCOUNT, REGION, ROOT, LocalAws
from rehearsal.progress import Progress
from rft import dashboard
from rft.alarms import Alarm
from rft.exit_status import FAILED
from rft.report import PAGE, PICTURE, RECORD, folder_of, write_report
from rft.reporting import source
from rft.runs import DASHBOARD, Record, RunError, Stack
from rft.verdicts import TITLES, status_of
from rft.views.key_numbers import key_numbers

STAGES = 6
_ALARM_SECONDS = 30.0


def rehearse(project: str, *, port: int, keep: bool, progress: Progress) -> int:
    """Deploy a project to a fresh local AWS, wait for its run, and report on it.

    Args:
        keep: Leave the local AWS running at the end, also after a failure; never after an interruption.

    Returns:
        The exit status.

    Raises:
        ConfigError: There is no such project, or its file is wrong.
        LocalAwsError: The local AWS did not start.
        CommandError: The CDK failed.
        RunError: The deployment left no run, or the run left no record.
    """
    ProjectConfig.load(ROOT / "projects" / f"{project}.yaml").for_stage(LOCAL)
    aws = LocalAws(port=port, keep=keep)
    progress.stage("start the local AWS")
    aws.start()
    leave = False
    try:
        status = _run(project, aws, progress)
        leave = keep
    except Exception:
        leave = keep  # a failed deployment is what one wants to look at
        raise
    finally:
        progress.quiet()
        if leave:
            progress.line(how_to_use(aws.env, project))
        else:
            aws.stop()
    return status


def how_to_use(env: dict[str, str], project: str) -> str:
    """Lines for a shell that shall talk to the local AWS."""
    exports = [f"export {name}={shlex.quote(env[name])}" for name in sorted(env) if name.startswith(("AWS_", "CDK_"))]
    return "\n".join(
        [
            "",
            "The local AWS is still running. For cdk, aws, rft and boto3 in another shell:",
            f"export PATH={shlex.quote(env['PATH'].split(':')[0])}:$PATH",
            *exports,
            f"For instance: rft report {project} --stage {LOCAL}, or cdk diff {project}-{LOCAL} -c project={project}",
            "End it with: make rehearse-stop",
        ]
    )


def _run(project: str, aws: LocalAws, progress: Progress) -> int:
    stack = Stack(f"{project}-{LOCAL}", aws.client)
    _deploy(project, stack.name, aws, progress)
    record, execution = _train(stack, aws, progress)
    found = _watch_alarms(stack, record, progress)
    folder = _report(stack, record, progress)
    faults = [*contradiction(record, execution), *watch.disagreements(record["detectors"], found)]
    return conclude(record, faults, folder, progress)


def _deploy(project: str, stack: str, aws: LocalAws, progress: Progress) -> None:
    cdk = Cdk(root=ROOT, logs=aws.state_dir, env=aws.env)
    progress.stage("cdk bootstrap, and cdk synth beside it")
    with cdk.synth(project, LOCAL) as synth, cdk.bootstrap(ACCOUNT, REGION) as bootstrap:
        synth.wait(progress.now)
        bootstrap.wait(progress.now)
    progress.stage(f"cdk deploy {stack}")
    with cdk.deploy(stack) as deploy:
        deploy.wait(progress.now)


def _train(stack: Stack, aws: LocalAws, progress: Progress) -> tuple[Record, Execution]:
    run = watch.DeployedRun.of(stack)
    progress.stage(f"run {run.name}")
    execution = watch.follow(stack.client("stepfunctions"), run, lambda path: _ask_bedrock(aws, path), progress.now)
    try:
        return stack.record(run.name), execution
    except RunError as error:
        raise RunError(f"{error}; its workflow ended with {execution.reason}") from None


def _watch_alarms(stack: Stack, record: Record, progress: Progress) -> list[Alarm]:
    progress.stage("alarms")
    found = watch.settled_alarms(stack, record["detectors"], progress.now, seconds=_ALARM_SECONDS)
    for alarm in found:
        progress.line(f"      {alarm.name}: {alarm.state}")
    return found


def _report(stack: Stack, record: Record, progress: Progress) -> Path:
    progress.stage("report")
    folder = ROOT / folder_of(record)
    write_report(source.of_stack(stack, record), folder)
    span = dashboard.span_of(record)
    dashboard.write_dashboard(stack.client("cloudwatch"), stack.output(DASHBOARD), span, folder / dashboard.PICTURE)
    return folder


def conclude(record: Record, faults: Sequence[str], folder: Path, progress: Progress) -> int:
    """Say what came out; returns the exit status.

    Args:
        faults: What did not work although the run itself may have; each makes the rehearsal fail.
    """
    progress.line(f"\n{TITLES.get(record['verdict'], record['verdict'])}: {record['verdictReason']}")
    for name, value in key_numbers(record).items():
        progress.line(f"      {name}: {value}")
    shown = folder.relative_to(ROOT)
    progress.line(f"Report: {shown / PAGE} (beside it {PICTURE}, {dashboard.PICTURE} and {RECORD})")
    for fault in faults:
        progress.line(f"Not as it should be: {fault}")
    progress.line(f"{progress.elapsed_seconds:.0f} s in all")
    return FAILED if faults else status_of(record)


def contradiction(record: Record, execution: Execution) -> list[str]:
    """A workflow that failed after it had judged the run: curves, alarms or notices are missing.

    >>> contradiction({"verdict": "healthy"}, Execution("FAILED", None, "AccessDenied"))
    ['the verdict is healthy, but the workflow ended as FAILED: AccessDenied']
    """
    if execution.status == "SUCCEEDED" or record["verdict"] in (records.FAILED, records.STOPPED):
        return []
    return [f"the verdict is {record['verdict']}, but the workflow ended as {execution.status}: {execution.reason}"]


def _ask_bedrock(aws: LocalAws, path: str) -> Any:
    request = urllib.request.Request(f"{aws.bedrock_url}{path}", headers={"x-rft-secret": aws.secret})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
        return json.load(response)
