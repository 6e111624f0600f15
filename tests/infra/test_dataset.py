import json
from pathlib import Path

from aws_cdk.assertions import Template

from tests.infra.synthesis import document, only, stack_of, write_project


def _prefix(template: Template) -> str:
    return str(only(template, "Custom::CDKBucketDeployment")["Properties"]["DestinationBucketKeyPrefix"])


def test_changed_records_get_a_prefix_of_their_own(template: Template, tmp_path: Path) -> None:
    file = write_project(tmp_path)
    train = tmp_path / "datasets" / "sums" / "train.jsonl"
    train.write_text(train.read_text(encoding="utf-8").replace("What is", "How much is"), encoding="utf-8")

    changed = Template.from_stack(stack_of(file))

    assert _prefix(changed) != _prefix(template)


def test_a_new_dataset_leaves_the_old_one_in_place(template: Template) -> None:
    """A job that trains on it may still be running."""
    deployment = only(template, "Custom::CDKBucketDeployment")["Properties"]

    assert deployment["Prune"] is False
    assert deployment["RetainOnDelete"] is True


def test_only_the_records_of_the_run_are_uploaded(tmp_path: Path) -> None:
    file = write_project(tmp_path)
    for name in ("test.jsonl", "README.md"):
        (tmp_path / "datasets" / "sums" / name).write_text("not for the run", encoding="utf-8")
    stack = stack_of(file)
    Template.from_stack(stack)

    (assets,) = Path(stack.node.root.outdir).glob("*.assets.json")  # type: ignore[attr-defined] # the root is an App
    files = json.loads(assets.read_text(encoding="utf-8"))["files"].values()
    folders = [assets.parent / asset["source"]["path"] for asset in files]

    (uploaded,) = ({f.name for f in folder.iterdir()} for folder in folders if (folder / "train.jsonl").is_file())
    assert uploaded == {"train.jsonl", "validation.jsonl"}


def test_the_run_is_told_where_its_records_are(template: Template) -> None:
    run = document(only(template, "Custom::BedrockRft")["Properties"]["Run"])

    prefix = _prefix(template).rstrip("/")
    assert run["dataset"]["train"].endswith(f"/{prefix}/train.jsonl")
    assert run["dataset"]["validation"].endswith(f"/{prefix}/validation.jsonl")
