"""The CDK app: a stack per project and stage; ``-c project=`` and ``-c stage=`` leave out the others.

A project that cannot be trained never becomes a template: its records and its reward are tried here first. What each
stack would run is printed on standard error. ``-c run=hold`` deploys everything and starts nothing;
``-c approve=<first 12 digits>`` lets a run start where the project asks for approval.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.config import ConfigError, ProjectConfig, StageConfig
from infra.deploy_context import DeployContext
from infra.planning import inputs_of, plan_of, resolved
from infra.project_check import ProjectCheck, require_sound
from infra.revision import Revision
from infra.stack import RftStack
from lambda_src.run.dataset import Severity
from lambda_src.run.digest import Inputs
from lambda_src.run.plan import Plan

ROOT = Path(__file__).resolve().parent

_WARNINGS = 3  # said in full where one stack is selected


@dataclass(frozen=True, slots=True)
class _Planned:
    """A stage before it is a stack."""

    config: StageConfig
    checked: ProjectCheck
    inputs: Inputs
    plan: Plan


def build(app: App, root: Path = ROOT) -> App:
    """Add the stacks that the context asks for, and print what they would run.

    Raises:
        ValueError: A project cannot be used, or the context cannot; the message is for its author.
    """
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    context, revision = DeployContext.of(app.node), Revision.of(root)
    planned = [_planned(config, context) for config in _selected(root, context)]
    context.require_known(each.inputs.run for each in planned)
    for each in planned:
        _add_stack(app, each, context, revision)
    for line in _told(planned):
        print(line, file=sys.stderr)
    return app


def _planned(config: StageConfig, context: DeployContext) -> _Planned:
    checked = require_sound(config)
    config = resolved(config, checked.dataset)
    inputs = inputs_of(config)
    plan = plan_of(config, inputs, checked.dataset, audit=checked.audit, permit=context.permit)
    return _Planned(config, checked, inputs, plan)


def _add_stack(app: App, planned: _Planned, context: DeployContext, revision: Revision) -> None:
    RftStack(
        app,
        config=planned.config,
        inputs=planned.inputs,
        revision=revision,
        start=context.start_mode(planned.config, planned.inputs.run),
        records=planned.plan.intended.records,
    )


def _told(planned: list[_Planned]) -> Iterator[str]:
    """The whole plan of one stack, or a line for each of several, and what each would have to be told."""
    for each in planned:
        if len(planned) == 1:
            yield from each.plan.lines()
            yield from _warnings(each)
            continue
        yield each.plan.line()
        if each.plan.start.context:
            yield f"warning: {each.plan.name} starts a new run only with {each.plan.start.context}"


def _warnings(planned: _Planned) -> Iterator[str]:
    report = planned.checked.dataset
    if report is None:
        return
    every = report.findings
    shown, total = every.of(Severity.WARNING)[:_WARNINGS], every.count(Severity.WARNING)
    yield from (f"warning: {finding.message}" for finding in shown)
    if total > len(shown):
        yield f"warning: {total - len(shown):,} more about the records; rft check {planned.config.project} shows all"


def _selected(root: Path, context: DeployContext) -> Iterator[StageConfig]:
    files = sorted((root / "projects").glob("*.yaml"))
    if context.project is not None:
        files = [file for file in files if file.stem == context.project]
    if context.project and not files:
        files = [root / "projects" / f"{context.project}.yaml"]  # whose absence is told with those there are
    if not files:
        raise ConfigError(f"{root / 'projects'}: no project file; expected -c project=<name> of one that is there")
    for file in files:
        config = ProjectConfig.load(file)
        for name in config.stage_names if context.stage is None else [context.stage]:
            yield config.for_stage(name)


def main() -> int:
    """Synthesize; 1 and one message where a project cannot be used."""
    try:
        build(App(builtin_cloud_formation_validation=False)).synth()
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
