import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from app import build
from infra.config import ConfigError
from lambda_src.run.plan import Deployed
from tests.infra.synthesis import FLAGS, ROOT, document, inputs_of, only, shared_outdir, write_project


@dataclass(frozen=True, slots=True)
class Built:
    """A built app and what it said on standard error; standard output is left to the CDK."""

    told: str
    templates: Mapping[str, Template]

    @property
    def template(self) -> Template:
        return self.templates["sums-dev"]

    def start(self, stack: str = "sums-dev") -> Any:
        return only(self.templates[stack], "Custom::BedrockRft")["Properties"]["Start"]


def _built(context: Mapping[str, str], root: Path, outdir: Path | None = None) -> Built:
    app = App(
        outdir=str(outdir or shared_outdir()), context=FLAGS | dict(context), builtin_cloud_formation_validation=False
    )
    with redirect_stdout(StringIO()) as printed, redirect_stderr(StringIO()) as told:
        build(app, root)
    assert printed.getvalue() == ""
    stacks = [child for child in app.node.children if isinstance(child, Stack)]
    return Built(told.getvalue(), {stack.node.id: Template.from_stack(stack) for stack in stacks})


@dataclass(frozen=True, slots=True)
class Assembly:
    """Templates, and what cdk-nag said of them."""

    outdir: Path
    complaints: Any

    @classmethod
    def of(cls, outdir: Path) -> "Assembly":
        report = json.loads((outdir / "validation-report.json").read_text(encoding="utf-8"))
        return cls(outdir, report["pluginReports"])


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Assembly]:
    """The assembly of every bundled project, by stage; a finding of cdk-nag that nobody acknowledged ends the synth.

    Of each project it has the stage that is deployed to AWS, and of one the local stage, which differs in names and
    numbers only; the tests with the embedded AWS deploy the others.
    """
    outdir = tmp_path_factory.mktemp("cdk.out")
    assemblies = {}
    for chosen in ({"stage": "dev"}, {"stage": "local", "project": "gsm8k-style"}):
        context = FLAGS | chosen
        build(App(outdir=str(outdir), context=context, builtin_cloud_formation_validation=False)).synth()
        assemblies[chosen["stage"]] = Assembly.of(outdir)
    return assemblies


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """One of the two stages of a project that asks for nothing in particular."""
    root = tmp_path_factory.mktemp("plain")
    write_project(root)
    return _built({"project": "sums", "stage": "dev"}, root)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Assembly]:
    """What no bundled project asks for."""
    train = {"uri": "s3://records/2026/train.jsonl", "sha256": "a" * 64, "records": 200}
    key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd"
    asked = {"dataset": {"train": train, "keyArn": key}, "probe": {"deploy": "refuse"}, "approval": "required"}
    shadow = {"reward": [{"function": "code.all_passed", "weight": 1}]}
    asked |= {"shadow": shadow, "rollouts": {"redact": True}}
    root = tmp_path_factory.mktemp("everything")
    write_project(root, asked | {"onDelete": "delete"})
    outdir = root / "cdk.out"
    return _built({"stage": "dev"}, root, outdir), Assembly.of(outdir)


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both stages of a project that asks for approval, which one of them has."""
    root = tmp_path_factory.mktemp("approved")
    run = inputs_of(write_project(root, {"approval": "required"})).run
    return _built({"approve": run}, root)


@pytest.mark.parametrize("stage", ["dev", "local"])
def test_cdk_nag_accepts_every_bundled_project(stage: str, bundled: Mapping[str, Assembly]) -> None:
    assert bundled[stage].complaints == []


def test_cdk_nag_accepts_what_no_bundled_project_asks_for(everything: tuple[Built, Assembly]) -> None:
    assert everything[1].complaints == []


def test_cfn_lint_accepts_every_bundled_project_and_what_none_asks_for(
    bundled: Mapping[str, Assembly], everything: tuple[Built, Assembly]
) -> None:
    """Of templates that differ in nothing that cfn-lint looks at, one."""
    folders = {bundled["dev"].outdir, everything[1].outdir}
    files = sorted(file for folder in folders for file in folder.glob("*.template.json"))
    assert len(files) == len(list((ROOT / "projects").glob("*.yaml"))) + 2
    templates = {_looked_at(file): file for file in files}

    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--ignore-checks", "W3005"]  # CDK names dependencies twice
    done = subprocess.run([*lint, "--", *map(str, templates.values())], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def _looked_at(template: Path) -> str:
    """A template without its project's name, hashes, metadata and what its own resource is told in strings."""
    project = template.name.removesuffix(".template.json").rpartition("-")[0]
    text = (
        template.read_text(encoding="utf-8")
        .replace(project, "<project>")
        .replace(project.replace("-", "_"), "<project>")
    )
    content = json.loads(re.sub(r"[0-9A-Fa-f]{8,}", "1", text))  # a long number is none, and stays a number
    del content["Metadata"]
    for resource in content["Resources"].values():
        if resource["Type"] == "Custom::BedrockRft":
            resource["Properties"] |= {"Request": "", "Run": ""}
    return json.dumps(content, sort_keys=True)


