import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from app import build
from infra.config import ConfigError
from lambda_src.run.plan import Deployed
from tests.infra.synthesis import FLAGS, ROOT, document, inputs_of, only, write_project


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
    assert _linted([file for file in sorted(assembly.glob("*.template.json")) if _is_linted(file)]) == (0, "", "")


def _linted(templates: list[Path]) -> tuple[int, str, str]:
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", "W3005"]  # CDK names dependencies twice
    done = subprocess.run([*lint, "--", *map(str, templates)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def _is_linted(template: Path) -> bool:
    return template.name.endswith("-dev.template.json") or template.name.startswith("gsm8k-style")


def test_cdk_nag_and_cfn_lint_accept_what_no_bundled_project_asks_for(tmp_path: Path) -> None:
    train = {"uri": "s3://records/2026/train.jsonl", "sha256": "a" * 64, "records": 200}
    key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd"
    asked = {"dataset": {"train": train, "keyArn": key}, "probe": {"deploy": "refuse"}, "approval": "required"}
    write_project(tmp_path, asked | {"onDelete": "delete"})
    outdir = tmp_path / "cdk.out"
    app = App(outdir=str(outdir), context=FLAGS | {"stage": "dev"}, builtin_cloud_formation_validation=False)

    build(app, tmp_path).synth()

    assert json.loads((outdir / "validation-report.json").read_text(encoding="utf-8"))["pluginReports"] == []
    assert _linted([outdir / "sums-dev.template.json"]) == (0, "", "")


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


def _start(app: App, stack: str = "sums-dev") -> Any:
    found = app.node.find_child(stack)
    assert isinstance(found, Stack)
    return only(Template.from_stack(found), "Custom::BedrockRft")["Properties"]["Start"]


def test_the_plan_of_one_stack_is_printed_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write_project(tmp_path)

    _built({"stage": "dev"}, tmp_path)

    told = capsys.readouterr()
    assert told.err.startswith(f"sums-dev: run {inputs_of(file).run}")
    assert "100 to train on, 10 to validate" in told.err
    assert told.out == ""


def test_several_stacks_are_printed_in_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path)

    _built({}, tmp_path)

    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == ["sums-dev", "sums-local"]


def test_what_is_odd_about_the_records_is_printed_in_a_few_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_project(tmp_path)
    train = file.parent.parent / "datasets" / "sums" / "train.jsonl"
    records = [json.loads(line) for line in train.read_text(encoding="utf-8").splitlines()]
    odd = [{**one, "id": f"{one['id']}-again", "surplus": True} for one in records[:8]]
    train.write_text("".join(f"{json.dumps(one)}\r\n" for one in [*records, *odd]), encoding="utf-8")

    _built({"stage": "dev"}, tmp_path)

    warnings = [line for line in capsys.readouterr().err.splitlines() if line.startswith("warning: ")]
    assert warnings[0].startswith("warning: datasets/sums/train.jsonl")
    assert len(warnings) <= 4
    assert len(warnings) < 4 or "rft check sums shows all" in warnings[3]


def test_hyperparameters_are_advised_where_the_project_leaves_them_to_the_product(tmp_path: Path) -> None:
    file = write_project(tmp_path, {"hyperParameters": "auto"})

    (stack,) = _built({"stage": "dev"}, tmp_path).node.children

    assert isinstance(stack, Stack)
    template = Template.from_stack(stack)
    told = document(only(template, "Custom::BedrockRft")["Properties"]["Request"])["customizationConfig"]["rftConfig"]
    deployed = Deployed.of(template.to_json(), "")
    assert told["hyperParameters"]["epochCount"] >= 1
    assert told["hyperParameters"] == deployed.hyper_parameters
    assert deployed.advice is not None
    assert deployed.digest != inputs_of(file).digest


@pytest.mark.parametrize(
    ("context", "start"),
    [({}, "now"), ({"run": "start"}, "now"), ({"run": "hold"}, "hold")],
    ids=["by default", "start", "hold"],
)
def test_a_deploy_starts_a_run_or_holds_it(context: dict[str, str], start: str, tmp_path: Path) -> None:
    write_project(tmp_path)

    assert _start(_built(context | {"stage": "dev"}, tmp_path)) == start


@pytest.mark.parametrize("context", [{"stage": "dev"}, {}], ids=["one stack", "several"])
def test_a_run_that_nobody_has_approved_does_not_start_and_the_synth_says_what_to_type(
    context: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = inputs_of(write_project(tmp_path, {"approval": "required"})).run

    app = _built(context, tmp_path)

    assert f"-c approve={run}" in capsys.readouterr().err
    assert _start(app) == "unapproved"


def test_an_approved_run_starts_in_the_stack_that_has_it(tmp_path: Path) -> None:
    run = inputs_of(write_project(tmp_path, {"approval": "required"})).run

    app = _built({"approve": run}, tmp_path)

    assert (_start(app, "sums-dev"), _start(app, "sums-local")) == ("now", "unapproved")


def test_the_approval_of_another_digest_is_refused(tmp_path: Path) -> None:
    run = inputs_of(write_project(tmp_path, {"approval": "required"})).run

    with pytest.raises(ConfigError, match=f"no selected stack would run that; expected {run}"):
        _built({"stage": "dev", "approve": "0123456789ab"}, tmp_path)


def test_an_error_is_one_message_without_a_traceback() -> None:
    environment = os.environ | {"CDK_CONTEXT_JSON": json.dumps({"project": "absent"})}

    done = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    (message,) = (line for line in done.stderr.splitlines() if not line.startswith("b'!!"))  # jsii on an old Node
    assert done.returncode == 1
    assert message.startswith("error: ")
    assert message.endswith("no absent.yaml")
