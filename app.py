"""The CDK app: a stack per project and stage; ``-c project=`` and ``-c stage=`` leave out the others.

A project that cannot be trained never becomes a template: its records and its reward are tried here first.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.config import ConfigError, ProjectConfig, StageConfig
from infra.project_check import require_sound
from infra.revision import Revision
from infra.stack import RftStack
from lambda_src.run.digest import digest_inputs

ROOT = Path(__file__).resolve().parent


def build(app: App, root: Path = ROOT) -> App:
    """Add the stacks that the context asks for.

    Raises:
        ValueError: A project cannot be used; the message is for its author.
    """
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    revision = Revision.of(root)
    for config in _selected(root, project=app.node.try_get_context("project"), stage=app.node.try_get_context("stage")):
        require_sound(config)
        dataset = {"train": config.train_file, "validation": config.validation_file}
        inputs = digest_inputs(
            model=config.model,
            dataset={part: file for part, file in dataset.items() if file is not None},
            rubric=config.rubric,
            hyper_parameters=config.hyper_parameters.to_api(),
            reward_root=ROOT / "lambda_src" / "reward",
        )
        RftStack(app, config=config, inputs=inputs, revision=revision)
    return app


def _selected(root: Path, *, project: str | None, stage: str | None) -> Iterator[StageConfig]:
    files = sorted((root / "projects").glob("*.yaml"))
    if project is not None:
        files = [file for file in files if file.stem == project]
    if not files:
        wanted = f"{project}.yaml" if project else "a project file"
        raise ConfigError(f"{root / 'projects'}: no {wanted}")
    for file in files:
        config = ProjectConfig.load(file)
        for name in config.stage_names if stage is None else [stage]:
            yield config.for_stage(name)


def main() -> int:
    """Synthesize; 1 and one message where a project cannot be used."""
    try:
        build(App(builtin_cloud_formation_validation=False)).synth()
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