def test_there_is_a_stack_for_every_project_and_stage(approved: Built) -> None:
    assert list(approved.templates) == ["sums-dev", "sums-local"]


def test_context_leaves_out_other_stages(plain: Built) -> None:
    assert list(plain.templates) == ["sums-dev"]


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"project": "absent"}, "absent.yaml: No such file or directory; expected a project of"),
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


def test_the_plan_of_one_stack_is_printed_whole(plain: Built, tmp_path: Path) -> None:
    run = inputs_of(write_project(tmp_path)).run

    assert plain.told.startswith(f"sums-dev: run {run}")
    assert "100 to train on, 10 to validate" in plain.told


def test_several_stacks_are_printed_in_a_line_each(approved: Built) -> None:
    plans = [line for line in approved.told.splitlines() if not line.startswith("warning: ")]

    assert [line.split(":")[0] for line in plans] == list(approved.templates)


def test_a_deploy_starts_a_run_unless_it_is_told_otherwise(plain: Built) -> None:
    assert plain.start() == "now"


def test_a_run_that_nobody_has_approved_does_not_start_and_the_synth_says_what_to_type(
    everything: tuple[Built, Assembly],
) -> None:
    built, _ = everything
    run = Deployed.of(built.template.to_json(), "").digest[:12]

    assert built.start() == "unapproved"
    assert f"-c approve={run}" in built.told


def test_of_several_stacks_the_approved_one_starts_and_for_the_other_the_synth_says_what_to_type(
    approved: Built,
) -> None:
    other = Deployed.of(approved.templates["sums-local"].to_json(), "").digest[:12]

    assert (approved.start("sums-dev"), approved.start("sums-local")) == ("now", "unapproved")
    assert [line for line in approved.told.splitlines() if line.startswith("warning: ")] == [
        f"warning: sums-local starts a new run only with -c approve={other}"
    ]


def test_what_is_odd_about_the_records_is_printed_in_a_few_lines_also_where_no_run_starts(tmp_path: Path) -> None:
    file = write_project(tmp_path)
    train = file.parent.parent / "datasets" / "sums" / "train.jsonl"
    records = [json.loads(line) for line in train.read_text(encoding="utf-8").splitlines()]
    odd = [{**one, "id": f"{one['id']}-again", "surplus": True} for one in records[:8]]
    train.write_text("".join(f"{json.dumps(one)}\r\n" for one in [*records, *odd]), encoding="utf-8")

    built = _built({"stage": "dev", "run": "hold"}, tmp_path)

    warnings = [line for line in built.told.splitlines() if line.startswith("warning: ")]
    assert warnings[0].startswith("warning: datasets/sums/train.jsonl")
    assert len(warnings) <= 4
    assert len(warnings) < 4 or "rft check sums shows all" in warnings[3]
    assert built.start() == "hold"


def test_hyperparameters_are_advised_where_the_project_leaves_them_to_the_product(tmp_path: Path) -> None:
    file = write_project(tmp_path, {"hyperParameters": "auto"})

    template = _built({"stage": "dev"}, tmp_path).template

    told = document(only(template, "Custom::BedrockRft")["Properties"]["Request"])["customizationConfig"]["rftConfig"]
    deployed = Deployed.of(template.to_json(), "")
    assert told["hyperParameters"]["epochCount"] >= 1
    assert told["hyperParameters"] == deployed.hyper_parameters
    assert deployed.advice is not None
    assert deployed.digest != inputs_of(file).digest


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
    assert message.startswith("error: projects/absent.yaml: ")
    assert "gsm8k-style" in message
