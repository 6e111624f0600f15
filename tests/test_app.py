import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App

from app import build
from infra.config import ConfigError
from tests.infra.synthesis import FLAGS, ROOT, write_project


def _built(context: dict[str, str], root: Path = ROOT) -> App:
    return build(App(context=FLAGS | context, builtin_cloud_formation_validation=False), root)


def _names(app: App) -> list[str]:
    return [child.node.id for child in app.node.children]


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every bundled project and stage; raises where cdk-nag has an unacknowledged finding."""
    outdir = tmp_path_factory.mktemp("cdk.out")
    build(App(outdir=str(outdir), context=FLAGS, builtin_cloud_formation_validation=False)).synth()
    return outdir


def test_cdk_nag_accepts_every_bundled_project_and_stage(assembly: Path) -> None:
    report = json.loads((assembly / "validation-report.json").read_text(encoding="utf-8"))

    assert report["pluginReports"] == []


def test_cfn_lint_accepts_every_bundled_project(assembly: Path) -> None:
    """Of each the stage that is deployed to AWS, and one local stage, which differs in names and numbers only."""
    templates = [str(file) for file in sorted(assembly.glob("*.template.json")) if _is_linted(file)]
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", "W3005"]  # CDK names dependencies twice

    done = subprocess.run([*lint, "--", *templates], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _is_linted(template: Path) -> bool:
    return template.name.endswith("-dev.template.json") or template.name.startswith("gsm8k-style")


def test_there_is_a_stack_for_every_project_and_stage(tmp_path: Path) -> None:
    write_project(tmp_path)

    assert _names(_built({}, tmp_path)) == ["sums-dev", "sums-local"]


def test_context_leaves_out_other_stages(tmp_path: Path) -> None:
    write_project(tmp_path)

    assert _names(_built({"project": "sums", "stage": "local"}, tmp_path)) == ["sums-local"]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"project": "absent"}, "no absent.yaml"),
        ({"stage": "prod"}, "stage 'prod' is unknown; expected one of dev, local"),
    ],
    ids=["project", "stage"],
)
def test_an_unknown_choice_is_refused(context: dict[str, str], expected: str, tmp_path: Path) -> None:
    write_project(tmp_path)

    with pytest.raises(ConfigError) as refused:
        _built(context, tmp_path)

    assert expected in str(refused.value)


def test_a_project_that_cannot_be_trained_becomes_no_template(tmp_path: Path) -> None:
    write_project(tmp_path, {"reward": [{"function": "maths.one_final_answer", "weight": 1}]})

    with pytest.raises(ValueError, match="wrong-answer-earns-less"):
        _built({"stage": "dev"}, tmp_path)


def test_an_error_is_one_message_without_a_traceback() -> None:
    environment = os.environ | {"CDK_CONTEXT_JSON": json.dumps({"project": "absent"})}

    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    (message,) = (line for line in done.stderr.splitlines() if not line.startswith("b'!!"))  # jsii on an old Node
    assert done.returncode == 1
    assert message.startswith("error: ")
    assert message.endswith("no absent.yaml")
