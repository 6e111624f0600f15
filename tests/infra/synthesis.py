"""A project of its own for the infrastructure's tests, its stack, and ways to read the template."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from aws_cdk import App
from aws_cdk.assertions import Template

from infra import planning
from infra.config import ProjectConfig
from infra.revision import Revision
from infra.stack import RftStack
from lambda_src.run.digest import Inputs
from lambda_src.run.start_mode import StartMode

ROOT = Path(__file__).resolve().parents[2]
FLAGS: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]

PROJECT: Mapping[str, Any] = {
    "name": "sums",
    "model": "amazon.nova-2-lite-v1:0:256k",
    "dataset": "sums",
    "reward": [{"function": "maths.final_answer", "weight": 1}],
    "hyperParameters": {"epochCount": 2, "learningRate": 1e-4},
    "notificationEmail": "team@example.com",
    "tags": {"team": "research"},
    "stages": {"dev": {"account": "111122223333"}},
}


def write_project(root: Path, changes: Mapping[str, Any] | None = None, *, validation: bool = True) -> Path:
    """A project file and its dataset of 100 sums below ``root``; ``changes`` replace top-level keys."""
    config = {**PROJECT, **(changes or {})}
    file = root / "projects" / "sums.yaml"
    folder = root / "datasets" / "sums"
    for parent in (file.parent, folder):
        parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    (folder / "train.jsonl").write_text("".join(map(record, range(100))), encoding="utf-8")
    if validation:
        (folder / "validation.jsonl").write_text("".join(map(record, range(100, 110))), encoding="utf-8")
    return file


def record(number: int) -> str:
    messages = [{"role": "user", "content": f"What is {number} + 1?"}]
    answer = {"final_answer": str(number + 1), "solution": f"{number} + 1 = {number + 1}"}
    return json.dumps({"id": f"r{number}", "messages": messages, "reference_answer": answer}) + "\n"


def stack_of(file: Path, stage: str = "dev", outdir: str | None = None, **options: Any) -> RftStack:
    """The stack of one stage, in an app without cdk-nag; ``options`` as in ``RftStack``."""
    config = ProjectConfig.load(file).for_stage(stage)
    app = App(context=FLAGS, outdir=outdir, builtin_cloud_formation_validation=False)
    revision = Revision("c0ffee", dirty=False)
    return RftStack(app, config=config, inputs=inputs_of(file, stage), revision=revision, **options)


def template_of(
    changes: Mapping[str, Any] | None = None,
    *,
    validation: bool = True,
    start: StartMode = StartMode.NOW,
    records: Mapping[str, int] | None = None,
) -> Template:
    """The template of a project as ``write_project`` takes it and of options as in ``RftStack``.

    It is synthesized once in a process for equal arguments, for a stack takes most of a second: look at it only.
    """
    return _template(json.dumps([changes, records], sort_keys=True), validation, start)


@cache
def _template(asked: str, validation: bool, start: StartMode) -> Template:
    changes, records = json.loads(asked)
    with TemporaryDirectory(prefix="rft-project-") as root:
        file = write_project(Path(root), changes, validation=validation)
        return Template.from_stack(stack_of(file, outdir=shared_outdir(), start=start, records=records))


def shared_outdir() -> str:
    """For apps of which nothing but their templates is looked at, at once: the CDK stages their assets here once."""
    return _outdir().name


@cache
def _outdir() -> "TemporaryDirectory[str]":
    """It goes with this process."""
    return TemporaryDirectory(prefix="rft-cdk.out-")


def inputs_of(file: Path, stage: str = "dev") -> Inputs:
    return planning.inputs_of(ProjectConfig.load(file).for_stage(stage))


def only(template: Template, type_: str, **properties: Any) -> dict[str, Any]:
    """The one resource of a type with these properties."""
    matching = template.find_resources(type_, {"Properties": properties} if properties else None)
    (resource,) = matching.values()
    return dict(resource)


def statements(template: Template, policy: str) -> list[dict[str, Any]]:
    """The statements of the one policy whose logical id begins with ``policy``."""
    (found,) = (p for id_, p in template.find_resources("AWS::IAM::Policy").items() if id_.startswith(policy))
    return list(found["Properties"]["PolicyDocument"]["Statement"])


def actions(found: list[dict[str, Any]]) -> set[str]:
    listed = (s["Action"] if isinstance(s["Action"], list) else [s["Action"]] for s in found)
    return {action for some in listed for action in some}


def statement(template: Template, policy: str, action: str) -> dict[str, Any]:
    """The one statement of a policy that allows ``action``."""
    (found,) = (s for s in statements(template, policy) if action in actions([s]))
    return found


def document(value: Any) -> Any:
    """The JSON that a resource carries as a string; references read ``<LogicalId>`` or ``<LogicalId.Attribute>``."""
    return json.loads(text(value))


def text(value: Any) -> str:
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [_, parts]}:
            return "".join(map(text, parts))
    return str(value)
