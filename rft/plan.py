"""``rft plan``: what a deploy would start, with which settings, and what it would cost; nothing is changed."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from infra.config import LOCAL, ConfigError, ProjectConfig, StageConfig
from infra.deploy_context import DeployContext, digits
from infra.planning import facts_for, given, inputs_of, plan_of, resolved
from lambda_src.reward.rubric import Rubric
from lambda_src.run.advice import advise
from lambda_src.run.audit import Audit, Job, Judges, Terms, audit
from lambda_src.run.dataset import DatasetError, DatasetReport, examine
from lambda_src.run.plan import Asked, Pace, Plan
from lambda_src.run.sources import SourceError
from rft.checking import pins as check_pins
from rft.checking.sources import places, shown, sources
from rft.deployed import ask
from rft.local_grader import local_grader
from rft.places import PlaceError, require_file
from rft.runs import RunError, Stack
from rft.views import plan_table
from rft.views.terminal import console

_TRIED = 4  # records
_WARNED = 3
_ENDPOINT = "AWS_ENDPOINT_URL"
_REHEARSAL = f"the local stage is the rehearsal's; {_ENDPOINT} says where one runs"

_Json = Annotated[Path | None, typer.Option("--json", help="Where to write everything.")]
_ProbeFile = Annotated[Path | None, typer.Option("--probe", help="What rft probe --json wrote: better advice.")]
_Offline = Annotated[
    bool, typer.Option("--offline", help="Ask no account: neither what is deployed nor for records in S3.")
]
_Hold = Annotated[bool, typer.Option("--hold", help="As a deploy with -c run=hold.")]
_Approve = Annotated[str | None, typer.Option(help="As a deploy with -c approve=<first 12 digits of the digest>.")]
_Strict = Annotated[bool, typer.Option("--strict", help="Status 3 where there are warnings.")]


def plan(
    project: Annotated[str, typer.Argument(help="A project, as its file in projects/ is called.")],
    *,
    stage: Annotated[str | None, typer.Option(help="A stage of it; without it, the first in the file.")] = None,
    json_file: _Json = None,
    probe_file: _ProbeFile = None,
    offline: _Offline = False,
    hold: _Hold = False,
    approve: _Approve = None,
    strict: _Strict = False,
) -> None:
    """Say what a deploy would start, and with it hyperparameters, steps, time and cost."""
    try:
        require_file(json_file)
        context = DeployContext(hold=hold, approved=None if approve is None else digits(approve))
        probe = _read_probe(probe_file)
        config = _stage(project, stage)
        report = _examined(config, offline=offline)
        config = resolved(config, report)
        inputs = inputs_of(config)
        context.require_known([inputs.run])
    except (ConfigError, DatasetError, PlaceError) as error:
        _give_up(error)
    _compare(probe, config)
    asked, pace = (Asked(unknown="--offline"), None) if offline else _ask(config)
    made = plan_of(
        config,
        inputs,
        report,
        audit=None if report is None else _audited(config, report),
        asked=asked,
        permit=context.permit,
        probe=probe,
        pace=pace,
    )
    pinned = advise(facts_for(config, report, probe), given(config)).to_api()
    plan_table.show(console(), made, pinned)
    _write(json_file, made, pinned)
    if strict and made.warnings:
        raise typer.Exit(_WARNED)


def _stage(project: str, stage: str | None) -> StageConfig:
    config = ProjectConfig.load(Path("projects") / f"{project}.yaml")
    return config.for_stage(stage or config.stage_names[0])


def _examined(config: StageConfig, *, offline: bool) -> DatasetReport | None:
    """The records; None where they lie in S3 and cannot be read, which is told."""
    every = places(config, None)
    if offline and config.s3_files:
        return None
    try:
        with shown("reading", in_bytes=True) as progress:
            report = examine(
                sources(every, config.region, progress),
                rubric=Rubric.from_config(config.rubric),
                references=config.references == "required",
            )
    except SourceError as error:
        if not config.s3_files:
            raise
        typer.echo(f"rft plan: the records were not read: {error}", err=True)
        return None
    check_pins.compare(report, every)
    return report.require()


def _audited(config: StageConfig, report: DatasetReport) -> Audit:
    """The grader, timed on a few records, with a stand-in for judges that counts what they would read."""
    counts = {"records": report.count("train"), "validation_records": report.count("validation")}
    job = Job.of(config.hyper_parameters.to_api(), **counts)
    terms = Terms(job=job, records=_TRIED, judges=Judges.STAND_IN)
    with local_grader(config.rubric) as grade:
        return audit(grade, report["train"].sample, Rubric.from_config(config.rubric), terms)


def _ask(config: StageConfig) -> tuple[Asked, Pace | None]:
    if config.stage == LOCAL and _ENDPOINT not in os.environ:
        return Asked(unknown=_REHEARSAL), None
    try:
        return ask(Stack.of(config.project, config.stage))
    except RunError as error:
        return Asked(unknown=str(error)), None


def _read_probe(file: Path | None) -> Mapping[str, Any] | None:
    if file is None:
        return None
    try:
        probe = json.loads(file.read_bytes())
    except OSError as error:
        _give_up(f"{file}: {error.strerror}; expected what rft probe --json has written")
    except ValueError as error:
        _give_up(f"{file}: not JSON ({error}); expected what rft probe --json has written")
    if not isinstance(probe, dict) or "responseTokens" not in probe:
        _give_up(f"{file}: no responseTokens; expected what rft probe --json has written")
    return probe


def _compare(probe: Mapping[str, Any] | None, config: StageConfig) -> None:
    """Say where the probe is not one of the base model."""
    if probe is not None and probe.get("model") != config.probe_model:
        typer.echo(
            f"rft plan: the probe is of {probe.get('model')}, and not of {config.probe_model}: token counts and pass "
            "rates are that model's",
            err=True,
        )


def _write(file: Path | None, made: Plan, pinned: Mapping[str, Any]) -> None:
    if file is None:
        return
    try:
        file.write_text(json.dumps(made.to_json() | {"pinned": pinned}, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        _give_up(f"{file}: {error.strerror}; expected a file that can be written")


def _give_up(reason: object) -> NoReturn:
    typer.echo(f"rft plan: {reason}", err=True)
    raise typer.Exit(1) from None
